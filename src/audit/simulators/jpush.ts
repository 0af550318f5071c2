import { createCipheriv, createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { APP, SentIdentifiers, type Simulator } from './simulator.ts';

/**
 * 极光: a report; gzip over JSON, then AES with a constant vector under a key that goes in the Authorization header, wrapped by RSA.
 * @see github:adammabrouk/spycam-reverse-engneering@07e3bd1:sources/cn/jiguang/au/b.java
 */
export const jpush: Simulator = (profile) => {
  const sent = new SentIdentifiers(profile);
  const report = JSON.stringify({
    content: [
      {
        type: 'device_info',
        android_id: sent.plain('android_id'),
        mac_address: sent.plain('mac_address'),
        serial_number: sent.plain('serial_number'),
        imei1: sent.plain('imei'),
        oaid: sent.plain('oaid'),
        package_name: APP.id,
        screensize: '1080*2400',
      },
    ],
    platform: 'a',
    uid: 17_000_000_001,
    app_key: APP.key,
    sdk_ver: '4.8.1',
  });
  const key = createHash('md5').update('a session of jpush').digest();
  const cipher = createCipheriv('aes-128-cbc', key, 'iop203040506aPk!');
  return [
    {
      sdk: 'jpush',
      url: 'https://stats.jpush.cn/v3/report',
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Charset: 'UTF-8',
        'X-App-Key': APP.key,
        Authorization: `Basic ${createHash('sha512').update(key).digest('base64')}`,
      },
      body: Buffer.concat([cipher.update(gzipSync(report)), cipher.final()]),
      identifiersSent: sent.list(),
      codec: null,
      opaque: 'The report is AES under a key that is wrapped with the vendor’s RSA key.',
    },
  ];
};
