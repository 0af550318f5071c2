import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { EvidenceWriter } from '../../src/evidence/evidence-writer.ts';
import { aCapture, aDetection, anExchange } from '../evidence/samples.ts';
import { telltale } from './telltale.ts';

describe('telltale verify', () => {
  const db = join(mkdtempSync(join(tmpdir(), 'telltale-verify-')), 'v.db');
  const writer = EvidenceWriter.open(db);
  const capture = writer.beginCapture(aCapture('night-1'));
  writer.addExchange(anExchange(capture, { findings: [aDetection()] }));
  writer.close();

  it('prints what holds, and what a later check needs', () => {
    const { status, stdout } = telltale(['verify', '--db', db]);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^The seals hold: 1 exchanges, 1 findings in 3 seals\.\nSigned by key [0-9a-f]{16}\nLast seal [0-9a-f]{64}\n$/,
    );
    const json = JSON.parse(telltale(['verify', '--db', db, '--format', 'json']).stdout) as Record<string, string>;
    expect(json).toMatchObject({ holds: true, broken: null, exchanges: 1, seals: 3 });
    const again = telltale(['verify', '--db', db, '--seal', json['last_seal'] ?? '', '--key', json['keys']?.[0] ?? '']);
    expect(again.status).toBe(0);
  });

  it.each([
    [['--seal', '0'.repeat(64)], 1, 'is not in the chain'],
    [['--key', '0'.repeat(16)], 1, 'is not among those expected'],
    [['--seal', 'xyz'], 2, 'a seal is 64 hex digits'],
  ])('%j exits with %i', (args, status, line) => {
    const found = telltale(['verify', '--db', db, ...args]);
    expect(found.status).toBe(status);
    expect(found.stdout + found.stderr).toContain(line);
  });

  it('goes quietly when nobody reads it', () => {
    const script = resolve(import.meta.dirname, '../../scripts/run.mjs');
    const command = `${process.execPath} ${script} verify --db ${db} | true`;
    const { stderr } = spawnSync('sh', ['-c', command], {
      encoding: 'utf8',
      env: { ...process.env, npm_lifecycle_event: '' },
    });
    expect(stderr).toBe('');
  });

  it('exits with 1 and names the first broken row', () => {
    const database = new Database(db);
    database.exec('UPDATE findings SET length = 33');
    database.close();
    const { status, stdout } = telltale(['verify', '--db', db]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: 'BROKEN: findings 1 was changed (seal 3)\n' });
  });
});
