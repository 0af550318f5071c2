/**
 * What detection costs an exchange: a head of 1 KB and a JSON body of 600 bytes, decoded before, with some twelve identifiers.
 * The scan alone is shown beside it, so that what the rest costs can be seen.
 */
import { decodeBody } from '../src/decode/decode-body.ts';
import { decodeRequestHead } from '../src/decode/decode-head.ts';
import { describeBody } from '../src/decode/describe.ts';
import { compileDetector } from '../src/detect/detector.ts';
import type { RequestHead } from '../src/model/exchange.ts';
import { DEFAULT_LIMITS } from '../src/model/limits.ts';
import { loadTaxonomy } from '../src/signatures/data-types.ts';
import { inventedPhone } from './accuracy/values.ts';
import { machine, timed } from './machine.ts';

const ROUNDS = 20_000;
const phone = inventedPhone(3);
const twelve = Object.fromEntries(Object.entries(phone.identifiers).slice(0, 12));
const taxonomy = loadTaxonomy({ extraFolder: null });
const start = performance.now();
const detector = compileDetector(
  { ...phone, identifiers: twelve },
  { app: 'com.example.app', taxonomy, limits: DEFAULT_LIMITS },
);
const compileMs = Math.round(performance.now() - start);

const head: RequestHead = {
  method: 'POST',
  scheme: 'https',
  host: 'log.example.com',
  port: 443,
  target: `/v2/batch?appkey=5f3b2a1c9d8e7f60&sv=9.4.2&ev=launch&t=1700000000123&sig=${'4be1d9'.repeat(8)}`,
  httpVersion: '1.1',
  headers: [
    ['Host', 'log.example.com'],
    ['User-Agent', 'Dalvik/2.1.0 (Linux; U; Android 13; M2012K11AC Build/TKQ1.220829.002)'],
    ['Content-Type', 'application/json; charset=utf-8'],
    ['Accept-Encoding', 'gzip'],
    ['Connection', 'Keep-Alive'],
    ['X-Request-Id', '9c1b6a0e-77c1-4b7a-9a55-0a3f8f0f7a21'],
    ['Authorization', `Bearer ${'eyJhbGciOiJIUzI1NiJ9'.repeat(12)}`],
    ['Cookie', `session=${'0f1e2d3c4b5a6978'.repeat(12)}; lang=zh; theme=dark`],
  ],
};
const json = (extra: Record<string, unknown>) =>
  Buffer.from(
    JSON.stringify({
      events: [1, 2, 3].map((n) => ({
        name: `screen_${n}`,
        at: 1_700_000_000_000 + n,
        ms: 120 * n,
        page: '/home/feed',
      })),
      session: '4be1d9a07c55e2f1',
      app: { version: '9.4.2', build: 94_201, channel: 'store' },
      note: 'nothing of the phone is in here, only what an app tells of itself and of its own pages and buttons',
      more: { a: 1, b: 'two', c: [3, 4, 5], d: true },
      ...extra,
    }),
  );

console.log(machine());
console.log(
  `${detector.patternCount} patterns of 12 identifiers, compiled in ${compileMs} ms; ${ROUNDS} rounds, best and median of 5\n`,
);
measure('nothing to find', json({}));
measure('three findings', json({ imei: twelve['imei']?.[0], model: 'M2012K11AC', os_version: '13' }));

function measure(name: string, body: Uint8Array): void {
  const decodedHead = decodeRequestHead(head, DEFAULT_LIMITS);
  const decodedBody = decodeBody(body, { ...describeBody(head.headers, true), head }, DEFAULT_LIMITS);
  const about = { direction: 'request', place: 'body', message: null } as const;
  let found = 0;
  const work = () => {
    for (let i = 0; i < ROUNDS; i++) {
      found += detector.detectHead(decodedHead, 'request').detections.length;
      found += detector.detectBody(decodedBody, about).detections.length;
    }
  };
  work();
  const each = found / ROUNDS;
  const { best, median } = timed(5, work);
  const size = `${decodedHead.layers[0]?.bytes.length} + ${body.length} bytes, ${decodedHead.layers.length} + ${decodedBody.layers.length} layers`;
  const fields = [...decodedHead.layers, ...decodedBody.layers].reduce((sum, layer) => sum + layer.fields.length, 0);
  const micros = (seconds: number) => `${((seconds / ROUNDS) * 1e6).toFixed(1)} µs`;
  console.log(
    `${name}: ${micros(best)} (median ${micros(median)}) an exchange; ${size}, ${fields} fields, ${each} findings`,
  );
}
