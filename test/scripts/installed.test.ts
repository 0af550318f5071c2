import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

type Packages = Record<string, { version: string; optional?: boolean }>;

const project = resolve(import.meta.dirname, '../..');
const { isInstalled } = await import(join(project, 'scripts/set-up.mjs'));
let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'telltale-installed-'));
  mkdirSync(join(checkout, 'node_modules'));
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

const LOCKED: Packages = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/b': { version: '2.1.0' },
  'node_modules/only-on-windows': { version: '3.0.0', optional: true },
};

function lock(packages: Packages) {
  writeFileSync(join(checkout, 'package-lock.json'), JSON.stringify({ packages }));
}

/** What npm notes of an installation, made an hour after the lock file: an installation's time proves nothing. */
function install(packages: Packages) {
  const note = join(checkout, 'node_modules/.package-lock.json');
  writeFileSync(note, JSON.stringify({ packages }));
  const later = new Date(Date.now() + 3_600_000);
  utimesSync(note, later, later);
}

describe('a checkout whose packages are installed', () => {
  const { '': _, 'node_modules/only-on-windows': __, ...installed } = LOCKED;

  it('holds what the lock file names, but for what another platform needs', () => {
    lock(LOCKED);
    install(installed);
    expect(isInstalled(checkout)).toBe(true);
  });

  it.each<[string, Packages]>([
    ['a package that the lock file names since', { 'node_modules/a': { version: '1.0.0' } }],
    ['another version of one', { ...installed, 'node_modules/b': { version: '2.0.9' } }],
    ['everything', {}],
  ])('is told from one that lacks %s, however new its installation', (_lack, have) => {
    lock(LOCKED);
    install(have);
    expect(isInstalled(checkout)).toBe(false);
  });

  it('is told from one that nobody installed', () => {
    lock(LOCKED);
    expect(isInstalled(checkout)).toBe(false);
  });

  it('is this one', () => {
    const read = (file: string) => JSON.parse(readFileSync(join(project, file), 'utf8')).packages as Packages;
    lock(read('package-lock.json'));
    install(read('node_modules/.package-lock.json'));
    expect(isInstalled(checkout)).toBe(true);
  });
});
