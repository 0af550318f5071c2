import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ComparisonInput, compare } from '../../src/compare/compare.ts';
import { judgePair } from '../../src/compare/judge-pair.ts';
import { parseRules } from '../../src/compare/parse-rules.ts';
import type { Verdict } from '../../src/model/comparison.ts';
import type { Declaration, Platform } from '../../src/model/declaration.ts';
import { packagedFolder, readJsonFile } from '../../src/signatures/folder.ts';
import {
  ADS,
  APP,
  aCapture,
  anSdk,
  aPolicy,
  aSignature,
  type CaptureSketch,
  OTHER,
  signatures,
  taxonomy,
  UMENG,
} from './a-capture.ts';

function compareSketch(
  declaration: Declaration | null,
  sketch: CaptureSketch,
  more: Partial<ComparisonInput> = {},
): ReturnType<typeof compare> {
  return compare({
    declaration,
    policyName: 'policy.txt',
    evidence: aCapture(sketch),
    taxonomy,
    signatures,
    rules: [],
    consentAfterSeconds: null,
    category: null,
    countryOf: null,
    language: 'en',
    ...more,
  });
}

/** `umeng imei consistent seen-declared`, one line a verdict. */
function lines(comparison: ReturnType<typeof compare>): string[] {
  return comparison.verdicts.map(
    ({ recipient, data_type, verdict, because }) => `${recipient.id} ${data_type} ${verdict} ${because}`,
  );
}

const { rules } = parseRules(readJsonFile(join(packagedFolder(), 'rules.json'))?.value ?? null, 'cn');

/** A capture in which the app talked, but of nothing personal. */
const idle = { sendings: [{ to: APP }] };
const seen = [{ to: UMENG, types: ['imei'] }];
const rejected = (host: string | null) => [{ kind: 'tls-rejected' as const, host }];

describe('judgePair', () => {
  it.each([
    // standing       declared   observed hidden  verdict
    ['in-policy', 'clear', true, false, 'consistent'],
    ['in-policy', 'clear', true, true, 'consistent'],
    ['in-policy', 'clear', false, false, 'unobserved'],
    ['in-policy', 'clear', false, true, 'undecided'],
    ['in-policy', 'vague', true, false, 'vague'],
    ['in-policy', 'vague', true, true, 'vague'],
    ['in-policy', 'vague', false, false, 'unobserved'],
    ['in-policy', 'vague', false, true, 'undecided'],
    ['in-policy', 'omitted', true, false, 'undeclared'],
    ['in-policy', 'omitted', true, true, 'undeclared'],
    ['in-policy', 'omitted', false, false, null],
    ['in-policy', 'omitted', false, true, null],
    ['not-in-policy', 'omitted', true, false, 'undeclared-recipient'],
    ['not-in-policy', 'omitted', true, true, 'undeclared-recipient'],
    ['not-in-policy', 'omitted', false, false, null],
    ['not-in-policy', 'omitted', false, true, null],
    ['no-policy', 'omitted', true, false, 'undecided'],
    ['no-policy', 'omitted', true, true, 'undecided'],
    ['no-policy', 'omitted', false, false, null],
    ['no-policy', 'omitted', false, true, null],
  ] as const)('%s, %s, observed %s, hidden %s: %s', (standing, declared, observed, hidden, verdict) => {
    expect(judgePair(standing, declared, observed, hidden)).toBe(verdict);
  });
});

describe('compare judges an SDK', () => {
  it.each([
    ['that declares the type', ['imei'], 'umeng imei consistent seen-declared'],
    ['that declares a nearer broader term', ['device_identifier'], 'umeng imei vague seen-broader-term'],
    ['that declares only 设备信息', ['device_info'], 'umeng imei vague seen-broader-term'],
    ['that declares something else', ['oaid'], 'umeng imei undeclared seen-not-in-entry'],
    ['that declares nothing', [], 'umeng imei undeclared seen-not-in-entry'],
  ])('%s', (_, declared, expected) => {
    expect(lines(compareSketch(aPolicy([anSdk('umeng', declared)]), { sendings: seen }))).toContain(expected);
  });

  it.each([
    ['ICCID under the name of SIM serial number', 'sim_serial', 'iccid', 'consistent'],
    ['SIM serial number under the name of ICCID', 'iccid', 'sim_serial', 'consistent'],
    ['a precise location from GNSS data', 'gnss_info', 'location_precise', 'consistent'],
    ['a rough location where the precise one is declared', 'location_precise', 'location_coarse', 'consistent'],
    ['a precise location where the rough one is declared', 'location_coarse', 'location_precise', 'undeclared'],
    ['an unspecific location where the precise one is declared', 'location_precise', 'location', 'consistent'],
    ['a network name where the list of networks is declared', 'wifi_list', 'ssid', 'consistent'],
    ['a network name where Wi-Fi information is declared', 'wifi_info', 'ssid', 'vague'],
    ['a sibling', 'oaid', 'gaid', 'undeclared'],
  ])('reads %s', (_, declared, sent, verdict) => {
    const comparison = compareSketch(aPolicy([anSdk('umeng', [declared])]), {
      sendings: [{ to: UMENG, types: [sent] }],
    });
    expect(comparison.verdicts.find(({ data_type }) => data_type === sent)?.verdict).toBe(verdict);
  });

  it('that several entries declare as one', () => {
    const policy = aPolicy([
      anSdk('umeng', ['oaid'], { quote: 'first' }),
      anSdk('umeng', ['imei'], { quote: 'second' }),
    ]);
    const [imei] = compareSketch(policy, { sendings: seen }).verdicts;
    expect(imei).toMatchObject({ data_type: 'imei', verdict: 'consistent', declared_quote: 'second' });
  });

  it('that the policy does not name', () => {
    expect(lines(compareSketch(aPolicy([]), { sendings: seen }))).toEqual([
      'umeng imei undeclared-recipient seen-recipient-not-in-policy',
    ]);
  });

  it('without a policy as undecided', () => {
    expect(lines(compareSketch(null, { sendings: seen }))).toEqual(['umeng imei undecided seen-no-policy']);
  });

  it('that sent nothing as unobserved, and calls it silent', () => {
    const comparison = compareSketch(aPolicy([anSdk('umeng', ['imei'])]), idle);
    expect(lines(comparison)).toEqual(['umeng imei unobserved not-seen']);
    expect(comparison.recipients.map(({ recipient, silent }) => [recipient.id, silent])).toEqual([
      [APP.id, false],
      ['umeng', true],
    ]);
  });

  it.each([
    ['without a signature', null, 'Mystery SDK imei undecided hidden-no-signature'],
    ['whose hosts are unknown', 'secret-lib', 'secret-lib imei undecided hidden-hosts-unknown'],
    ['without traffic of its own', 'quiet-lib', 'quiet-lib imei unobserved not-seen-no-network'],
    ['whose signature does not exist', 'gone', 'gone imei undecided hidden-no-signature'],
  ])('%s', (_, signature, expected) => {
    expect(lines(compareSketch(aPolicy([anSdk(signature, ['imei'])]), idle))).toEqual([expected]);
  });

  it('and says when the device has no such value, or when traffic cannot show the type', () => {
    const policy = aPolicy([anSdk('umeng', ['imei', 'oaid', 'camera'])]);
    expect(lines(compareSketch(policy, { ...idle, facts: { sought: 'imei,mac_address' } }))).toEqual([
      'umeng imei unobserved not-seen',
      'umeng oaid unobserved not-seen-not-looked-for',
      'umeng camera unobserved not-seen-not-visible',
    ]);
  });

  it.each([
    ['zh', '友盟+'],
    ['en', 'Umeng'],
  ] as const)('by its name in the language %s', (language, name) => {
    expect(compareSketch(aPolicy([]), { sendings: seen }, { language }).verdicts[0]?.recipient.name).toBe(name);
  });

  it('without a verdict for headings whose members have one', () => {
    const policy = aPolicy([anSdk('umeng', ['device_info', 'imei'], { umbrella: ['device_info'] })]);
    expect(lines(compareSketch(policy, { sendings: [{ to: UMENG, types: ['mac_address'] }] }))).toEqual([
      'umeng imei unobserved not-seen',
      'umeng mac_address vague seen-broader-term',
    ]);
    expect(lines(compareSketch(aPolicy([anSdk('umeng', ['device_info'])]), idle))).toEqual([
      'umeng device_info unobserved not-seen',
    ]);
  });

  it('without calling a broader term unobserved under which something was seen', () => {
    const policy = aPolicy([anSdk('umeng', ['wifi_info', 'contact_info'])]);
    expect(lines(compareSketch(policy, { sendings: [{ to: UMENG, types: ['ssid'] }] }))).toEqual([
      'umeng ssid vague seen-broader-term',
      'umeng contact_info unobserved not-seen',
    ]);
    const both = { sendings: [{ to: UMENG, types: ['wifi_info', 'ssid'] }] };
    expect(lines(compareSketch(policy, both))).toContain('umeng wifi_info consistent seen-declared');
  });
});

describe('compare with a policy of which a part was not read', () => {
  const policy = aPolicy([anSdk('umeng', ['imei'])]);
  const gapsOf = (unread: NonNullable<Declaration['unread']>) =>
    compareSketch({ ...policy, unread }, { sendings: [{ to: UMENG, types: ['imei', 'oaid'] }] }).coverage.gaps;

  it('says so among what was not seen', () => {
    const unread = [
      { kind: 'table-cut', count: 2, near: 'row' },
      { kind: 'names-cut', count: 1, near: 'name' },
    ] as const;
    expect(gapsOf(unread)).toEqual([{ kind: 'policy-part-unread', host: null, count: 3 }]);
    expect(gapsOf([])).toEqual([]);
  });
});

describe('compare of a capture without an exchange', () => {
  const policy = aPolicy([anSdk('umeng', ['imei']), anSdk(null, ['oaid'])], ['mac_address']);

  it('decides nothing, calls nobody silent, and says why', () => {
    const comparison = compareSketch(policy, {}, { rules });
    expect(lines(comparison)).toEqual([
      'com.example.shop mac_address undecided nothing-captured',
      'Mystery SDK oaid undecided hidden-no-signature',
      'umeng imei undecided nothing-captured',
    ]);
    expect(comparison.recipients.filter(({ silent }) => silent)).toEqual([]);
    expect(comparison.coverage).toEqual({
      exchanges: 0,
      gaps: [{ kind: 'nothing-captured', host: null, count: 1 }],
    });
    expect(comparison.not_decided.map(({ rule, missing }) => `${rule} ${missing}`)).toEqual(
      rules.map(({ id }) => `${id} traffic`),
    );
  });

  it('names the gaps that could have hidden what was not seen', () => {
    const comparison = compareSketch(policy, { gaps: rejected('umeng.test') });
    expect(lines(comparison)).toContain('umeng imei undecided hidden-by-gap');
    expect(lines(comparison)).toContain('com.example.shop mac_address undecided nothing-captured');
    expect(comparison.coverage.gaps).toContainEqual({ kind: 'tls-rejected', host: 'umeng.test', count: 1 });
  });

  it('is over with the first exchange', () => {
    const comparison = compareSketch(policy, idle);
    expect(lines(comparison)).toContain('umeng imei unobserved not-seen');
    expect(comparison.coverage.gaps).toEqual([]);
  });
});

describe('compare lets a gap hide', () => {
  const policy = aPolicy([anSdk('umeng', ['imei', 'oaid'])]);
  const other = aPolicy([anSdk('umeng', ['imei'])]);

  it('what was not seen, never what was', () => {
    expect(lines(compareSketch(policy, { sendings: seen, gaps: rejected('umeng.test') }))).toEqual([
      'umeng imei consistent seen-declared',
      'umeng oaid undecided hidden-by-gap',
    ]);
  });

  it.each([
    ['a refused handshake of its host', { kind: 'tls-rejected', host: 'umeng.test' }, 'undecided'],
    ['… of a host below a wildcard', { kind: 'tls-rejected', host: 'a.b.umeng.test' }, 'undecided'],
    ['… in capital letters', { kind: 'tls-rejected', host: 'UMENG.test' }, 'undecided'],
    ['… of another SDK’s host', { kind: 'tls-rejected', host: 'acme-ads.test' }, 'unobserved'],
    [
      '… of a name that only ends alike',
      { kind: 'tls-rejected', host: 'notumeng.test', recipient: OTHER },
      'unobserved',
    ],
    ['… given to the SDK', { kind: 'tls-rejected', host: 'cdn.test', recipient: UMENG }, 'undecided'],
    ['… given to another third party', { kind: 'tls-rejected', host: 'tracker.test', recipient: OTHER }, 'unobserved'],
    ['… given to the first party', { kind: 'tls-rejected', host: 'shop.test', recipient: APP }, 'unobserved'],
    [
      '… of a host of its vendor that no rule names',
      { kind: 'tls-rejected', host: 'new.vendor.test', recipient: OTHER },
      'undecided',
    ],
    [
      '… of a domain that only ends alike',
      { kind: 'tls-rejected', host: 'notvendor.test', recipient: OTHER },
      'unobserved',
    ],
    ['a tunnel to nobody knows whom', { kind: 'tunnel', host: null }, 'undecided'],
    [
      'a tunnel to a bare address',
      {
        kind: 'tunnel',
        host: '203.0.113.9',
        recipient: { kind: 'third-party', id: '203.0.113.9', name: '203.0.113.9' },
      },
      'undecided',
    ],
    [
      'a body of its own that could not be read',
      { kind: 'opaque-body', exchange: 1, at: ['request', 'body'] },
      'undecided',
    ],
    ['a body of another’s', { kind: 'opaque-body', exchange: 2, at: ['request', 'body'] }, 'unobserved'],
    [
      'a body for a bare address that answers',
      { kind: 'opaque-body', exchange: 3, at: ['request', 'body'] },
      'unobserved',
    ],
    ['an answer that could not be read', { kind: 'opaque-body', exchange: 1, at: ['response', 'body'] }, 'unobserved'],
    ['an offer of HTTP/3 that was taken out', { kind: 'quic-offered', host: 'umeng.test' }, 'unobserved'],
    [
      'a body that was read and not kept',
      { kind: 'body-not-kept', exchange: 1, at: ['request', 'body'] },
      'unobserved',
    ],
  ] as const)('%s: %s', (_, gap, verdict) => {
    const bare = { kind: 'third-party' as const, id: '203.0.113.9', name: '203.0.113.9' };
    const sendings = [{ to: UMENG }, { to: ADS }, { to: bare }];
    const comparison = compareSketch(other, { sendings, gaps: [gap] });
    expect(comparison.verdicts.map((one) => one.verdict)).toEqual([verdict]);
    expect(comparison.verdicts[0]?.hidden_by).toEqual(verdict === 'undecided' ? [1] : []);
  });
});

describe('compare takes the words of scope at their word', () => {
  const label = (platforms: readonly Platform[] | null, text = 'IMEI') => ({
    data_type: 'imei',
    text,
    platforms,
    optional: null,
  });
  const entry = (...labels: ReturnType<typeof label>[]) => aPolicy([anSdk('umeng', ['imei'], { labels })]);
  const onIos = aPolicy([anSdk('umeng', ['imei'], { platforms: ['ios'] })]);

  it.each([
    ['only for iOS, on Android', entry(label(['ios'])), 'android', 'undeclared seen-declared-for-other-system'],
    ['only for iOS, on iOS', entry(label(['ios'])), 'ios', 'consistent seen-declared'],
    ['only for iOS, on nobody knows what', entry(label(['ios'])), null, 'consistent seen-declared'],
    ['for both', entry(label(['android', 'ios'])), 'android', 'consistent seen-declared'],
    ['for all', entry(label(null)), 'android', 'consistent seen-declared'],
    ['once for each', entry(label(['ios']), label(['android'])), 'android', 'consistent seen-declared'],
    ['only for Android, on HarmonyOS', entry(label(['android'])), 'harmonyos', 'consistent seen-declared'],
    [
      'only for HarmonyOS, on Android',
      entry(label(['harmonyos'])),
      'android',
      'undeclared seen-declared-for-other-system',
    ],
    ['by an entry only for iOS', onIos, 'android', 'undeclared seen-declared-for-other-system'],
  ] as const)('declared %s', (_, policy, platform, expected) => {
    const sketch = { sendings: seen, facts: { platform } };
    expect(lines(compareSketch(policy, sketch))).toEqual([`umeng imei ${expected}`]);
  });

  it('of the first party too', () => {
    const policy = { ...aPolicy([]), first_party: [{ data_type: 'imei', quote: 'q', platforms: ['ios' as const] }] };
    const [verdict] = compareSketch(policy, {
      sendings: [{ to: APP, types: ['imei'] }],
      facts: { platform: 'android' },
    }).verdicts;
    expect(verdict).toMatchObject({ verdict: 'undeclared', declared_quote: 'q', declared_platforms: ['ios'] });
  });

  it('and expects nothing of what is declared for another system', () => {
    const comparison = compareSketch(onIos, { facts: { platform: 'android' } });
    expect([comparison.verdicts, comparison.recipients[0]?.silent]).toEqual([[], false]);
  });

  it('and gives the words that name the type', () => {
    const [verdict] = compareSketch(entry(label(null, '国际移动设备识别码')), { sendings: seen }).verdicts;
    expect(verdict?.declared_words).toBe('国际移动设备识别码');
  });
});

describe('compare lists what hides', () => {
  it('up to a hundred gaps, and counts them all', () => {
    const policy = aPolicy([anSdk('umeng', ['imei'])]);
    const gaps = Array.from({ length: 150 }, () => ({ kind: 'tls-rejected' as const, host: 'umeng.test' }));
    const [verdict] = compareSketch(policy, { gaps }).verdicts;
    expect([verdict?.hidden_by.length, verdict?.hidden_by.at(-1), verdict?.hidden_count]).toEqual([100, 100, 150]);
  });
});

describe('compare judges the others', () => {
  it('first party by its own statements', () => {
    const policy = aPolicy([], ['imei', 'device_info', 'phone_number']);
    const sendings = [{ to: APP, types: ['imei', 'oaid', 'contacts'] }];
    expect(lines(compareSketch(policy, { sendings }))).toEqual([
      'com.example.shop imei consistent seen-declared',
      'com.example.shop oaid vague seen-broader-term',
      'com.example.shop phone_number unobserved not-seen',
      'com.example.shop contacts undeclared seen-not-in-entry',
    ]);
  });

  const strangers = [{ to: OTHER, types: ['imei'] }];
  const named = { own_hosts: 'shop.test' };
  it.each([
    ['only an SDK got it', ['imei'], [{ to: UMENG, types: ['imei'] }], {}, 'unobserved not-seen'],
    ['strangers got other things', ['imei'], [{ to: OTHER, types: ['oaid'] }], {}, 'unobserved not-seen'],
    ['a stranger that may be itself got it', ['imei'], strangers, {}, 'undecided hidden-own-hosts-unknown'],
    ['… or a kind of it', ['device_identifier'], strangers, {}, 'undecided hidden-own-hosts-unknown'],
    ['… but its hosts were named', ['imei'], strangers, named, 'unobserved not-seen'],
    ['… but its own hosts were seen', ['imei'], [...strangers, { to: APP }], {}, 'unobserved not-seen'],
  ])('first party that was not seen to get a type by who may be itself: %s', (_, types, sendings, facts, verdict) => {
    const [line] = lines(compareSketch(aPolicy([], types), { sendings, facts }));
    expect(line).toBe(`com.example.shop ${types[0]} ${verdict}`);
  });

  it.each([
    ['its hosts are not known', [{ to: OTHER }], {}, 'undecided hidden-by-gap'],
    ['they were named', [{ to: OTHER }], named, 'unobserved not-seen'],
    ['they were seen', [{ to: OTHER }, { to: APP }], {}, 'unobserved not-seen'],
  ])('first party behind a stranger’s gap: %s', (_, sendings, facts, verdict) => {
    const gaps = [{ kind: 'tls-rejected' as const, host: 'tracker.test', recipient: OTHER }];
    expect(lines(compareSketch(aPolicy([], ['imei']), { sendings, facts, gaps }))).toEqual([
      `com.example.shop imei ${verdict}`,
    ]);
  });

  it('first party that was never seen under the app of the capture', () => {
    const comparison = compareSketch(aPolicy([], ['imei']), {});
    expect(comparison.verdicts[0]?.recipient).toEqual({
      kind: 'first-party',
      id: 'com.example.shop',
      name: '示例商城',
    });
  });

  it('first party by the name that its policy gives, when evidence has only its id', () => {
    const nameless = { ...APP, name: APP.id };
    const [verdict] = compareSketch(aPolicy([], ['imei']), { sendings: [{ to: nameless, types: ['imei'] }] }).verdicts;
    expect(verdict?.recipient).toEqual(APP);
  });

  it('third parties as not in the policy', () => {
    expect(lines(compareSketch(aPolicy([]), { sendings: [{ to: OTHER, types: ['imei'] }] }))).toEqual([
      'tracker.test imei undeclared-recipient seen-recipient-not-in-policy',
    ]);
  });

  it.each([
    ['https://www.tracker.test/privacy', 'consistent'],
    ['tracker.test', 'consistent'],
    ['https://tracker.test.evil.test/', 'undeclared-recipient'],
  ])('third parties by the link %s of an entry: %s', (link, verdict) => {
    const policy = aPolicy([anSdk(null, ['imei'], { link })]);
    const comparison = compareSketch(policy, { sendings: [{ to: OTHER, types: ['imei'] }] });
    expect(comparison.verdicts.find(({ recipient }) => recipient.id === 'tracker.test')?.verdict).toBe(verdict);
  });

  it.each([
    ['Tracker SDK', 'consistent'],
    ['tracker', 'consistent'],
    ['TrackerSDK', 'consistent'],
    ['Tracker Pro SDK', 'undeclared-recipient'],
    ['追踪 SDK', 'undeclared-recipient'],
  ])('third parties by the name %s of an entry without link: %s', (name, verdict) => {
    const policy = aPolicy([anSdk(null, ['imei'], { name })]);
    const comparison = compareSketch(policy, { sendings: [{ to: OTHER, types: ['imei'] }] });
    expect(comparison.verdicts.find(({ recipient }) => recipient.id === 'tracker.test')?.verdict).toBe(verdict);
  });

  it.each([
    ['secret-lib', 'consistent'],
    ['umeng', 'undeclared-recipient'],
  ])('third parties by the link of an entry for %s, whose hosts are known or not: %s', (signature, verdict) => {
    const policy = aPolicy([anSdk(signature, ['imei'], { link: 'https://www.tracker.test/privacy' })]);
    const comparison = compareSketch(policy, { sendings: [{ to: OTHER, types: ['imei'] }] });
    expect(comparison.verdicts.find(({ recipient }) => recipient.id === 'tracker.test')?.verdict).toBe(verdict);
  });

  it('third parties by no name that fits two of them', () => {
    const twin = { kind: 'third-party' as const, id: 'tracker.example', name: 'tracker.example' };
    const policy = aPolicy([anSdk(null, ['imei'], { name: 'Tracker SDK' })]);
    const sendings = [OTHER, twin].map((to) => ({ to, types: ['imei'] }));
    const found = compareSketch(policy, { sendings }).verdicts.filter(({ observed }) => observed);
    expect(found.map(({ verdict }) => verdict)).toEqual(['undeclared-recipient', 'undeclared-recipient']);
  });

  it.each([
    ['https://www.umeng.example/page', 'umeng imei consistent'],
    ['https://shared.example/page', 'umeng imei undeclared-recipient'],
    ['https://umeng.example.evil.test/', 'umeng imei undeclared-recipient'],
  ])('SDKs by the link %s of an entry, when only one of the vendor’s is meant: %s', (link, expected) => {
    const vendor = (domains: readonly string[]) => ({ name: 'x', country: 'CN', domains });
    const known = [
      aSignature('umeng', { vendor: vendor(['umeng.example', 'shared.example']) }),
      aSignature('umeng-two', { vendor: vendor(['shared.example']) }),
    ];
    const policy = aPolicy([anSdk(null, ['imei'], { link })]);
    const comparison = compareSketch(policy, { sendings: seen }, { signatures: known });
    expect(lines(comparison).filter((line) => line.startsWith('umeng '))[0]).toContain(expected);
  });

  it('and says that the first party declares what an SDK sent, and the reverse', () => {
    const policy = aPolicy([anSdk('umeng', ['oaid'])], ['imei']);
    const sendings = [
      { to: UMENG, types: ['imei'] },
      { to: APP, types: ['oaid'] },
    ];
    const found = compareSketch(policy, { sendings }).verdicts.filter((one) => one.verdict === 'undeclared');
    expect(
      found.map(({ recipient, data_type, declared_elsewhere }) => [recipient.id, data_type, declared_elsewhere]),
    ).toEqual([
      ['com.example.shop', 'oaid', 'sdk'],
      ['umeng', 'imei', 'first-party'],
    ]);
  });
});

describe('compare observes', () => {
  it('count, times, phases, exchanges and findings', () => {
    const comparison = compareSketch(aPolicy([anSdk('umeng', ['imei'])]), {
      marks: [['consent', 10]],
      sendings: [
        { to: UMENG, at: 30, types: ['imei'] },
        { to: UMENG, at: 5, types: ['imei', 'imei'] },
        { to: ADS, at: 6 },
      ],
    });
    expect(comparison.verdicts[0]).toMatchObject({
      observed: true,
      count: 3,
      first_seen: '2026-03-01T08:00:05.000Z',
      last_seen: '2026-03-01T08:00:30.000Z',
      phases: { 'after-consent': 1, 'before-consent': 2 },
      exchanges: [1, 2],
      findings: [1, 2, 3],
      per_minute_max: 2,
      series: [{ minute: '2026-03-01T08:00:00.000Z', count: 2 }],
      structural_only: false,
    } satisfies Partial<Verdict>);
    expect(comparison.coverage).toEqual({ exchanges: 3, gaps: [] });
  });

  it('each message of a conversation as a sending of its own', () => {
    const sketch: CaptureSketch = { sendings: [{ to: UMENG, types: ['imei', 'imei', 'imei'] }] };
    const evidence = aCapture(sketch);
    const findings = evidence.findings.map((finding, index) => ({ ...finding, message: index === 0 ? 0 : 1 }));
    expect(compareSketch(null, sketch, { evidence: { ...evidence, findings } }).verdicts[0]).toMatchObject({
      count: 3,
      per_minute_max: 2,
      series: [{ minute: '2026-03-01T08:00:00.000Z', count: 2 }],
    });
  });

  it('how often in each minute, messages among requests', () => {
    const sketch: CaptureSketch = {
      sendings: [70, 10, 200, 80, 190].map((at) => ({ to: UMENG, at, types: ['imei'] })),
    };
    const evidence = aCapture(sketch);
    const findings = evidence.findings.map((finding) => ({ ...finding, message: finding.exchange === 2 ? 0 : null }));
    const series = (minute: string, count: number) => ({ minute: `2026-03-01T08:0${minute}:00.000Z`, count });
    expect(compareSketch(null, sketch, { evidence: { ...evidence, findings } }).verdicts[0]).toMatchObject({
      exchanges: [1, 2, 3, 4, 5],
      per_minute_max: 2,
      series: [series('0', 1), series('1', 2), series('3', 2)],
    });
  });

  it('not what a server sent back, but lists it', () => {
    const comparison = compareSketch(aPolicy([]), {
      sendings: [{ to: UMENG, types: ['imei'], finding: { direction: 'response' } }],
    });
    expect(comparison.verdicts).toEqual([]);
    expect(comparison.returned).toEqual([
      { recipient: { ...UMENG, name: 'Umeng' }, data_type: 'imei', exchanges: [1] },
    ]);
  });

  it('that something was seen by its form alone', () => {
    const comparison = compareSketch(aPolicy([]), {
      sendings: [{ to: UMENG, types: ['imei'], finding: { match: 'structure' } }],
    });
    expect(comparison.verdicts[0]).toMatchObject({ verdict: 'undeclared-recipient', structural_only: true });
  });

  it('phases by the seconds from the first exchange to consent, instead of the consent mark', () => {
    const sketch: CaptureSketch = {
      marks: [['consent', 1]],
      sendings: [
        { to: UMENG, at: 4, types: ['imei'] },
        { to: UMENG, at: 24, types: ['imei'] },
      ],
    };
    expect(compareSketch(null, sketch).verdicts[0]?.phases).toEqual({ 'after-consent': 2 });
    const shifted = compareSketch(null, sketch, { consentAfterSeconds: 20 });
    expect(shifted.verdicts[0]?.phases).toEqual({ 'after-consent': 1, 'before-consent': 1 });
    expect(shifted.marks).toEqual([{ id: 0, kind: 'consent', at: '2026-03-01T08:00:24.000Z', note: null }]);
  });

  it('gaps by kind and host, most frequent first', () => {
    const comparison = compareSketch(null, {
      sendings: [{ to: UMENG, host: 'a.umeng.test' }],
      gaps: [
        { kind: 'tunnel', host: 'b.test' },
        { kind: 'opaque-body', exchange: 1, at: ['request'] },
        { kind: 'opaque-body', exchange: 1, at: ['request'] },
      ],
    });
    expect(comparison.coverage.gaps).toEqual([
      { kind: 'opaque-body', host: 'a.umeng.test', count: 2 },
      { kind: 'tunnel', host: 'b.test', count: 1 },
    ]);
  });

  it('the same twice', () => {
    const sketch: CaptureSketch = { sendings: seen, gaps: rejected(null) };
    expect(JSON.stringify(compareSketch(aPolicy([]), sketch))).toBe(JSON.stringify(compareSketch(aPolicy([]), sketch)));
  });
});
