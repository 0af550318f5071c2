import { APP, SentIdentifiers, type Simulator, utf8 } from './simulator.ts';

/** Built into the SDK. */
const KEY = utf8('03a976511e2cbe3a7f26808fb7af3c05');

/**
 * 腾讯移动分析: a JSON array of events under RC4 with a constant key, over plain HTTP. The header is `X-Content-Encoding` because
 * the phone has a proxy set.
 * @see github:F11st/damai_decompiled@f419651f:sources/com/tencent/stat/StatDispatcher.java
 */
export const tencentMta: Simulator = (profile) => {
  const sent = new SentIdentifiers(profile);
  const events = JSON.stringify([
    {
      et: 1000,
      ky: `A${APP.key.slice(0, 11).toUpperCase()}`,
      ui: sent.plain('imei'),
      mc: sent.plain('mac_address'),
      aid: sent.plain('android_id'),
      si: 1_203_477_519,
      ts: 1_795_291_200,
      av: APP.version,
      ch: 'official',
    },
  ]);
  return [
    {
      sdk: 'tencent-mta',
      url: 'http://pingma.qq.com/mstat/report',
      method: 'POST',
      headers: { 'Content-Type': 'json', 'X-Content-Encoding': 'rc4' },
      body: rc4(KEY, utf8(events)),
      identifiersSent: sent.list(),
      codec: 'tencent-mta',
      opaque: null,
    },
  ];
};

/** RC4, which current OpenSSL no longer offers. */
export function rc4(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  const state = Uint8Array.from({ length: 256 }, (_, at) => at);
  const swap = (a: number, b: number) => {
    const kept = state[a] as number;
    state[a] = state[b] as number;
    state[b] = kept;
  };
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + (state[i] as number) + (key[i % key.length] as number)) & 0xff;
    swap(i, j);
  }
  let i = 0;
  let j = 0;
  return bytes.map((byte) => {
    i = (i + 1) & 0xff;
    j = (j + (state[i] as number)) & 0xff;
    swap(i, j);
    return byte ^ (state[((state[i] as number) + (state[j] as number)) & 0xff] as number);
  });
}
