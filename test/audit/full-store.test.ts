import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { importFiles } from '../../src/audit/import-files.ts';
import { listExchanges } from '../../src/audit/query.ts';
import { verifyEvidence } from '../../src/evidence/verify.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-full-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('an import into a file that may not grow any further', () => {
  it('says so, keeps what was sealed, and lets go of the file', async () => {
    const har = join(folder, 'in.har');
    const db = join(folder, 'full.db');
    const entries = Array.from({ length: 40 }, (_, number) => ({
      startedDateTime: '2026-11-21T20:00:00.000Z',
      request: {
        method: 'POST',
        url: `https://a.example/${number}`,
        postData: { text: randomBytes(300_000).toString('base64'), encoding: 'base64' },
      },
      response: { status: 200 },
    }));
    writeFileSync(har, JSON.stringify({ log: { entries } }));
    const importInto = (maxBytes: number | null) =>
      importFiles({
        files: [har],
        db,
        capture: 'c',
        device: null,
        app: null,
        firstParty: [],
        signatures: null,
        store: { keepBodies: 'all', maxBytes, redact: false, secret: null, onError: 'stop' },
        version: 'test',
        log: () => {},
        onNotice: () => {},
        onProgress: () => {},
      });
    await expect(importInto(8 * 1024 * 1024)).rejects.toMatchObject({ code: 'evidence-full' });
    expect(existsSync(`${db}-lock`)).toBe(false);
    const kept = [...listExchanges({ db, capture: 'c', limit: null, secret: null })].length;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(40);
    expect(verifyEvidence(db, { seal: null, keys: [] }).broken).toBeNull();
    expect((await importInto(null)).counts.exchanges).toBe(40);
    expect(existsSync(`${db}-wal`)).toBe(false);
  });
});
