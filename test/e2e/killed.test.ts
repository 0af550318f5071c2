import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { EvidenceReader } from '../../src/evidence/evidence-reader.ts';
import { HOST, startCapture } from '../kit/capture.ts';
import { send } from '../kit/proxied-client.ts';

/** Exchanges that ended more than this before the kill must be in the file. */
const DURABLE_AFTER_MS = 1_000;
const LOAD_MS = 3_000;

it('keeps every exchange that ended a second before SIGKILL, in a file that is whole', async () => {
  const { db, proxy, connect } = await startCapture((request, response) => response.end(`answer to ${request.url}`));
  const endedAt = new Map<string, number>();
  let killedAt = 0;
  const client = async (number: number) => {
    const agent = await connect();
    for (let turn = 0; killedAt === 0; turn += 1) {
      const path = `/load/${number}/${turn}`;
      try {
        await send(agent, { host: HOST, path, method: 'POST' }, Buffer.from(`body of ${path}`));
      } catch {
        return; // the proxy is gone
      }
      endedAt.set(path, Date.now());
    }
  };
  const clients = Array.from({ length: 8 }, (_, number) => client(number));
  await new Promise((resolve) => setTimeout(resolve, LOAD_MS));
  proxy.process.kill('SIGKILL');
  killedAt = Date.now();
  await Promise.all(clients);

  const file = new Database(db);
  expect(file.pragma('integrity_check', { simple: true })).toBe('ok');
  file.close();
  const reader = EvidenceReader.open(db);
  const kept = new Set(
    [...reader.exchanges({ capture: null, limit: null })].map((exchange) => exchange.request.target),
  );
  reader.close();
  const due = [...endedAt].filter(([, at]) => at < killedAt - DURABLE_AFTER_MS).map(([path]) => path);
  expect(due.length).toBeGreaterThan(20);
  expect(due.filter((path) => !kept.has(path))).toEqual([]);
});
