import { APP, SentIdentifiers, type Simulator, sealed } from './simulator.ts';

/**
 * 高德定位: a binary position request; the device block travels in the X-INFO header, AES under a key wrapped by RSA.
 * @see github:F11st/damai_decompiled@f419651f:sources/com/amap/api/mapcore/util/gf.java
 */
export const amap: Simulator = (profile) => {
  const sent = new SentIdentifiers(profile);
  const device = [
    ['aid', sent.plain('android_id')],
    ['oaid', sent.plain('oaid')],
    ['multiImeis', sent.plain('imei')],
    ['serial', sent.plain('serial_number')],
  ]
    .map(([name, value]) => `${name}=${value ?? ''}`)
    .join('|');
  return [
    {
      sdk: 'amap',
      url: 'http://apilocate.amap.com/mobile/binary',
      method: 'POST',
      headers: {
        'Content-Type': 'application/octet-stream',
        'X-INFO': Buffer.from(sealed('amap', device)).toString('base64'),
        key: APP.key,
        ts: '1795291200000',
        scode: '0123456789abcdef0123456789abcdef',
      },
      body: sealed('amap', `wifi and cell list|${device}`),
      identifiersSent: sent.list(),
      codec: null,
      opaque: 'The device block and the position request are encrypted under a key wrapped with the vendor’s RSA key.',
    },
  ];
};
