import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lintSignatureData } from '../../src/audit/signature-data.ts';

const source = 'https://docs.acme-sdk.com/http-api';
const rule = { host: 'in.acme-sdk.com', confidence: 'high', sources: [source] };
const acme = {
  id: 'acme',
  name: 'Acme',
  names: { zh: null, en: 'Acme' },
  aliases: [],
  packages: ['com.acme'],
  vendor: {
    name: 'Acme Inc.',
    country: 'US',
    domains: ['acme-sdk.com'],
    sources: ['https://www.acme-sdk.com/imprint'],
    checked_on: '2026-11-21',
  },
  category: 'analytics',
  network: 'https',
  hosts: [rule],
  sources: [source],
  checked_on: '2026-11-21',
  samples: {
    match: ['https://in.acme-sdk.com/v1', 'https://in.acme-sdk.com/v2'],
    miss: ['https://www.acme-sdk.com/', 'https://in.acme-sdk.com.evil.example/'],
  },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-lint-'));
  mkdirSync(join(folder, 'sdks'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function problems(...files: readonly Record<string, unknown>[]): string[] {
  for (const file of files) writeFileSync(join(folder, 'sdks', `${file['id']}.json`), JSON.stringify(file));
  return lintSignatureData({ extraFolder: folder }).map(
    ({ signature, place, problem }) => `${signature} ${place} ${problem}`,
  );
}

describe('lint', () => {
  it('accepts a signature that proves itself', () => {
    expect(problems(acme)).toEqual([]);
  });

  it('accepts a vendor that could not be verified when it says so', () => {
    const vendor = { ...acme.vendor, country: null, sources: [], unverified: 'No public page names the company.' };
    expect(problems({ ...acme, vendor })).toEqual([]);
  });

  it.each([
    ['no source of its own', { sources: [] }, /acme \/sources a source/],
    [
      'a host without source',
      { hosts: [{ ...rule, sources: [] }] },
      /\/hosts\/0\/sources in\.acme-sdk\.com has no source/,
    ],
    [
      'a doubtful host that nothing argues for',
      { hosts: [{ ...rule, confidence: 'low' }] },
      /\/hosts\/0\/confidence in\.acme-sdk\.com is of low confidence and no source has a note/,
    ],
    [
      'a vendor without source',
      { vendor: { ...acme.vendor, sources: [] } },
      /\/vendor\/sources no source names Acme Inc\./,
    ],
    [
      'a vendor source that leads nowhere',
      { vendor: { ...acme.vendor, sources: ['public code'] } },
      /\/vendor\/sources\/0 a source that names no page and no file needs a note/,
    ],
    [
      'a vendor that nobody dated',
      { vendor: { ...acme.vendor, checked_on: undefined } },
      /\/vendor\/checked_on nothing says when the vendor was checked/,
    ],
    [
      'a vendor checked on no day',
      { vendor: { ...acme.vendor, checked_on: '2026-13-45' } },
      /\/vendor\/checked_on not a date/,
    ],
    [
      'a vendor of nowhere, unexplained',
      { vendor: { ...acme.vendor, country: null } },
      /\/vendor\/country there is no country/,
    ],
    ['too few matching samples', { samples: { ...acme.samples, match: [] } }, /\/samples\/match fewer than 2/],
    [
      'too few missing samples',
      { samples: { ...acme.samples, miss: ['https://x.example/'] } },
      /\/samples\/miss fewer than 2/,
    ],
    [
      'a sample that does not match',
      { samples: { ...acme.samples, match: [...acme.samples.match, 'https://other.example/'] } },
      /\/samples\/match\/2 https:\/\/other\.example\/ is attributed to no SDK/,
    ],
    [
      'a sample that should not match',
      { samples: { ...acme.samples, miss: [...acme.samples.miss, 'https://in.acme-sdk.com/v3'] } },
      /\/samples\/miss\/2 .* is attributed to it/,
    ],
    [
      'a whole top-level domain',
      { hosts: [rule, { ...rule, host: '*.com.cn' }] },
      /\*?com\.cn is wider than a registrable domain/,
    ],
    ['a whole hosting service', { hosts: [rule, { ...rule, host: '*.github.io' }] }, /github\.io is wider/],
    [
      'a made-up top-level domain',
      { hosts: [rule, { ...rule, host: 'a.nosuchtld' }] },
      /below no known top-level domain/,
    ],
    ['any host without conditions', { hosts: [rule, { ...rule, host: '*' }] }, /a rule for any host needs a path/],
    [
      'any host with a path only',
      { hosts: [rule, { ...rule, host: '*', paths: ['/sa'] }] },
      /a rule for any host needs a path/,
    ],
    ['the same claim twice', { hosts: [rule, rule] }, /in\.acme-sdk\.com is claimed twice/],
    ['a network without hosts', { hosts: [] }, /network is "https" and there is no host/],
    ['an unknown network that nothing explains', { network: 'unknown', hosts: [] }, /nothing says why/],
    [
      'a field of no data type',
      { fields: [{ path: 'a', data_type: 'shoe_size', because: 'x', sources: [source] }] },
      /shoe_size is no data type/,
    ],
    [
      'a field without source',
      { fields: [{ path: 'a', data_type: 'imei', because: 'x', sources: [] }] },
      /\/fields\/0\/sources/,
    ],
    ['a codec that is none', { codec: 'acme' }, /\/codec there is no codec named acme/],
    [
      'a reason for not claiming what it claims',
      { not_claimed: [{ what: 'in.acme-sdk.com/v9', because: 'x' }] },
      /\/not_claimed\/0 in\.acme-sdk\.com\/v9 is claimed after all/,
    ],
    ['a whole top-level domain by its name alone', { hosts: [rule, { ...rule, host: '*.com' }] }, /com is wider than/],
    [
      'a vendor that owns a top-level domain',
      { vendor: { ...acme.vendor, domains: ['com.cn'] } },
      /\/vendor\/domains\/0 com\.cn is no registrable domain/,
    ],
    ['a name of another SDK', { aliases: ['友盟'] }, /acme \/aliases\/0 “友盟” leads to no SDK, or to more than one/],
    ['a date that is none', { checked_on: '2026-13-45' }, /\/checked_on not a date/],
  ])('refuses %s', (_, changes, message) => {
    expect(problems({ ...acme, ...changes }).join('\n')).toMatch(message);
  });

  describe('of two signatures for one host', () => {
    const other = (changes: object) => ({
      ...acme,
      id: 'other',
      samples: { match: [], miss: [] },
      hosts: [{ ...rule, ...changes }],
    });
    const quarrels = (mine: object, theirs: object) =>
      problems({ ...acme, hosts: [{ ...rule, ...mine }] }, other(theirs)).some((problem) =>
        /claimed in the same way by/.test(problem),
      );

    it.each([
      ['no condition at all', {}, {}, true],
      ['a priority', {}, { priority: 1 }, false],
      ['a path on one side', {}, { paths: ['/x'] }, false],
      ['different paths', { paths: ['/a/'] }, { paths: ['/b/'] }, false],
      ['paths that lie in each other', { paths: ['/a/'] }, { paths: ['/a/b'] }, true],
      ['a pattern that holds for the other path', { paths: ['^/a/\\w+$'] }, { paths: ['/a/b'] }, true],
      ['different ports', { ports: [80] }, { ports: [81] }, false],
      ['different methods', { methods: ['GET'] }, { methods: ['POST'] }, false],
      ['different values of a parameter', { parameters: { id: '^1$' } }, { parameters: { id: '^2$' } }, false],
      ['different parameters', { parameters: { a: '.' } }, { parameters: { b: '.' } }, true],
    ])('with %s: quarrels %#', (_, mine, theirs, expected) => {
      expect(quarrels(mine, theirs)).toBe(expected);
    });
  });
});
