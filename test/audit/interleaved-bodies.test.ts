import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { AuditSession } from '../../src/audit/audit-session.ts';
import { EvidenceReader } from '../../src/evidence/evidence-reader.ts';
import { DEFAULT_LIMITS } from '../../src/model/limits.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-interleaved-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const STARTED_AT = 1_763_712_000_000;
const head = {
  method: 'POST',
  scheme: 'https',
  host: 'a.example',
  port: 443,
  target: '/',
  httpVersion: '1.1',
} as const;
const defect = (error: unknown) => {
  throw error;
};

/** The bodies of exchanges from 1 on: of all sizes, each with a value that is found. */
const BODIES = Array.from({ length: 60 }, (_, number) =>
  Buffer.from(JSON.stringify({ n: number, imei: '490154203237518', rest: 'x'.repeat((number * 397) % 9_000) })),
);

it.each(['all', 'findings'] as const)(
  'bodies that come in pieces, several at a time, are stored each as it came: --keep-bodies %s',
  (keepBodies) => {
    const db = join(folder, `${keepBodies}.db`);
    const store = { keepBodies, maxBytes: null, secret: null, redact: false, onError: 'stop' } as const;
    const device = { name: '', platform: 'android', identifiers: {}, salts: [], perApp: {}, location: null } as const;
    const plan = {
      db,
      captureName: 'c',
      startedAt: STARTED_AT,
      app: null,
      device,
      devices: [],
      firstPartyHosts: [],
      signatureFolder: null,
    };
    const session = new AuditSession(
      { ...plan, limits: DEFAULT_LIMITS, facts: {}, store },
      { onDefect: defect, onNotStored: defect },
    );
    session.accept({
      type: 'connection-opened',
      connection: 1,
      at: STARTED_AT,
      phoneAddress: '127.0.0.1',
      phonePort: 1,
      via: 'proxy',
      device: null,
    });
    const at = STARTED_AT;
    for (let from = 0; from < BODIES.length; from += 5) {
      const open = BODIES.slice(from, from + 5).map((body, index) => ({ exchange: from + index + 1, body, sent: 0 }));
      for (const { exchange } of open)
        session.accept({
          type: 'request-started',
          exchange,
          connection: 1,
          at,
          head: { ...head, headers: [['Content-Type', 'application/json']] },
        });
      // The batch that bytes come in is overwritten by the next.
      const batch = Buffer.alloc(1_000);
      while (open.length > 0) {
        for (const one of [...open]) {
          const length = one.body.copy(batch, 0, one.sent, one.sent + 100 + one.exchange * 13);
          session.accept({ type: 'request-bytes', exchange: one.exchange, bytes: batch.subarray(0, length) });
          one.sent += length;
          if (one.sent < one.body.length) continue;
          session.accept({ type: 'request-ended', exchange: one.exchange, at, trailers: [], cut: null });
          session.accept({ type: 'exchange-ended', exchange: one.exchange, at, error: null });
          open.splice(open.indexOf(one), 1);
        }
      }
    }
    session.close(STARTED_AT + 1);
    const reader = EvidenceReader.open(db);
    const stored = [...reader.exchanges({ capture: null, limit: null })].map(({ requestBody }) =>
      Buffer.from(reader.body(requestBody?.sha256 ?? '') ?? []).toString(),
    );
    reader.close();
    expect(stored.sort()).toEqual(BODIES.map(String).sort());
  },
);
