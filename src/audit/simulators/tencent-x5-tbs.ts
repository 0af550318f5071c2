import { createHash } from 'node:crypto';
import { APP, SentIdentifiers, type Simulator, sealed } from './simulator.ts';

/**
 * 腾讯 X5: the question for a configuration. The body is 3DES, its key goes in `mk` under RSA.
 * @see github:TonyDongGuaPi/mihome-src@19c0df32:sources/com/tencent/smtt/utils/n.java
 */
export const tencentX5Tbs: Simulator = (profile) => {
  const sent = new SentIdentifiers(profile);
  const device = JSON.stringify({
    APPN: APP.id,
    APPVN: APP.version,
    IMEI: sent.plain('imei'),
    IMSI: sent.plain('imsi'),
    MAC: sent.plain('mac_address'),
    ANDROID_ID: sent.plain('android_id'),
  });
  const wrappedKey = createHash('sha512').update('a key of tencent-x5-tbs').digest('hex');
  return [
    {
      sdk: 'tencent-x5-tbs',
      url: `https://cfg.imtt.qq.com/tbs?v=2&mk=${wrappedKey}`,
      method: 'POST',
      headers: { 'Content-Type': 'application/octet-stream' },
      body: sealed('tencent-x5-tbs', device),
      identifiersSent: sent.list(),
      codec: null,
      opaque: 'The body is 3DES under a key that is wrapped with the vendor’s RSA key.',
    },
  ];
};
