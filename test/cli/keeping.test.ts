import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EvidenceWriter } from '../../src/evidence/evidence-writer.ts';
import { aCapture, aDetection, anExchange, START } from '../evidence/samples.ts';
import { telltale } from './telltale.ts';

describe('telltale export, import and prune', () => {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-keeping-'));
  const db = join(folder, 'a.db');
  const writer = EvidenceWriter.open(db);
  for (const name of ['old', 'new']) {
    const capture = writer.beginCapture(aCapture(name));
    writer.addExchange(anExchange(capture, { findings: [aDetection()] }));
    writer.endCapture(capture, name === 'old' ? START - 400 * 86_400_000 : Date.now());
  }
  writer.close();

  it('carry a capture from file to file', { timeout: 120_000 }, () => {
    const bundle = join(folder, 'new.telltale');
    const other = join(folder, 'b.db');
    expect(telltale(['export', '--db', db, '--capture', 'new', '-o', bundle])).toMatchObject({ status: 0, stdout: '' });
    expect(telltale(['verify', '--db', bundle]).status).toBe(0);
    expect(telltale(['import', bundle, '--db', other]).stderr).toContain('Capture new of');
    const findings = (file: string) =>
      (JSON.parse(telltale(['findings', '--db', file, '--capture', 'new', '--format', 'json']).stdout) as object[]).map(
        (finding) => ({ ...finding, id: 0, exchange: 0 }),
      );
    expect(findings(other)).toEqual(findings(db));
    expect(telltale(['export', '--db', db, '-o', bundle])).toMatchObject({ status: 2 });
  });

  it('take captures away by age, and ask for something to take', { timeout: 120_000 }, () => {
    expect(telltale(['prune', '--db', db])).toMatchObject({ status: 2 });
    expect(telltale(['prune', '--db', db, '--older-than', 'soon'])).toMatchObject({ status: 2 });
    expect(telltale(['prune', '--db', db, '--older-than', '52w', '--reason', 'a year'])).toMatchObject({
      status: 0,
      stdout: 'old\n',
    });
    const { status, stdout } = telltale(['verify', '--db', db]);
    expect(status).toBe(0);
    expect(stdout).toContain('["old"] (a year)');
  });
});
