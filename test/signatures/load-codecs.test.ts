import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packagedFolder } from '../../src/signatures/folder.ts';
import { loadSignatureData } from '../../src/signatures/load.ts';
import { loadCodecs } from '../../src/signatures/load-codecs.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-codecs-'));
mkdirSync(join(folder, 'codecs'));
afterAll(() => rmSync(folder, { recursive: true }));

const shipped = JSON.parse(readFileSync(join(packagedFolder(), 'codecs', 'tencent-mta.json'), 'utf8'));

describe('loadCodecs', () => {
  const { codecs, digest } = loadCodecs({ extraFolder: null });

  it('reads every codec that a signature names', () => {
    const named = loadSignatureData({ extraFolder: null }).signatures.flatMap(({ codec }) => codec ?? []);
    expect(named.length).toBeGreaterThan(5);
    expect([...codecs.keys()]).toEqual(expect.arrayContaining(named));
  });

  it('lets the user replace a codec, and then has another digest', () => {
    writeFileSync(join(folder, 'codecs', 'tencent-mta.json'), JSON.stringify({ ...shipped, missing: 'nothing' }));
    const own = loadCodecs({ extraFolder: folder });
    expect(own.codecs.get('tencent-mta')?.missing).toBe('nothing');
    expect(own.codecs.size).toBe(codecs.size);
    expect(own.digest).not.toBe(digest);
  });

  it.each([
    [
      'an unknown step',
      { ...shipped, variants: [{ ...shipped.variants[0], steps: [{ step: 'rsa' }] }] },
      /variants\/0\/steps\/0/,
    ],
    [
      'a step without its key',
      { ...shipped, variants: [{ ...shipped.variants[0], steps: [{ step: 'rc4' }] }] },
      /variants\/0/,
    ],
    ['no source', { ...shipped, variants: [{ ...shipped.variants[0], sources: [] }] }, /sources/],
    ['another name', { ...shipped, name: 'other' }, /like the file's name/],
    [
      'a broken pattern',
      { ...shipped, variants: [{ ...shipped.variants[0], at: { path: '(', value: '' } }] },
      /regular expression/,
    ],
    [
      'a pattern that could take long',
      { ...shipped, variants: [{ ...shipped.variants[0], at: { path: '.', value: '^(?:a+)+$' } }] },
      /variants\/0.*repeated groups/,
    ],
  ])('refuses %s', (_, value, complaint) => {
    writeFileSync(join(folder, 'codecs', 'tencent-mta.json'), JSON.stringify(value));
    expect(() => loadCodecs({ extraFolder: folder })).toThrow(complaint);
    cpSync(join(packagedFolder(), 'codecs', 'tencent-mta.json'), join(folder, 'codecs', 'tencent-mta.json'));
  });
});
