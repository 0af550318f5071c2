import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSignatureData } from '../../src/signatures/load.ts';

const packaged = resolve(import.meta.dirname, '../../signatures/sdks');
const umeng = JSON.parse(readFileSync(join(packaged, 'umeng.json'), 'utf8')) as Record<string, unknown>;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-signatures-'));
  mkdirSync(join(folder, 'sdks'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(id: string, changes: Record<string, unknown>): void {
  writeFileSync(join(folder, 'sdks', `${id}.json`), JSON.stringify({ ...umeng, id, ...changes }));
}

describe('the signature data', () => {
  it('are read in the order of their ids, with a digest that changes when they do', () => {
    const before = loadSignatureData({ extraFolder: null });
    const ids = before.signatures.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
    expect(loadSignatureData({ extraFolder: null }).digest).toBe(before.digest);
    write('acme', {});
    expect(loadSignatureData({ extraFolder: folder }).digest).not.toBe(before.digest);
  });

  it('take additions and replacements from the user', () => {
    write('acme', {});
    write('umeng', { name: 'mine' });
    const { signatures } = loadSignatureData({ extraFolder: folder });
    expect(signatures.find(({ id }) => id === 'acme')?.hosts.length).toBeGreaterThan(0);
    expect(signatures.filter(({ id }) => id === 'umeng').map(({ name }) => name)).toEqual(['mine']);
  });

  it('say when the extra folder is not there', () => {
    expect(() => loadSignatureData({ extraFolder: join(folder, 'nowhere') })).toThrow(/no such folder/);
  });

  it.each([
    ['an id that is not the file name', 'acme', { id: 'other' }, /acme\.json: \/id: the name of the file/],
    ['a network of its own', 'acme', { network: 'ftp' }, /\/network: .*https, http, mixed, none, unknown/],
    ['an unknown key', 'acme', { host: [] }, /whole file: .*\(host\)/],
    ['no source list', 'acme', { sources: undefined }, /must have required property 'sources'/],
    [
      'a host with a path',
      'acme',
      { hosts: [{ host: 'a.example/x', confidence: 'high', sources: [] }] },
      /\/hosts\/0\/host/,
    ],
    [
      'a source that is no reference',
      'acme',
      { hosts: [{ host: 'a.example.com', confidence: 'high', sources: ['I think'] }] },
      /\/hosts\/0\/sources\/0/,
    ],
    [
      'a broken pattern',
      'acme',
      { hosts: [{ host: 'a.example.com', paths: ['^/('], confidence: 'high', sources: [] }] },
      /\/hosts\/0\/paths\/0: a regular expression expected/,
    ],
  ])('refuse %s, naming file and place', (_, id, changes, message) => {
    write(id, changes);
    expect(() => loadSignatureData({ extraFolder: folder })).toThrow(message);
  });
});
