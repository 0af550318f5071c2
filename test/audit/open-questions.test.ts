import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { telltale } from '../cli/telltale.ts';

const IMEI = '867532051234567';
const known = createHash('sha256').update(IMEI).digest();
const strange = createHash('sha256').update('867532051234575').digest();
const folder = mkdtempSync(join(tmpdir(), 'telltale-open-questions-'));
afterAll(() => rmSync(folder, { recursive: true }));

const made = (name: string, content: string) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const device = made('device.json', JSON.stringify({ name: 'p', identifiers: { imei: [IMEI] } }));

/** A recording of one request. */
const recording = (name: string, body: Buffer) => {
  const postData = { encoding: 'base64', text: body.toString('base64') };
  const request = {
    method: 'POST',
    url: 'https://a.example/',
    headers: [{ name: 'Content-Type', value: 'application/octet-stream' }],
    postData,
  };
  const response = { status: 204, headers: [], content: {} };
  return made(
    name,
    JSON.stringify({ log: { entries: [{ startedDateTime: '2026-01-01T00:00:00Z', request, response }] } }),
  );
};

it.each<[string, Buffer, string[]]>([
  ['a known digest from first to last', known, []],
  ['nobody’s digest', strange, ['opaque-body']],
  ['a known digest and more', Buffer.concat([known, strange]), ['opaque-body']],
])('bytes that no decoder opens are a gap unless all of them is a known value: %s', (name, body, gaps) => {
  const har = recording(`${name}.har`, body);
  for (const more of [[], ['--redact']]) {
    const db = join(folder, `${name}${more.length}.db`);
    expect(telltale(['import', har, '--device', device, '--db', db, ...more]).status).toBe(0);
    const found = JSON.parse(telltale(['gaps', '--db', db, '--format', 'json']).stdout) as { kind: string }[];
    expect(found.map(({ kind }) => kind)).toEqual(gaps);
  }
});
