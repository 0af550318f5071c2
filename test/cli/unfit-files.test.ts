import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lampFiles } from '../audit/lamp.ts';
import { telltale } from './telltale.ts';

const { db, policy } = lampFiles();
const folder = mkdtempSync(join(tmpdir(), 'telltale-unfit-'));
afterAll(() => rmSync(folder, { recursive: true }));

const made = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const here = join(folder, 'a folder');
mkdirSync(here);
const gone = join(folder, 'gone');
const empty = made('empty.har', '');
const words = made('words.har', 'no recording');
const fresh = join(folder, 'fresh.db');
const har = made('one.har', '{"log": {"version": "1.2", "entries": []}}');

/** Nothing that anybody reads as a path, a status, a code of the system or a place in our code. */
const PLAIN = /^telltale: [^\n]+\n$/;

describe('a file that does not fit', () => {
  it.each<[string, string[], string]>([
    ['a recording that is a folder', ['import', here, '--db', fresh], 'Cannot read {here}: it is a folder'],
    ['a recording that is gone', ['import', gone, '--db', fresh], 'Cannot read {gone}: it does not exist'],
    ['a path below a file', ['import', `${words}/x`, '--db', fresh], 'a part of its path is no folder'],
    [
      'an empty recording',
      ['import', empty, '--db', fresh],
      'log.entries: expected the list of exchanges of a HAR 1.2',
    ],
    [
      'words for a recording',
      ['import', words, '--db', fresh],
      'log.entries: expected the list of exchanges of a HAR 1.2',
    ],
    [
      'evidence that is a folder',
      ['findings', '--db', here],
      '{here} is not a telltale evidence file (it is a folder)',
    ],
    ['evidence to write that is a folder', ['import', har, '--db', here], 'Cannot write {here}: it is a folder'],
    ['evidence that is empty', ['mark', 'consent', '--db', made('empty.db', '')], 'holds no capture yet'],
    ['a policy that is a folder', ['compare', '--db', db, '--policy', here], 'Cannot read {here}: it is a folder'],
    ['a policy that is gone', ['policy', 'extract', gone], 'Cannot read {gone}: it does not exist'],
    ['a baseline that is gone', ['compare', '--db', db, '--policy', policy, '--baseline', gone], 'it does not exist'],
    ['countries that are gone', ['compare', '--db', db, '--policy', policy, '--mmdb', gone], 'it does not exist'],
    ['a passphrase that is gone', ['findings', '--db', db, '--passphrase-file', gone], 'it does not exist'],
    ['a passphrase that is a folder', ['findings', '--db', db, '--passphrase-file', here], 'it is a folder'],
    ['an answer of a time stamp that is gone', ['stamp', 'attach', gone, '--db', db], 'it does not exist'],
    ['a report in a folder that is gone', ['report', '--db', db, '-o', `${gone}/r.html`], 'its folder does not exist'],
    ['a report where a folder is', ['report', '--db', db, '-o', here], 'Cannot write {here}: it is a folder'],
    ['a recording to write that is a folder', ['report', '--db', db, '--format', 'har', '-o', here], 'it is a folder'],
  ])('%s ends in one line that says so', (_, args, words) => {
    const { status, stdout, stderr } = telltale(args);
    expect(stderr).toMatch(PLAIN);
    expect(stderr).toContain(words.replace('{here}', here).replace('{gone}', gone));
    expect(stderr).not.toMatch(/E[A-Z]{4,}\b|syscall|SQLITE/);
    expect([status, stdout]).toEqual([2, '']);
    expect(existsSync(fresh)).toBe(false);
  });

  it.each(['le', 'be'])('a recording in UTF-16%s without a byte order mark is read', (order) => {
    const text = Buffer.from('{"log": {"version": "1.2", "entries": []}}', 'utf16le');
    const recording = made(`${order}.har`, order === 'be' ? text.swap16() : text);
    const { status, stderr } = telltale(['import', recording, '--db', join(folder, `${order}.db`)]);
    expect([status, stderr]).toEqual([0, expect.stringContaining(`capture ${order}: 0 exchanges`)]);
  });

  it('an argument of an option is told with its option', () => {
    const { status, stderr } = telltale(['findings', '--db', db, '--from', 'yesterday']);
    expect(stderr).toMatch(/^telltale: option '--from <TIME>' argument 'yesterday' is invalid\. Expected an ISO time/);
    expect(status).toBe(2);
  });
});

describe('telltale import into a file that has a capture of that name', () => {
  it('tells the name that the new one got', () => {
    const into = join(folder, 'twice.db');
    for (const name of ['one', 'one-2']) {
      expect(telltale(['import', har, '--db', into]).stderr).toBe(
        `capture ${name}: 0 exchanges · 0 SDKs · 0 findings · 0 gaps, in ${into}\n`,
      );
    }
  });
});
