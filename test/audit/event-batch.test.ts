import { expect, it } from 'vitest';
import { EventBatch } from '../../src/audit/event-batch.ts';
import type { PackedEvents } from '../../src/audit/event-layout.ts';
import { EventReader } from '../../src/audit/event-reader.ts';
import type { CaptureEvent } from '../../src/model/exchange.ts';

const head = {
  method: 'POST',
  scheme: 'https',
  host: 'a.example',
  port: 443,
  target: '/x?y=\u00e9',
  httpVersion: '1.1',
  headers: [
    ['A', ''],
    ['a', 'b'],
  ],
} as const;

const EVENTS: readonly CaptureEvent[] = [
  { type: 'connection-opened', connection: 1, at: 1.5, phoneAddress: '::1', phonePort: 9, via: 'http', device: '手机' },
  { type: 'request-started', exchange: 2 ** 41, connection: 1, at: 2, head },
  { type: 'request-bytes', exchange: 2 ** 41, bytes: new Uint8Array([0, 1, 255]) },
  { type: 'request-ended', exchange: 2 ** 41, at: 3, trailers: [['t', 'v']], cut: null },
  {
    type: 'response-started',
    exchange: 2 ** 41,
    at: 4,
    head: { status: 204, reason: '', httpVersion: '2', headers: [] },
    serverAddress: null,
  },
  { type: 'response-bytes', exchange: 2 ** 41, bytes: new Uint8Array(0) },
  { type: 'message', exchange: 2 ** 41, at: 5, direction: 'response', kind: 'pong', bytes: new Uint8Array([7]) },
  { type: 'response-ended', exchange: 2 ** 41, at: 6, trailers: [], cut: 'reset' },
  { type: 'exchange-ended', exchange: 2 ** 41, at: 7, error: 'reset' },
  {
    type: 'gap',
    at: 8,
    connection: 1,
    exchange: null,
    host: 'h',
    port: 443,
    gap: { kind: 'tunnel', at: [], bytesUnread: null, detail: null },
    facts: { sni: 'h' },
  },
  { type: 'connection-closed', connection: 1, at: 9 },
];

function plain(event: CaptureEvent): unknown {
  return 'bytes' in event ? { ...event, bytes: [...event.bytes] } : event;
}

function eventsIn(batch: PackedEvents, reader = new EventReader()): readonly CaptureEvent[] {
  const events: CaptureEvent[] = [];
  reader.read(batch, (event) => events.push(event));
  return events;
}

it('gives back every event as it was, also when the batch has to grow', () => {
  const batch = new EventBatch(16);
  for (const event of EVENTS) batch.add(event);
  expect(eventsIn(batch.take()).map(plain)).toEqual(
    EVENTS.map((event) => (event.type.endsWith('-bytes') ? { ...(plain(event) as object) } : plain(event))),
  );
  expect(batch.size).toBe(0);
});

it.each<[string, readonly (readonly ['request-bytes' | 'response-bytes', number, string])[], readonly string[]]>([
  [
    'pieces that follow each other',
    [
      ['request-bytes', 1, 'ab'],
      ['request-bytes', 1, 'cd'],
      ['request-bytes', 1, 'e'],
    ],
    ['abcde'],
  ],
  [
    'not those of another exchange',
    [
      ['request-bytes', 1, 'ab'],
      ['request-bytes', 2, 'cd'],
      ['request-bytes', 1, 'e'],
    ],
    ['ab', 'cd', 'e'],
  ],
  [
    'not those of the other direction',
    [
      ['request-bytes', 1, 'ab'],
      ['response-bytes', 1, 'cd'],
    ],
    ['ab', 'cd'],
  ],
])('joins %s of a body', (_, pieces, joined) => {
  const batch = new EventBatch(16);
  for (const [type, exchange, text] of pieces) batch.add({ type, exchange, bytes: Buffer.from(text) });
  const texts = eventsIn(batch.take()).map((event) => 'bytes' in event && Buffer.from(event.bytes).toString());
  expect(texts).toEqual(joined);
});

it('joins no bytes across another event or another batch', () => {
  const batch = new EventBatch(16);
  const piece = { type: 'request-bytes', exchange: 1, bytes: Buffer.from('ab') } as const;
  batch.add(piece);
  batch.add({ type: 'request-ended', exchange: 1, at: 1, trailers: [], cut: null });
  batch.add(piece);
  const first = eventsIn(batch.take()).map(({ type }) => type);
  expect(first).toEqual(['request-bytes', 'request-ended', 'request-bytes']);
  batch.add(piece);
  expect(eventsIn(batch.take()).map(plain)).toEqual([plain(piece)]);
});

it('covers every type of event', () => {
  expect(new Set(EVENTS.map((event) => event.type)).size).toBe(11);
});

it('gives heads that come again as one, frozen, and never takes one for another', () => {
  const reader = new EventReader();
  const headsOf = (...events: readonly CaptureEvent[]) => {
    const batch = new EventBatch(16);
    for (const event of events) batch.add(event);
    return eventsIn(batch.take(), reader).map((event) => ('head' in event ? event.head : null));
  };
  const started = (connection: number, changes: object): CaptureEvent => ({
    type: 'request-started',
    exchange: 1,
    connection,
    at: 2,
    head: { ...head, ...changes },
  });
  const [, second, third, fourth] = headsOf(
    started(1, {}),
    started(7, {}),
    started(12, {}),
    started(1, { target: '/' }),
  );
  expect(second).toBe(third);
  expect([Object.isFrozen(third), Object.isFrozen((third as typeof head).headers)]).toEqual([true, true]);
  expect([third, fourth]).toEqual([head, { ...head, target: '/' }]);
});
