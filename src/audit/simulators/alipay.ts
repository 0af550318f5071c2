import { APP, SentIdentifiers, type Simulator, sealed } from './simulator.ts';

/**
 * 支付宝: one call of the gateway; the packet is DESede under a session key wrapped by RSA. AD1, AD2 and AD10 are the codes of
 * the security report inside.
 * @see github:F11st/damai_decompiled@f419651f:sources/com/alipay/sdk/m/p/e.java
 * @see github:F11st/damai_decompiled@f419651f:sources/com/alipay/apmobilesecuritysdk/d/b.java
 */
export const alipay: Simulator = (profile) => {
  const sent = new SentIdentifiers(profile);
  const report = JSON.stringify({
    AD1: sent.plain('imei'),
    AD2: sent.plain('imsi'),
    AD10: sent.plain('android_id'),
    AC2: sent.plain('utdid'),
    AA1: APP.id,
  });
  return [
    {
      sdk: 'alipay',
      url: 'https://mobilegw.alipay.com/mgw.htm',
      method: 'POST',
      headers: { 'Content-Type': 'application/octet-stream', AppId: 'TAOBAO', 'des-mode': 'CBC', 'msp-gzip': '1' },
      body: sealed('alipay', report),
      identifiersSent: sent.list(),
      codec: null,
      opaque: 'The packet is DESede under a session key that is wrapped with the vendor’s RSA key.',
    },
  ];
};
