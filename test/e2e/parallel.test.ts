import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { EvidenceReader } from '../../src/evidence/evidence-reader.ts';
import { HOST, startCapture } from '../kit/capture.ts';
import { send } from '../kit/proxied-client.ts';

const CONNECTIONS = 20;
const EXCHANGES_EACH = 10;

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

it('200 exchanges from 20 connections at once are all kept, byte for byte, both ways', async () => {
  const answers = new Map<string, Buffer>();
  const { db, proxy, origin, connect } = await startCapture((request, response) => {
    const body = randomBytes(1 + Math.floor(Math.random() * 40_000));
    answers.set(request.url ?? '', body);
    response.end(body);
  });
  const sent = new Map<string, Buffer>();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, connection) => {
      const agent = await connect();
      for (let turn = 0; turn < EXCHANGES_EACH; turn += 1) {
        const path = `/item/${connection}/${turn}`;
        const body = randomBytes(1 + Math.floor(Math.random() * 40_000));
        sent.set(path, body);
        const answer = await send(agent, { host: HOST, path, method: 'POST' }, body);
        expect(sha256(answer.body)).toBe(sha256(answers.get(path) as Buffer));
      }
      agent.destroy();
    }),
  );
  expect((await proxy.stop()).status).toBe(0);

  expect(origin.seen).toHaveLength(CONNECTIONS * EXCHANGES_EACH);
  for (const { url, bodySha256 } of origin.seen) expect(bodySha256, url).toBe(sha256(sent.get(url) as Buffer));
  const reader = EvidenceReader.open(db);
  const exchanges = [...reader.exchanges({ capture: null, limit: null })];
  expect(exchanges.map((exchange) => exchange.request.target).sort()).toEqual([...sent.keys()].sort());
  for (const { request, requestBody, responseBody } of exchanges) {
    expect(requestBody?.sha256).toBe(sha256(sent.get(request.target) as Buffer));
    expect(responseBody?.sha256).toBe(sha256(answers.get(request.target) as Buffer));
    expect(sha256(reader.body(responseBody?.sha256 ?? '') as Uint8Array)).toBe(responseBody?.sha256);
  }
  reader.close();
});
