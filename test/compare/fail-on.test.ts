import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differenceFrom, stateNow } from '../../src/compare/baseline.ts';
import { compare } from '../../src/compare/compare.ts';
import { openGates, parseExitCondition, reasonsToFail } from '../../src/compare/fail-on.ts';
import { parseRules } from '../../src/compare/parse-rules.ts';
import type { Comparison } from '../../src/model/comparison.ts';
import { packagedFolder, readJsonFile } from '../../src/signatures/folder.ts';
import { APP, aCapture, anSdk, aPolicy, type CaptureSketch, OTHER, signatures, taxonomy, UMENG } from './a-capture.ts';

const { rules } = parseRules(readJsonFile(join(packagedFolder(), 'rules.json'))?.value ?? null, 'cn');

function judge(sketch: CaptureSketch, declared: readonly string[] = ['imei', 'oaid']): Comparison {
  return compare({
    declaration: aPolicy([anSdk('umeng', declared)], ['phone_number']),
    policyName: 'policy.txt',
    evidence: aCapture(sketch),
    taxonomy,
    signatures,
    rules,
    consentAfterSeconds: null,
    category: null,
    countryOf: null,
    language: 'en',
  });
}

/** umeng imei consistent, in clear text; umeng mac undeclared; tracker.test imei to an undeclared recipient; a gap. */
const mixed: CaptureSketch = {
  sendings: [
    { to: UMENG, scheme: 'http', types: ['imei', 'mac_address'] },
    { to: OTHER, types: ['imei'] },
  ],
  gaps: [{ kind: 'tls-rejected', host: 'umeng.test' }],
};

function reasons(failOn: string | null, threshold: string | null, sketch: CaptureSketch = mixed): string[] {
  const comparison = judge(sketch);
  return reasonsToFail(parseExitCondition(failOn, threshold, rules), comparison.verdicts, comparison.coverage);
}

describe('--fail-on', () => {
  it.each([
    ['undeclared-recipient', ['undeclared-recipient × 1']],
    ['undeclared', ['undeclared × 1', 'undeclared-recipient × 1']],
    ['undecided', ['undecided × 1']],
    ['vague', []],
    ['cleartext', ['cleartext × 2']],
    ['R11', ['cleartext × 2']],
    ['r11, ,CLEARTEXT', ['cleartext × 2']],
    ['before-consent', []],
    ['gaps', ['gaps × 1']],
  ])('%s: %s', (list, expected) => {
    expect(reasons(list, null)).toEqual(expected);
  });

  it('counts gaps, not kinds of them', () => {
    const gaps = [1, 2, 3].map(() => ({ kind: 'tls-rejected' as const, host: 'umeng.test' }));
    expect(reasons('gaps', null, { sendings: [{ to: APP }], gaps })).toEqual(['gaps × 3']);
  });

  it('takes a capture without an exchange for a gap, and for undecided', () => {
    expect(reasons('gaps,undecided,undeclared', null, {})).toEqual(['undecided × 3', 'gaps × 1']);
  });

  it.each([
    ['before-consent,undeclared', ['before-consent consent-mark']],
    ['R12,R8', ['unnecessary category', 'cross-border countries']],
    ['undeclared,cleartext', []],
  ])('says which rules of %s could not be decided: %s', (list, expected) => {
    const open = openGates(parseExitCondition(list, null, rules), judge(mixed).not_decided);
    expect(open.map(({ name, missing }) => `${name} ${missing}`)).toEqual(expected);
  });

  it('never lets a misspelt word pass', () => {
    expect(() => reasons('undeclard', null)).toThrow('--fail-on: undeclard is neither a verdict nor a rule');
    expect(() => reasons('', null)).toThrow('--fail-on: nothing is named');
    expect(() => reasons(null, 'severe')).toThrow('--severity-threshold: severe is no severity');
  });
});

describe('--severity-threshold', () => {
  it.each([
    ['critical', []],
    [
      'HIGH',
      [
        'cleartext (high) × 2',
        'type-undisclosed (high) × 1',
        'recipient-undisclosed (high) × 1',
        'third-party-without-consent (high) × 1',
      ],
    ],
  ])('%s: %s', (threshold, expected) => {
    expect([...reasons(null, threshold)].sort()).toEqual([...expected].sort());
  });

  it('low counts milder rules too', () => {
    expect(reasons(null, 'low')).toContain('list-mismatch (low) × 2');
  });
});

const NO_DIFFERENCE = { added: [], changed: [], gone: [] };

describe('a baseline', () => {
  const before = judge({
    sendings: [
      { to: UMENG, types: ['imei'] },
      { to: APP, types: ['phone_number'] },
    ],
  });
  const now = judge({
    sendings: [
      { to: UMENG, scheme: 'http', types: ['imei', 'imei'] },
      { to: OTHER, types: ['imei'] },
      { to: APP, types: ['phone_number'] },
    ],
  });
  const file = JSON.parse(JSON.stringify(before)) as unknown;

  it('tells new, changed and gone from the rest', () => {
    const { added, changed, gone } = differenceFrom(file, 'b.json', now);
    expect(added.map(({ recipient, data_type }) => `${recipient.id} ${data_type}`)).toEqual(['tracker.test imei']);
    expect(changed.map(({ before: one, now: two }) => [one.rules, two.violations.map(({ rule }) => rule)])).toEqual([
      [[], ['R11']],
    ]);
    expect(gone).toEqual([]);
    const fewer = differenceFrom(JSON.parse(JSON.stringify(now)), 'b.json', before);
    expect(fewer.gone.map(({ recipient, data_type }) => `${recipient.id} ${data_type}`)).toEqual(['tracker.test imei']);
  });

  it('sees no difference in counts and times', () => {
    const later = judge({
      sendings: [
        { to: UMENG, at: 50, types: ['imei', 'imei'] },
        { to: APP, at: 60, types: ['phone_number'] },
      ],
    });
    expect(differenceFrom(file, 'b.json', later)).toEqual({
      ...NO_DIFFERENCE,
      unchanged: before.verdicts.map(stateNow),
    });
  });

  it('may be the JSON report, which holds a comparison', () => {
    expect(differenceFrom({ comparison: file }, 'b.json', before)).toEqual({
      ...NO_DIFFERENCE,
      unchanged: before.verdicts.map(stateNow),
    });
  });

  it.each([
    [null, '/verdicts'],
    [[], '/verdicts'],
    [{ verdicts: 3 }, '/verdicts'],
    [{ verdicts: [{}] }, '/verdicts/0'],
    [
      { verdicts: [{ recipient: { kind: 'sdk', id: 3 }, data_type: 'imei', verdict: 'vague', violations: [] }] },
      '/verdicts/0',
    ],
  ])('is refused when it is none: %j', (value, place) => {
    expect(() => differenceFrom(value, 'b.json', now)).toThrow(`b.json: ${place}:`);
  });
});
