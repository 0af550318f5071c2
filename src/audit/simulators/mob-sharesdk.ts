import { APP, form, SentIdentifiers, type Simulator, sealed, utf8 } from './simulator.ts';

/**
 * MobTech: registration of the device; one form field `m` with base64 over an RSA-wrapped key and AES.
 * @see github:Milword-Owner/HY-Fit_1.2.5_Apkpure_source_from_JADX@cbaca2e:sources/com/mob/commons/C2293c.java
 */
export const mobSharesdk: Simulator = (profile) => {
  const sent = new SentIdentifiers(profile);
  const device = JSON.stringify({
    appkey: APP.key,
    apppkg: APP.id,
    imei: sent.plain('imei'),
    serialno: sent.plain('serial_number'),
    mac: sent.plain('mac_address'),
    oaid: sent.plain('oaid'),
    imsi: sent.plain('imsi'),
    androidid: sent.plain('android_id'),
    simserialno: sent.plain('iccid'),
  });
  return [
    {
      sdk: 'mob-sharesdk',
      url: 'http://devs.data.mob.com/dinfo',
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: utf8(form({ appkey: APP.key, m: Buffer.from(sealed('mob-sharesdk', device)).toString('base64') })),
      identifiersSent: sent.list(),
      codec: null,
      opaque: 'The field m is AES under a key that is wrapped with the vendor’s RSA key.',
    },
  ];
};
