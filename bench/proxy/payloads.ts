import { randomBytes } from 'node:crypto';

/** What goes over the wire: an SDK's report and an answer, as apps send them. */

const REPORT = {
  event: 'page_view',
  app: { id: 'com.example.shop', version: '8.12.4', channel: 'huawei', build: 20_812_004 },
  device: {
    brand: 'HONOR',
    model: 'ANY-AN00',
    os: 'Android',
    os_version: '12',
    screen: '1080x2388',
    density: 3,
    lang: 'zh-CN',
  },
  network: { type: 'wifi', carrier: '46000' },
  idmd5: 'd41d8cd98f00b204e9800998ecf8427e',
  session: { id: '5f3c1e0a-7b7d-4a51-9b8e-0c5d2f6a9e11', index: 14, started: 1_763_712_000_000 },
  page: { name: 'GoodsDetail', from: 'SearchResult', stay_ms: 5_312 },
};

/** A report of 600 bytes; `number` and a token at random make it like no other. */
export function report(number: number): string {
  const text = JSON.stringify({ ...REPORT, seq: number, token: randomBytes(8).toString('hex'), note: '' });
  return text.replace(
    '"note":""',
    `"note":"${'the quick brown fox '.repeat(20).slice(0, Math.max(0, 600 - text.length))}"`,
  );
}

/** A kilobyte of JSON. */
export const ANSWER = JSON.stringify({
  code: 0,
  message: 'ok',
  config: Array.from({ length: 12 }, (_, index) => ({
    key: `feature.${index}`,
    on: index % 3 === 0,
    rate: index / 12,
    until: 1_763_712_000 + index * 3_600,
  })),
}).padEnd(1_024);
