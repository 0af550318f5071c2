import { gzipSync } from 'node:zlib';
import { decodeBody } from '../src/decode/decode-body.ts';
import { DEFAULT_LIMITS } from '../src/model/limits.ts';

const body = Buffer.from(
  JSON.stringify({
    header: {
      appkey: '5f6d2c1e80455950e496f1a2',
      idmd5: '29b0af7ed86cc3b0faf11cec03ad2ae0',
      device_model: 'Redmi K40',
      os: 'Android',
      os_version: '12',
      app_version: '3.4.1',
      package_name: 'com.example.app',
      mac: 'a4:50:46:1b:2c:3d',
      sdk_version: '9.4.4',
      resolution: '1080*2400',
      cpu: 'AArch64 Processor rev 14',
      language: 'zh',
      country: 'CN',
      timezone: 8,
      access: 'wifi',
      carrier: '中国移动',
      uuid: 'e5cf9b0d-7b0b-4c7e-9a66-2c2c7b6cb7a2',
    },
    body: { sessions: [{ id: '8A6D6E0B5B7C4D0E9F', start: 1732180000123, duration: 5321 }] },
  }),
);
const about = { contentType: 'application/json', contentEncodings: [], whole: true, codec: null, head: null };
for (const [n, b, a] of [
  ['json', body, about],
  ['gzip', gzipSync(body), { ...about, contentEncodings: ['gzip'] }],
] as const) {
  for (let r = 0; r < 3; r++) {
    const t = performance.now();
    const N = 50000;
    for (let i = 0; i < N; i++) decodeBody(b, a, DEFAULT_LIMITS);
    console.log(n, body.length, (((performance.now() - t) * 1000) / N).toFixed(2), 'us');
  }
}
