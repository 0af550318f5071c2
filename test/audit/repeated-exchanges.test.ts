import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { importFiles } from '../../src/audit/import-files.ts';
import { listFindings, listGaps } from '../../src/audit/query.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-repeated-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BODY = '{"imei":"490154203237518"}';
const BINARY = Buffer.of(0, 1, 2, 255, 254, 3).toString('base64');

/** What an exchange that was sent before in the same bytes must not borrow from it. */
const EXCHANGES = [
  { url: 'https://a.example/0', body: BODY, headers: [] },
  { url: 'https://a.example/1', body: BODY, headers: [] },
  // The same bytes, said to be packed: a text is read all the same, bytes that do not unpack make a gap.
  { url: 'https://a.example/2', body: BODY, headers: [{ name: 'Content-Encoding', value: 'gzip' }] },
  { url: 'https://a.example/5', body: BINARY, headers: [], encoding: 'base64' },
  {
    url: 'https://a.example/6',
    body: BINARY,
    headers: [{ name: 'Content-Encoding', value: 'gzip' }],
    encoding: 'base64',
  },
  // Heads that are alike, but for the URL or for one header.
  { url: 'https://a.example/3?imei=490154203237518', body: null, headers: [] },
  { url: 'https://a.example/3?imei=490154203237518', body: null, headers: [] },
  { url: 'https://a.example/3', body: null, headers: [] },
  { url: 'https://a.example/3', body: null, headers: [{ name: 'X-Imei', value: '490154203237518' }] },
  // What the phone is sent is not collected.
  { url: 'https://a.example/4', body: null, headers: [], answer: BODY },
] as const;

function postData(text: string, rest: object) {
  return 'encoding' in rest ? { text, encoding: rest.encoding } : { text };
}

describe('an exchange whose parts came before', () => {
  it('is judged like the first of them, by what it says itself', async () => {
    const file = join(folder, 'in.har');
    const db = join(folder, 'repeated.db');
    const entries = EXCHANGES.map(({ url, body, headers, ...rest }) => ({
      startedDateTime: '2026-11-21T20:00:00.000Z',
      request: { method: 'POST', url, headers, ...(body === null ? {} : { postData: postData(body, rest) }) },
      response: { status: 200, ...('answer' in rest ? { content: { text: rest.answer } } : {}) },
    }));
    writeFileSync(file, JSON.stringify({ log: { entries } }));
    await importFiles({
      files: [file],
      db,
      capture: 'c',
      device: null,
      app: null,
      firstParty: [],
      signatures: null,
      store: { keepBodies: 'all', maxBytes: null, redact: false, secret: null, onError: 'stop' },
      version: 'test',
      log: () => {},
      onNotice: () => {},
      onProgress: () => {},
    });
    const asked = { db, capture: 'c', limit: null, secret: null };
    const found = [...listFindings({ ...asked, reveal: true })].map(
      (finding) => `${finding.url} ${finding.place} ${finding.field}`,
    );
    expect(found.sort()).toEqual([
      'https://a.example/0 body imei',
      'https://a.example/1 body imei',
      'https://a.example/2 body imei',
      'https://a.example/3 header X-Imei',
      'https://a.example/3?imei=490154203237518 url imei',
      'https://a.example/3?imei=490154203237518 url imei',
    ]);
    expect([...listGaps(asked)].map(({ kind, host, exchange }) => `${kind} ${host} ${exchange}`)).toEqual([
      'decode-failed a.example 5',
    ]);
  });
});
