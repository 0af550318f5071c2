import { APP, SentIdentifiers, type Simulator, utf8 } from './simulator.ts';

/**
 * 魅族推送: an upload of the client's log. Which identifier `device_id` holds is not public; the IMEI is what the field's name
 * meant on phones of that time.
 * @see github:DesistDaydream/jhs@bdbaed9e:sources/com/meizu/cloud/pushsdk/platform/a/a.java
 */
export const meizuFlymePush: Simulator = (profile) => {
  const sent = new SentIdentifiers(profile);
  const log = JSON.stringify({
    package: APP.id,
    device_id: sent.plain('imei') ?? sent.plain('android_id'),
    pushId: sent.plain('push_token'),
    version: '4.2.3',
  });
  return [
    {
      sdk: 'meizu-flyme-push',
      url: 'https://api-push.meizu.com/garcia/api/client/log/upload',
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: utf8(log),
      identifiersSent: sent.list(),
      codec: null,
      opaque: null,
    },
  ];
};
