import { brotliCompressSync, deflateSync, gunzipSync, gzipSync } from 'node:zlib';
import { type BodyDescription, decodeBody } from '../src/decode/decode-body.ts';
import { decodeRequestHead } from '../src/decode/decode-head.ts';
import { describeBody } from '../src/decode/describe.ts';
import type { RequestHead } from '../src/model/exchange.ts';
import { DEFAULT_LIMITS } from '../src/model/limits.ts';
import { machine } from './machine.ts';

/**
 * How long decoding takes: microseconds of CPU a body and megabytes a second, the best of some rounds (others may share the cores).
 * The baseline is what one would write without us: unpack, JSON.parse, look no further.
 */
const report = {
  header: {
    appkey: '5f6d2c1e80455950e496f1a2',
    idmd5: '29b0af7ed86cc3b0faf11cec03ad2ae0',
    device_model: 'Redmi K40',
    os_version: '12',
    package_name: 'com.example.app',
    mac: 'a4:50:46:1b:2c:3d',
    resolution: '1080*2400',
    cpu: 'AArch64 Processor rev 14',
    timezone: 8,
    carrier: '中国移动',
    uuid: 'e5cf9b0d-7b0b-4c7e-9a66-2c2c7b6cb7a2',
  },
  body: { sessions: [{ id: '8A6D6E0B5B7C4D0E9F', start: 1732180000123, duration: 5321 }], note: 'x'.repeat(40) },
};
const text = JSON.stringify(report);
const events = JSON.stringify(Array.from({ length: 100 }, (_, n) => ({ n, ...report })));
const form = `os=android&imei=867532051234567&data=${encodeURIComponent(Buffer.from(text).toString('base64'))}&t=1732180000123`;
const pixels = Buffer.from(Array.from({ length: 20_000 }, (_, n) => (Math.imul(n, 2654435761) >>> 13) & 0xff));

const cases: readonly (readonly [name: string, body: Uint8Array, headers: Record<string, string>])[] = [
  ['json', Buffer.from(text), { 'Content-Type': 'application/json' }],
  ['json, gzip', gzipSync(text), { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }],
  ['json, br', brotliCompressSync(text), { 'Content-Type': 'application/json', 'Content-Encoding': 'br' }],
  ['json of 100 events', Buffer.from(events), { 'Content-Type': 'application/json' }],
  ['json of 100 events, gzip', gzipSync(events), { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }],
  ['form with base64', Buffer.from(form), { 'Content-Type': 'application/x-www-form-urlencoded' }],
  [
    'zlib in base64 in json',
    Buffer.from(JSON.stringify({ d: deflateSync(text).toString('base64') })),
    { 'Content-Type': 'application/json' },
  ],
  ['picture', Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), pixels]), { 'Content-Type': 'image/png' }],
  ['encrypted', pixels, { 'Content-Type': 'application/octet-stream' }],
];

const head: RequestHead = {
  method: 'POST',
  scheme: 'https',
  host: 'ulogs.umeng.com',
  port: 443,
  target: '/unify_logs?v=1&imei=867532051234567&t=1732180000123',
  httpVersion: '1.1',
  headers: [
    ['Host', 'ulogs.umeng.com'],
    ['User-Agent', 'Dalvik/2.1.0 (Linux; U; Android 12; M2012K11AC Build/SKQ1.211006.001)'],
    ['Content-Type', 'application/json'],
    ['X-Umeng-Sdk', 'Android/9.6.5 %E5%B1%B1 /3.2.1 M2012K11AC/12 0011223344556677'],
    ['Cookie', 'sid=8A6D6E0B5B7C4D0E9F; uid=9f8e7d6c5b4a3921'],
    ['Accept-Encoding', 'gzip'],
  ],
};

/** Microseconds of CPU a call. */
function measure(call: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 7; round++) {
    const start = process.cpuUsage();
    let calls = 0;
    for (const end = performance.now() + 120; performance.now() < end; calls += 8)
      for (let at = 0; at < 8; at++) call();
    const used = process.cpuUsage(start);
    best = Math.min(best, (used.user + used.system) / calls);
  }
  return best;
}

function baseline(body: Uint8Array, about: BodyDescription): unknown {
  const bytes = about.contentEncodings.includes('gzip') ? gunzipSync(body) : body;
  return JSON.parse(Buffer.from(bytes).toString());
}

console.log(`${machine()}; CPU time, best of 7 rounds of 120 ms`);
console.log('case                        wire bytes  decoded bytes  µs/body   MB/s decoded   unpack + JSON.parse µs');
for (const [name, body, headers] of cases) {
  const about = describeBody(Object.entries(headers), true);
  const decoded = decodeBody(body, about, DEFAULT_LIMITS).layers.reduce((sum, layer) => sum + layer.bytes.length, 0);
  const ours = measure(() => decodeBody(body, about, DEFAULT_LIMITS));
  const theirs =
    name.startsWith('json') && !name.includes('br') ? measure(() => baseline(body, about)).toFixed(1) : '–';
  const columns = [
    name.padEnd(28),
    String(body.length).padStart(9),
    String(decoded).padStart(14),
    ours.toFixed(1).padStart(9),
  ];
  console.log(`${columns.join(' ')} ${(decoded / ours).toFixed(0).padStart(12)} ${theirs.padStart(18)}`);
}
console.log(`request head                ${measure(() => decodeRequestHead(head, DEFAULT_LIMITS)).toFixed(1)} µs`);
