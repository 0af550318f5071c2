import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ComparisonInput, compare } from '../../src/compare/compare.ts';
import { categoryNamed, parseRules } from '../../src/compare/parse-rules.ts';
import { DECIDERS } from '../../src/compare/rules/decide.ts';
import type { Comparison, Verdict } from '../../src/model/comparison.ts';
import type { Declaration } from '../../src/model/declaration.ts';
import type { RuleProfile } from '../../src/model/rule.ts';
import { packagedFolder, readJsonFile } from '../../src/signatures/folder.ts';
import { Schemas } from '../../src/signatures/schema.ts';
import {
  ADS,
  APP,
  aCapture,
  anSdk,
  aPolicy,
  type CaptureSketch,
  OTHER,
  type Sending,
  signatures,
  taxonomy,
  UMENG,
} from './a-capture.ts';

const file = readJsonFile(join(packagedFolder(), 'rules.json'));

function judge(
  sketch: CaptureSketch,
  declaration: Declaration | null,
  more: Partial<ComparisonInput> & { profile?: RuleProfile } = {},
): Comparison {
  const book = parseRules(file?.value, more.profile ?? 'cn');
  return compare({
    declaration,
    policyName: 'policy.txt',
    evidence: aCapture(sketch),
    taxonomy,
    signatures,
    rules: book.rules,
    categories: book.categories,
    consentAfterSeconds: null,
    category: null,
    countryOf: null,
    language: 'zh',
    ...more,
  });
}

/** The verdict on what Umeng got. */
function sdkVerdict(comparison: Comparison): Verdict {
  return comparison.verdicts.find(({ recipient, observed }) => recipient.id === 'umeng' && observed) as Verdict;
}

/** `umeng imei R1`, one line a violation. */
function broken(comparison: Comparison): string[] {
  return comparison.verdicts.flatMap(({ recipient, data_type, violations }) =>
    violations.map(({ rule }) => `${recipient.id} ${data_type} ${rule}`),
  );
}

const clean = aPolicy(
  [anSdk('umeng', ['imei', 'oaid', 'location_precise', 'os_version']), anSdk('acme-ads', ['oaid', 'imei'])],
  ['imei', 'oaid', 'phone_number', 'os_version'],
);
const abroad = (address: string) => ({ '203.0.113.5': 'US', '198.51.100.7': 'CN', '192.0.2.9': 'DE' })[address] ?? null;
const burst = (count: number, everySeconds: number): Sending[] =>
  Array.from({ length: count }, (_, index) => ({ to: UMENG, at: index * everySeconds, types: ['imei'] }));

interface Case {
  readonly rule: string;
  readonly why: string;
  readonly sketch: CaptureSketch;
  readonly policy?: Declaration | null;
  readonly more?: Partial<ComparisonInput>;
  /** Lines of {@link broken} for this rule. */
  readonly broken: readonly string[];
}

const cases: readonly Case[] = [
  {
    rule: 'R1',
    why: 'sent before the mark of consent',
    sketch: { marks: [['consent', 10]], sendings: [{ to: UMENG, at: 9, types: ['imei'] }] },
    broken: ['umeng imei R1'],
  },
  {
    rule: 'R1',
    why: 'sent before a refusal',
    sketch: { marks: [['refused', 10]], sendings: [{ to: APP, at: 9, types: ['imei'] }] },
    broken: ['com.example.shop imei R1'],
  },
  {
    rule: 'R1',
    why: 'sent at the moment of consent',
    sketch: { marks: [['consent', 10]], sendings: [{ to: UMENG, at: 10, types: ['imei'] }] },
    broken: [],
  },
  {
    rule: 'R1',
    why: 'nobody knows when consent was given',
    sketch: { sendings: [{ to: UMENG, at: 9, types: ['imei'] }] },
    broken: [],
  },
  {
    rule: 'R2',
    why: 'no policy was shown',
    sketch: { marks: [['note', 1, 'policy-not-shown']], sendings: [{ to: UMENG, at: 9, types: ['imei'] }] },
    broken: ['umeng imei R2'],
  },
  {
    rule: 'R2',
    why: 'a note says something else',
    sketch: { marks: [['note', 1, 'policy shown']], sendings: [{ to: UMENG, at: 9, types: ['imei'] }] },
    broken: [],
  },
  {
    rule: 'R3',
    why: 'the entry lacks the type',
    sketch: { sendings: [{ to: UMENG, types: ['imei', 'installed_apps'] }] },
    broken: ['umeng installed_apps R3'],
  },
  {
    rule: 'R3',
    why: 'the first party’s statements lack the type',
    sketch: { sendings: [{ to: APP, types: ['contacts'] }] },
    broken: ['com.example.shop contacts R3'],
  },
  {
    rule: 'R3',
    why: 'the entry has a broader term',
    sketch: { sendings: [{ to: UMENG, types: ['imei'] }] },
    policy: aPolicy([anSdk('umeng', ['device_info'])]),
    broken: [],
  },
  {
    rule: 'R3',
    why: 'the entry has it, for another system only',
    sketch: { sendings: [{ to: UMENG, types: ['imei'] }], facts: { platform: 'android' } },
    policy: aPolicy([anSdk('umeng', ['imei'], { platforms: ['ios'] })]),
    broken: ['umeng imei R3'],
  },
  {
    rule: 'R4',
    why: 'the SDK is not in the policy',
    sketch: { sendings: [{ to: UMENG, types: ['imei'] }] },
    policy: aPolicy([]),
    broken: ['umeng imei R4'],
  },
  {
    rule: 'R4',
    why: 'the third party is not in the policy',
    sketch: { sendings: [{ to: OTHER, types: ['imei'] }] },
    broken: ['tracker.test imei R4'],
  },
  { rule: 'R4', why: 'it is', sketch: { sendings: [{ to: UMENG, types: ['imei'] }] }, broken: [] },
  {
    rule: 'R5',
    why: 'the recipient is not disclosed',
    sketch: { sendings: [{ to: OTHER, types: ['imei'] }] },
    broken: ['tracker.test imei R5'],
  },
  {
    rule: 'R5',
    why: 'it is, but consent came later',
    sketch: { marks: [['consent', 10]], sendings: [{ to: UMENG, at: 9, types: ['imei'] }] },
    broken: ['umeng imei R5'],
  },
  {
    rule: 'R5',
    why: 'to the first party',
    sketch: { marks: [['consent', 10]], sendings: [{ to: APP, at: 9, types: ['imei'] }] },
    broken: [],
  },
  {
    rule: 'R6',
    why: 'eleven identifiers within a minute',
    sketch: { sendings: burst(11, 5) },
    broken: ['umeng imei R6'],
  },
  { rule: 'R6', why: 'ten', sketch: { sendings: burst(10, 5) }, broken: [] },
  { rule: 'R6', why: 'eleven, spread over more than a minute', sketch: { sendings: burst(11, 6) }, broken: [] },
  {
    rule: 'R6',
    why: 'seven locations within a minute',
    sketch: { sendings: burst(7, 5).map((one) => ({ ...one, types: ['location_precise'] })) },
    broken: ['umeng location_precise R6'],
  },
  {
    rule: 'R7',
    why: 'sent in the background',
    sketch: {
      marks: [
        ['background', 10],
        ['foreground', 20],
      ],
      sendings: [
        { to: UMENG, at: 15, types: ['imei'] },
        { to: ADS, at: 25, types: ['oaid'] },
      ],
    },
    broken: ['umeng imei R7'],
  },
  {
    rule: 'R7',
    why: 'sent just before the app went to the background, and when it was back',
    sketch: {
      marks: [
        ['background', 10],
        ['foreground', 20],
      ],
      sendings: [
        { to: UMENG, at: 9, types: ['imei'] },
        { to: UMENG, at: 20, types: ['imei'] },
      ],
    },
    broken: [],
  },
  {
    rule: 'R8',
    why: 'a utility needs nothing',
    sketch: { sendings: [{ to: APP, types: ['phone_number', 'package_name'] }] },
    more: { category: '实用工具' },
    broken: ['com.example.shop phone_number R8'],
  },
  {
    rule: 'R8',
    why: 'a map needs where it is',
    sketch: { sendings: [{ to: UMENG, types: ['location_precise'] }] },
    more: { category: 'map-navigation' },
    broken: [],
  },
  {
    rule: 'R9',
    why: 'sent after a refusal',
    sketch: { marks: [['refused', 10]], sendings: [{ to: UMENG, at: 11, types: ['imei'] }] },
    broken: ['umeng imei R9'],
  },
  {
    rule: 'R9',
    why: 'sent after the user thought better of it',
    sketch: {
      marks: [
        ['refused', 10],
        ['consent', 20],
      ],
      sendings: [{ to: UMENG, at: 21, types: ['imei'] }],
    },
    broken: [],
  },
  {
    rule: 'R10',
    why: 'an advertiser still gets an identifier after the opt-out',
    sketch: {
      marks: [['note', 10, 'opt-out: 个性化推荐']],
      sendings: [
        { to: ADS, at: 5, types: ['oaid'] },
        { to: ADS, at: 11, types: ['oaid'] },
        { to: APP, at: 12, types: ['oaid'] },
      ],
    },
    broken: ['acme-ads oaid R10'],
  },
  {
    rule: 'R10',
    why: 'only before it',
    sketch: { marks: [['note', 10, 'opt-out']], sendings: [{ to: ADS, at: 5, types: ['oaid'] }] },
    broken: [],
  },
  {
    rule: 'R11',
    why: 'over http',
    sketch: { sendings: [{ to: UMENG, scheme: 'http', types: ['imei'] }] },
    broken: ['umeng imei R11'],
  },
  {
    rule: 'R11',
    why: 'over ws',
    sketch: { sendings: [{ to: UMENG, scheme: 'ws', types: ['imei'] }] },
    broken: ['umeng imei R11'],
  },
  { rule: 'R11', why: 'over https', sketch: { sendings: [{ to: UMENG, types: ['imei'] }] }, broken: [] },
  {
    rule: 'R12',
    why: 'the server is abroad, the policy silent',
    sketch: { sendings: [{ to: UMENG, server: '203.0.113.5', types: ['imei'] }] },
    more: { countryOf: abroad },
    broken: ['umeng imei R12'],
  },
  {
    rule: 'R12',
    why: 'the server is abroad, the policy promises the mainland',
    sketch: { sendings: [{ to: UMENG, server: '203.0.113.5', types: ['imei'] }] },
    policy: { ...clean, storage: { mainland_only: true, cross_border: 'with_consent', quote: '…' } },
    more: { countryOf: abroad },
    broken: ['umeng imei R12'],
  },
  {
    rule: 'R12',
    why: 'the server is abroad, and the policy says so',
    sketch: { sendings: [{ to: UMENG, server: '203.0.113.5', types: ['imei'] }] },
    policy: { ...clean, storage: { mainland_only: false, cross_border: 'with_consent', quote: '…' } },
    more: { countryOf: abroad },
    broken: [],
  },
  {
    rule: 'R12',
    why: 'the server is in the country, or nobody knows where',
    sketch: {
      sendings: [
        { to: UMENG, server: '198.51.100.7', types: ['imei'] },
        { to: UMENG, server: '10.0.0.1', types: ['imei'] },
      ],
    },
    more: { countryOf: abroad },
    broken: [],
  },
  {
    rule: 'R13',
    why: 'an identifier for life to an advertiser',
    sketch: { sendings: [{ to: ADS, types: ['imei'] }] },
    broken: ['acme-ads imei R13'],
  },
  {
    rule: 'R13',
    why: 'one beside a resettable one',
    sketch: { sendings: [{ to: UMENG, types: ['imei', 'oaid'] }] },
    broken: ['umeng imei R13'],
  },
  {
    rule: 'R13',
    why: 'one by itself to somebody who does not advertise',
    sketch: {
      sendings: [
        { to: UMENG, types: ['imei'] },
        { to: UMENG, types: ['oaid'] },
      ],
    },
    broken: [],
  },
  {
    rule: 'R14',
    why: 'a precise location without separate consent',
    sketch: { sendings: [{ to: UMENG, types: ['location_precise', 'imei'] }] },
    broken: ['umeng location_precise R14'],
  },
  {
    rule: 'R14',
    why: 'with separate consent to another type',
    sketch: {
      marks: [['note', 1, 'separate-consent: contacts']],
      sendings: [{ to: UMENG, at: 5, types: ['location_precise'] }],
    },
    broken: ['umeng location_precise R14'],
  },
  {
    rule: 'R14',
    why: 'with separate consent, too late',
    sketch: {
      marks: [['note', 9, 'separate-consent']],
      sendings: [{ to: UMENG, at: 5, types: ['location_precise'] }],
    },
    broken: ['umeng location_precise R14'],
  },
  {
    rule: 'R14',
    why: 'with separate consent',
    sketch: {
      marks: [['note', 1, 'separate-consent：location_precise']],
      sendings: [{ to: UMENG, at: 5, types: ['location_precise'] }],
    },
    broken: [],
  },
  ...['contacts, location_precise', '通讯录、精确位置信息', 'Precise location and contacts'].map((list) => ({
    rule: 'R14',
    why: `with separate consent to “${list}”`,
    sketch: {
      marks: [['note', 1, `separate-consent: ${list}`] as const],
      sendings: [{ to: UMENG, at: 5, types: ['location_precise'] }],
    },
    broken: [],
  })),
  {
    rule: 'R15',
    why: 'the list has only a broader term',
    sketch: { sendings: [{ to: UMENG, types: ['imei'] }] },
    policy: aPolicy([anSdk('umeng', ['device_info'])]),
    broken: ['umeng imei R15'],
  },
  {
    rule: 'R15',
    why: 'the first party is on no list',
    sketch: { sendings: [{ to: APP, types: ['contacts'] }] },
    broken: [],
  },
];

describe('the rules', () => {
  it.each(cases)('$rule: $why: $broken', ({ rule, sketch, policy, more, broken: expected }) => {
    const found = broken(judge(sketch, policy === undefined ? clean : policy, more));
    expect(found.filter((line) => line.endsWith(` ${rule}`))).toEqual(expected);
  });

  it('are all caused by a case above, and all spared by one', () => {
    const caused = new Set(cases.filter((one) => one.broken.length > 0).map(({ rule }) => rule));
    expect([...caused]).toEqual(Object.keys(DECIDERS));
    const spared = new Set(cases.filter((one) => one.broken.length === 0).map(({ rule }) => rule));
    expect([...spared]).toEqual(Object.keys(DECIDERS));
  });

  it('fit their schema, and each has code', () => {
    expect(file).not.toBeNull();
    new Schemas().check('rules', file as NonNullable<typeof file>);
    expect(parseRules(file?.value, 'cn').rules.map(({ id }) => id)).toEqual(Object.keys(DECIDERS));
  });

  it('leave no placeholder open, in either language or profile', () => {
    for (const profile of ['cn', 'gdpr'] as const) {
      for (const language of ['zh', 'en'] as const) {
        for (const { sketch, policy, more } of cases) {
          const comparison = judge(sketch, policy === undefined ? clean : policy, { ...more, profile, language });
          const texts = comparison.verdicts.flatMap((one) => one.violations.map(({ text, basis }) => text + basis));
          expect(texts.filter((text) => /[{}]|undefined|\bnull\b/.test(text))).toEqual([]);
        }
      }
    }
  });

  it('say what is missing when they cannot be decided', () => {
    const comparison = judge({ sendings: [{ to: UMENG, types: ['imei'] }] }, null);
    expect(comparison.not_decided.map(({ rule, missing }) => `${rule} ${missing}`)).toEqual([
      'R1 consent-mark',
      'R2 consent-mark',
      'R3 policy',
      'R4 policy',
      'R5 policy',
      'R7 background-mark',
      'R8 category',
      'R9 refusal-mark',
      'R10 opt-out-note',
      'R12 countries',
      'R15 policy',
    ]);
  });

  it('name exchanges, findings, basis and severity, and count in the summary', () => {
    const comparison = judge(
      {
        marks: [['consent', 10]],
        sendings: [
          { to: APP, at: 5, types: ['imei', 'oaid'] },
          { to: APP, at: 15, types: ['imei'] },
        ],
      },
      clean,
    );
    expect(comparison.verdicts[0]?.violations[0]).toEqual({
      rule: 'R1',
      name: 'before-consent',
      severity: 'high',
      needs_human: false,
      exchanges: [1],
      findings: [1],
      text: 'APP运行时，未经用户同意，存在向示例商城发送IMEI的行为：首次发生于2026-03-01 16:00:05.000（北京时间），早于用户同意，同意前共1次。',
      basis: expect.stringMatching(/认定方法.*191号） 三·1；.*T\/TAF 078\.6.*（条款待核对）；/),
    });
    expect(comparison.summary.violations).toEqual({ 'before-consent': 2, 'immutable-identifier': 1 });
    expect(comparison.summary.worst).toBe('high');
  });

  it('ask for a person when all that was seen is a form', () => {
    const finding = { match: 'structure' as const };
    const comparison = judge(
      { marks: [['consent', 10]], sendings: [{ to: UMENG, at: 1, types: ['imei'], finding }] },
      clean,
    );
    expect(sdkVerdict(comparison).violations.map(({ needs_human }) => needs_human)).toEqual([true, true]);
  });

  it.each([
    ['a fact of the device seen by its form', 'os_version', 'structure', 'medium'],
    ['a fact of the device that is the phone’s own', 'device_model', 'known-value', 'high'],
    ['an identifier seen by its form', 'imei', 'structure', 'high'],
    ['contacts seen by their form', 'contacts', 'structure', 'high'],
  ] as const)('weigh %s: %s, %s: %s', (_, type, match, severity) => {
    const sendings = [{ to: OTHER, types: [type], finding: { match } }];
    const found = judge({ sendings }, clean).verdicts.find(({ observed }) => observed);
    expect(found?.violations.find(({ rule }) => rule === 'R4')?.severity).toBe(severity);
  });

  it('let alone what is not personal information by itself', () => {
    const comparison = judge(
      { marks: [['consent', 9]], sendings: [{ to: OTHER, at: 1, types: ['package_name'] }] },
      clean,
    );
    expect(broken(comparison)).toEqual([]);
    expect(comparison.verdicts.find(({ observed }) => observed)?.verdict).toBe('undeclared-recipient');
  });

  it.each([
    ['zh', 'food-delivery', /餐饮外卖类App的必要个人信息为：注册用户移动电话号码；收货人姓名（名称）/],
    [
      'en',
      'food-delivery',
      /Necessary for an app of the kind “Food delivery”: phone number, consignee information, name/,
    ],
    ['zh', 'tools', /实用工具类App的必要个人信息为：无须个人信息。/],
    ['en', 'tools', /“Utilities”: nothing\./],
  ] as const)('name what is necessary in %s: %s', (language, category, text) => {
    const comparison = judge({ sendings: [{ to: UMENG, types: ['imei'] }] }, clean, { category, language });
    expect(sdkVerdict(comparison).violations.find(({ rule }) => rule === 'R8')?.text).toMatch(text);
  });

  it('name the beat of regular sendings', () => {
    const comparison = judge({ sendings: burst(20, 3) }, clean);
    expect(sdkVerdict(comparison).violations[0]?.text).toContain('任意60秒内最多20次（阈值10次），间隔固定为约3秒');
    const uneven = burst(20, 3).map((one, index) => ({ ...one, at: (one.at ?? 0) + (index % 2) * 1.4 }));
    expect(sdkVerdict(judge({ sendings: uneven }, clean)).violations[0]?.text).not.toContain('固定');
  });

  it('guard the borders of the profile', () => {
    const sketch: CaptureSketch = { sendings: [{ to: UMENG, server: '192.0.2.9', types: ['imei'] }] };
    const countryOf = abroad;
    const here = judge(sketch, clean, { countryOf });
    expect(broken(here)).toContain('umeng imei R12');
    expect(sdkVerdict(here).violations.find(({ rule }) => rule === 'R12')?.text).toContain('位于德国的服务器');
    expect(broken(judge(sketch, clean, { countryOf, profile: 'gdpr' }))).not.toContain('umeng imei R12');
  });
});

describe('the categories of apps', () => {
  const { categories } = parseRules(file?.value, 'cn');

  it('are the regulation’s 39, of which 13 need nothing', () => {
    expect(categories.map(({ number }) => number)).toEqual(Array.from({ length: 39 }, (_, index) => index + 1));
    expect(categories.filter(({ necessary }) => necessary.length === 0)).toHaveLength(13);
    expect(new Set(categories.map(({ id }) => id)).size).toBe(39);
  });

  it('name data types that exist', () => {
    const unknown = categories.flatMap(({ necessary }) => necessary).filter((id) => !taxonomy.has(id));
    expect(unknown).toEqual([]);
  });

  it.each(['tools', '38', '实用工具类', '实用工具', 'Utilities', ' utilities '])('are found as %s', (name) => {
    expect(categoryNamed(categories, name)?.number).toBe(38);
  });

  it('are not guessed', () => {
    expect(categoryNamed(categories, 'tool')).toBeNull();
  });
});

describe('parseRules', () => {
  it('gives nothing when there is no file', () => {
    expect(parseRules(null, 'cn')).toEqual({ rules: [], categories: [] });
  });

  it('refuses a basis in a document that is not listed', () => {
    const text = readFileSync(join(packagedFolder(), 'rules.json'), 'utf8').replace(
      '"document": "pipl"',
      '"document": "nowhere"',
    );
    expect(() => parseRules(JSON.parse(text), 'cn')).toThrow('a name from "documents" expected, not nowhere');
  });
});
