/**
 * Processor time of one exchange on the audit thread: events as the relay packs them, unpacked, judged, and written to an evidence
 * file, without the relay and its sockets. The load is that of bench:proxy: a JSON report of 600 bytes, each like no other, and a
 * kilobyte of JSON as the answer. EXCHANGES: how many are measured, in ten parts.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditSession } from '../src/audit/audit-session.ts';
import { EventBatch } from '../src/audit/event-batch.ts';
import type { PackedEvents } from '../src/audit/event-layout.ts';
import { EventReader } from '../src/audit/event-reader.ts';
import { collectOnOwnThread } from '../src/cli/own-thread-garbage.ts';
import { DEFAULT_LIMITS } from '../src/model/limits.ts';
import { machine } from './machine.ts';
import { IDENTIFIERS } from './proxy/contestants.ts';
import { ANSWER, report } from './proxy/payloads.ts';
import { saveResults, type Target, targetLine } from './results.ts';

const EXCHANGES = Number(process.env['EXCHANGES'] ?? 40_000);
const PARTS = 10;
/** As the relay hands them over, see QUEUE_LIMITS. */
const BATCH_BYTES = 192 * 1024;
const STARTED_AT = 1_763_712_000_000;

// As in the thread of `telltale proxy`.
collectOnOwnThread();
const folder = mkdtempSync(join(tmpdir(), 'telltale-exchanges-'));
const db = join(folder, 'bench.db');
const session = new AuditSession(
  {
    db,
    captureName: 'bench',
    startedAt: STARTED_AT,
    app: null,
    device: { name: 'bench', platform: 'android', identifiers: IDENTIFIERS, salts: [], perApp: {}, location: null },
    devices: [],
    firstPartyHosts: [],
    signatureFolder: null,
    limits: DEFAULT_LIMITS,
    facts: {},
    store: { keepBodies: 'all', maxBytes: null, secret: null, redact: false, onError: 'stop' },
  },
  {
    onDefect: (defect) => {
      throw defect;
    },
    onNotStored: (error) => {
      throw error;
    },
  },
);
session.accept({
  type: 'connection-opened',
  connection: 1,
  at: STARTED_AT,
  phoneAddress: '127.0.0.1',
  phonePort: 40_000,
  via: 'proxy',
  device: null,
});

const reader = new EventReader();
const micros: number[] = [];
// What runs first is compiled first: the first part only warms up.
for (let part = 0; part <= PARTS; part++) {
  const batches = batchesOf(part, EXCHANGES / PARTS);
  const before = process.cpuUsage();
  for (const batch of batches) {
    reader.read(batch, (event) => session.accept(event));
    session.tick(Date.now());
  }
  // What waits is written: each part pays for all of its own.
  session.tick(Number.POSITIVE_INFINITY);
  const { user, system } = process.cpuUsage(before);
  if (part > 0) micros.push(((user + system) * PARTS) / EXCHANGES);
}
session.close(STARTED_AT + EXCHANGES);
const { counts } = session;
const bytes = statSync(db).size / counts.exchanges;
rmSync(folder, { recursive: true });

const inOrder = [...micros].sort((one, other) => one - other);
const [least, median] = [inOrder[0] as number, inOrder[PARTS >> 1] as number];
const target: Target = {
  what: 'processor time of an exchange on the audit thread',
  target: '≤ 60 µs',
  measured: `${median.toFixed(1)} µs`,
  holds: median <= 60,
};
const lines = [
  machine(),
  `${counts.exchanges} exchanges of 600 bytes up and 1 KB down, ${counts.findings} findings, ${Math.round(bytes)} bytes of evidence each`,
  `${median.toFixed(1)} µs of processor time an exchange (median of ${PARTS} parts; least ${least.toFixed(1)}), all threads that V8 has for it included`,
  targetLine(target),
];
for (const line of lines) console.log(line);
saveResults('exchanges', lines, [target], { microseconds: { median, least } });

/** The events of some exchanges, packed as they cross to the audit thread. */
function batchesOf(part: number, count: number): readonly PackedEvents[] {
  const batches: PackedEvents[] = [];
  const batch = new EventBatch(256 * 1024);
  for (let i = 0; i < count; i++) {
    const exchange = part * count + i + 1;
    addExchange(batch, exchange, STARTED_AT + exchange, Buffer.from(report(exchange)));
    if (batch.size > BATCH_BYTES) batches.push(batch.take());
  }
  batches.push(batch.take());
  return batches;
}

function addExchange(batch: EventBatch, exchange: number, at: number, body: Buffer): void {
  batch.add({
    type: 'request-started',
    exchange,
    connection: 1,
    at,
    head: {
      method: 'POST',
      scheme: 'https',
      host: '127.0.0.1',
      port: 44_300,
      target: '/collect?v=1',
      httpVersion: '1.1',
      headers: [
        ['Host', '127.0.0.1:44300'],
        ['User-Agent', 'okhttp/4.9.3'],
        ['Content-Length', String(body.length)],
        ['Content-Type', 'application/json'],
        ['Accept-Encoding', 'gzip'],
      ],
    },
  });
  batch.add({ type: 'request-bytes', exchange, bytes: body });
  batch.add({ type: 'request-ended', exchange, at, cut: null, trailers: [] });
  batch.add({
    type: 'response-started',
    exchange,
    at: at + 1,
    serverAddress: '127.0.0.1',
    head: {
      status: 200,
      reason: 'OK',
      httpVersion: '1.1',
      headers: [
        ['Server', 'nginx/1.22.1'],
        ['Date', new Date(Math.floor(at / 1000) * 1000).toUTCString()],
        ['Content-Type', 'application/json'],
        ['Content-Length', String(ANSWER.length)],
        ['Connection', 'keep-alive'],
      ],
    },
  });
  batch.add({ type: 'response-bytes', exchange, bytes: Buffer.from(ANSWER) });
  batch.add({ type: 'response-ended', exchange, at: at + 2, cut: null, trailers: [] });
  batch.add({ type: 'exchange-ended', exchange, at: at + 2, error: null });
}
