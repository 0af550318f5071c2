import { APP, SentIdentifiers, type Simulator, utf8 } from './simulator.ts';

/**
 * 个推: the report of the phone's identity (`addphoneinfo`), in the clear as old builds make it. Newer ones pass the same JSON
 * through an encoder that is not public.
 * @see github:Qiangong2/GraffitiAllianceSource@5a32de1:java_src/com/igexin/push/config/SDKUrlConfig.java
 */
export const getui: Simulator = (profile) => {
  const sent = new SentIdentifiers(profile);
  const report = JSON.stringify({
    action: 'addphoneinfo',
    id: '1795291200000',
    info: {
      model: 'M2012K11AC',
      sim: sent.plain('imsi'),
      imei: sent.plain('imei'),
      mac: sent.plain('mac_address'),
      version: '2.9.5.0',
      type: 'ANDROID',
      app: APP.id,
      deviceid: `ANDROID-${sent.plain('android_id') ?? ''}`,
      system_version: '12',
      cell: null,
    },
  });
  return [
    {
      sdk: 'getui',
      url: 'http://sdk.open.phone.igexin.com/api.php?format=json&t=1',
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: utf8(report),
      identifiersSent: sent.list(),
      codec: null,
      opaque: null,
    },
  ];
};
