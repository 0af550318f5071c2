import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { EvidenceReader } from '../../src/evidence/evidence-reader.ts';
import { startOrigin } from '../kit/origin.ts';
import { agentThroughProxy, send } from '../kit/proxied-client.ts';
import { startProxy } from '../kit/telltale.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

/** Exchanges that ended more than this before the kill must be in the file. */
const DURABLE_AFTER_MS = 1_000;
const LOAD_MS = 3_000;

it('keeps every exchange that ended a second before SIGKILL, in a file that is whole', async () => {
  const folder = temporaryFolder();
  const origin = await startOrigin(folder, (request, response) => response.end(`answer to ${request.url}`));
  const db = join(folder, 'evidence.db');
  const proxy = await startProxy(
    '--db',
    db,
    '--ca-dir',
    join(folder, 'certs'),
    '--allow-private',
    '--upstream-ca',
    origin.caFile,
    '--resolve',
    `api.example.com=127.0.0.1:${origin.port}`,
  );
  const endedAt = new Map<string, number>();
  let killedAt = 0;
  const client = async (number: number) => {
    const agent = await agentThroughProxy(proxy.port, 'api.example.com', join(folder, 'certs', 'ca.pem'));
    for (let turn = 0; killedAt === 0; turn += 1) {
      const path = `/load/${number}/${turn}`;
      try {
        await send(agent, { host: 'api.example.com', path, method: 'POST' }, Buffer.from(`body of ${path}`));
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
