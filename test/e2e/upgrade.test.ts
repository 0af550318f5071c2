import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { migrations } from '../../src/evidence/migrations.ts';
import { telltale } from '../kit/telltale.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

/** What a later release may do to the schema: a column, a table and an index more. */
const LATER = `
ALTER TABLE captures ADD COLUMN remark TEXT;
CREATE TABLE remarks (id INTEGER PRIMARY KEY, capture INTEGER NOT NULL REFERENCES captures (id), text TEXT NOT NULL) STRICT;
CREATE INDEX remarks_by_capture ON remarks (capture);
`;

const SCHEMA = migrations().length;

/** This telltale with another migration: a release to come. */
function laterTelltale(migration: string) {
  const root = resolve(import.meta.dirname, '../..');
  const folder = temporaryFolder();
  for (const name of ['dist', 'package.json']) cpSync(join(root, name), join(folder, name), { recursive: true });
  for (const name of ['node_modules', 'signatures']) symlinkSync(join(root, name), join(folder, name));
  const number = String(SCHEMA + 1).padStart(4, '0');
  writeFileSync(join(folder, `dist/evidence/migrations/${number}-later.sql`), migration);
  return (...args: string[]) =>
    spawnSync(process.execPath, [join(folder, 'dist/cli/main.js'), ...args], { encoding: 'utf8' });
}

function anEvidenceFile(): { readonly db: string; readonly har: string } {
  const folder = temporaryFolder();
  const [db, har] = [join(folder, 'night.db'), join(folder, 'night.har')];
  const request = {
    method: 'POST',
    url: 'https://a.example/p',
    headers: [],
    postData: { text: 'imei=867532051234567' },
  };
  const response = { status: 200, headers: [], content: { text: 'ok' } };
  const entry = { startedDateTime: '2026-11-21T20:00:00.000Z', time: 5, request, response };
  writeFileSync(har, JSON.stringify({ log: { entries: [entry] } }));
  expect(telltale('import', har, '--db', db).status).toBe(0);
  return { db, har };
}

it('a file of an older schema is verified as it is, brought up when it is read, and refused by the older telltale then', () => {
  const { db, har } = anEvidenceFile();
  const later = laterTelltale(LATER);
  const seal = /Last seal (\w+)/.exec(telltale('verify', '--db', db).stdout)?.[1] as string;
  const exchanges = telltale('exchanges', '--db', db, '--format', 'json').stdout;
  // Verifying changes nothing: the older telltale still reads the file.
  expect(later('verify', '--db', db, '--seal', seal)).toMatchObject({ status: 0 });
  expect(telltale('exchanges', '--db', db).status).toBe(0);
  expect(later('exchanges', '--db', db, '--format', 'json')).toMatchObject({ status: 0, stdout: exchanges });
  expect(later('sql', 'SELECT count(*) n FROM remarks', '--db', db, '--format', 'json').stdout).toContain('{"n":0}');
  expect(later('verify', '--db', db, '--seal', seal)).toMatchObject({ status: 0 });
  expect(later('import', har, '--db', db)).toMatchObject({ status: 0 });
  expect(later('verify', '--db', db, '--seal', seal).stdout).toContain('2 exchanges');
  const refused = telltale('exchanges', '--db', db);
  expect([refused.status, refused.stderr]).toEqual([
    2,
    expect.stringMatching(new RegExp(`newer telltale|(?:schema|version) ${SCHEMA + 1}`)),
  ]);
});

it('a step that fails says so in one line and leaves the file as it was', () => {
  const { db } = anEvidenceFile();
  const later = laterTelltale('CREATE TABLE remarks (id INTEGER PRIMARY KEY) STRICT; CREATE TABLE captures (id);');
  expect(later('exchanges', '--db', db)).toMatchObject({
    status: 2,
    stdout: '',
    stderr: `telltale: ${db} (schema ${SCHEMA}) cannot be brought to schema ${SCHEMA + 1}: table captures already exists. The file is as it was: read it with the telltale that wrote it.\n`,
  });
  expect(telltale('verify', '--db', db).status).toBe(0);
  expect(telltale('exchanges', '--db', db).status).toBe(0);
});

it('a file of an older schema that may not be written is verified, and not read', () => {
  const { db } = anEvidenceFile();
  chmodSync(db, 0o400);
  const later = laterTelltale(LATER);
  expect(later('verify', '--db', db).status).toBe(0);
  expect(later('exchanges', '--db', db)).toMatchObject({ status: 2, stderr: expect.stringContaining('read-only') });
});
