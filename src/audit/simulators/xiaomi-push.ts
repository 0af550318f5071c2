import { createHash } from 'node:crypto';
import { APP, form, SentIdentifiers, type Simulator, utf8 } from './simulator.ts';

/**
 * 小米推送: registration of the device, in the clear as builds before the encrypted variant send it. `devid` is one SHA-1 over
 * IMEI, Android ID and serial number joined.
 * @see github:DesistDaydream/jhs@bdbaed9e:sources/com/xiaomi/push/service/cq.java
 * @see github:Qiangong2/GraffitiAllianceSource@5a32de1:java_src/com/xiaomi/push/service/C1970h.java
 */
export const xiaomiPush: Simulator = (profile) => {
  const sent = new SentIdentifiers(profile);
  const joined = sent.peek('imei') + sent.peek('android_id') + sent.peek('serial_number');
  const fields = form({
    devid: `a-${createHash('sha1').update(joined).digest('hex')}`,
    appid: '2882303761517000000',
    apptoken: '5871700000000',
    appversion: APP.version,
    sdkversion: '30',
    packagename: APP.id,
    model: 'M2012K11AC',
    imei_md5: sent.hashed('imei', 'md5'),
  });
  return [
    {
      sdk: 'xiaomi-push',
      url: 'https://register.xmpush.xiaomi.com/pass/v2/register',
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: utf8(fields),
      identifiersSent: sent.list(),
      codec: null,
      opaque: null,
    },
  ];
};
