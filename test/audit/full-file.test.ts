import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { AuditSession } from '../../src/audit/audit-session.ts';
import { EvidenceReader } from '../../src/evidence/evidence-reader.ts';
import { DEFAULT_LIMITS } from '../../src/model/limits.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-full-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const AT = 1_763_712_000_000;
const EXCHANGES = 60;
const HEAD = { scheme: 'https', host: 'a.example', port: 443, target: '/', httpVersion: '1.1', headers: [] } as const;

/** A session of which the file may grow to 3 MB and no further, while the relay goes on. */
function crowded(name: string) {
  const lost = { exchanges: 0 };
  const db = join(folder, `${name}.db`);
  const session = new AuditSession(
    {
      db,
      captureName: 'c',
      startedAt: AT,
      app: null,
      device: { name: '', platform: 'android', identifiers: {}, salts: [], perApp: {}, location: null },
      devices: [],
      firstPartyHosts: [],
      signatureFolder: null,
      limits: DEFAULT_LIMITS,
      facts: {},
      store: { keepBodies: 'all', maxBytes: 3 * 1024 * 1024, secret: null, redact: false, onError: 'relay' },
    },
    {
      onDefect: (error) => {
        throw error;
      },
      onNotStored: (_, exchanges) => {
        lost.exchanges = exchanges;
      },
    },
  );
  const [connection, via, device] = [1, 'proxy', null] as const;
  session.accept({ type: 'connection-opened', connection, at: AT, phoneAddress: '::1', phonePort: 1, via, device });
  const send = (exchange: number, bytes: number) => {
    session.accept({ type: 'request-started', exchange, connection, at: AT, head: { ...HEAD, method: 'POST' } });
    const body = randomBytes(bytes);
    for (let from = 0; from < bytes; from += 64 * 1024)
      session.accept({ type: 'request-bytes', exchange, bytes: body.subarray(from, from + 64 * 1024) });
  };
  const end = (exchange: number) => {
    session.accept({ type: 'request-ended', exchange, at: AT, trailers: [], cut: null });
    session.accept({ type: 'exchange-ended', exchange, at: AT, error: null });
  };
  const stored = () => {
    const reader = EvidenceReader.open(db);
    const count = [...reader.exchanges({ capture: null, limit: null })].length;
    reader.close();
    return count;
  };
  return { session, send, end, lost, stored };
}

it.each([100_000, 300_000, 700_000, 2_500_000])(
  'exchanges with bodies of %i bytes are in the file or counted as lost, whatever their end met',
  (bytes) => {
    const { session, send, end, lost, stored } = crowded(`ended-${bytes}`);
    for (let exchange = 1; exchange <= EXCHANGES; exchange++) {
      send(exchange, bytes);
      end(exchange);
    }
    session.close(AT + 1);
    expect(lost.exchanges).toBeGreaterThan(0);
    expect(stored() + lost.exchanges).toBe(EXCHANGES);
  },
);

it('exchanges that the end of the capture cuts short are, too', () => {
  const { session, send, lost, stored } = crowded('open');
  for (let exchange = 1; exchange <= EXCHANGES; exchange++) send(exchange, 300_000);
  session.close(AT + 1);
  expect(lost.exchanges).toBeGreaterThan(0);
  expect(stored() + lost.exchanges).toBe(EXCHANGES);
});
