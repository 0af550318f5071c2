import { gzipSync } from 'node:zlib';
import { jceStruct } from './jce.ts';
import { APP, SentIdentifiers, type Simulator, sealed } from './simulator.ts';

/**
 * 腾讯 Bugly: the start report of an old build (JCE under gzip, readable) and of a new one (AES).
 * A3, A14, A16 and A25 are the codes of IMEI, MAC, IMSI and Android ID; new builds dropped the first three.
 * @see github:TonyDongGuaPi/mihome-src@19c0df32:sources/com/tencent/bugly/proguard/u.java
 * @see github:gwyntel/ks_fit_apk@e57e16b3:sources/com/tencent/bugly/proguard/af.java
 */
export const tencentBugly: Simulator = (profile) => {
  const old = new SentIdentifiers(profile);
  const codes = {
    A3: old.plain('imei'),
    A14: old.plain('mac_address'),
    A16: old.plain('imsi'),
    A25: old.plain('android_id'),
  };
  const known = Object.fromEntries(
    Object.entries(codes).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const report = jceStruct([
    [0, APP.id],
    [1, APP.version],
    [2, '2.1.9'],
    [3, known],
  ]);

  const recent = new SentIdentifiers(profile);
  const strategy = JSON.stringify({ bundleId: APP.id, deviceId: recent.plain('android_id'), sdkVer: '4.1.9' });
  return [
    {
      sdk: 'tencent-bugly',
      url: 'http://rqd.uu.qq.com/rqd/sync',
      method: 'POST',
      headers: { 'Content-Type': 'application/octet-stream', wup_version: '3.0', A37: '460', A38: 'wifi' },
      body: gzipSync(report),
      identifiersSent: old.list(),
      codec: null,
      opaque: null,
    },
    {
      sdk: 'tencent-bugly',
      url: 'https://android.bugly.qq.com/rqd/async',
      method: 'POST',
      headers: {
        'Content-Type': 'application/octet-stream',
        wup_version: '3.0',
        prodId: '900000001',
        bundleId: APP.id,
      },
      body: sealed('tencent-bugly', strategy),
      identifiersSent: recent.list(),
      codec: null,
      opaque: 'New builds encrypt the report under AES with a key that is wrapped with the vendor’s RSA key.',
    },
  ];
};
