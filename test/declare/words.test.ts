import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { loadWords, PATTERN_NAMES, WRITTEN_NAMES } from '../../src/declare/words.ts';

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../signatures/${path}`, import.meta.url), 'utf8'));
const file = read('policy-words.json');

describe('signatures/policy-words.json', () => {
  const validate = new Ajv2020({ allErrors: true }).compile(read('schema/policy-words.schema.json'));

  it('holds to its schema', () => {
    validate(file);
    expect(validate.errors).toBe(null);
  });

  it.each([
    ['a label of no kind', { ...file, labels: [['colour', 'x']] }],
    ['a pattern that is none', { ...file, patterns: { ...file.patterns, sdkName: 3 } }],
    ['an unknown list', { ...file, more: [] }],
  ])('does not hold to it with %s', (_, broken) => {
    expect(validate(broken)).toBe(false);
  });

  it('has the patterns that rules ask for and no others, each a regular expression', () => {
    expect(Object.keys(file.patterns).sort()).toEqual([...PATTERN_NAMES].sort());
    expect(Object.keys(file.written).sort()).toEqual([...WRITTEN_NAMES].sort());
    expect(Object.values(loadWords().written).every((pattern) => pattern instanceof RegExp)).toBe(true);
  });

  it('has no pattern that no rule asks for', () => {
    const folder = new URL('../../src/declare/', import.meta.url);
    const rules = readdirSync(folder).filter((name) => name !== 'words.ts');
    const source = rules.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n');
    const unused = [...PATTERN_NAMES, ...WRITTEN_NAMES].filter((name) => !new RegExp(`\\b${name}\\b`).test(source));
    expect(unused).toEqual([]);
  });
});
