import { describe, expect, it } from 'vitest';
import { compare } from '../../src/compare/compare.ts';
import { type Headline, headline } from '../../src/report/overview.ts';
import { en } from '../../src/report/wording/en.ts';
import {
  APP,
  aCapture,
  anSdk,
  aPolicy,
  type CaptureSketch,
  OTHER,
  signatures,
  taxonomy,
  UMENG,
} from '../compare/a-capture.ts';

const policy = aPolicy([anSdk('umeng', ['oaid'])], ['imei']);

function headlineOf(sketch: CaptureSketch, declaration = policy): Headline {
  const comparison = compare({
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
  });
  return headline({ comparison, declaration, rules: [] }, en);
}

function caution(sketch: CaptureSketch, declaration = policy): string | null {
  return headlineOf(sketch, declaration).caution;
}

const seen = { to: UMENG, types: ['oaid'] };
const refused = { kind: 'tls-rejected' as const, host: 'umeng.test' };
const mystery = aPolicy([anSdk('umeng', ['oaid']), anSdk(null, ['face'])], []);

describe('the caution of a headline', () => {
  it.each([
    ['nothing hidden', { sendings: [seen] }, policy, 'Nothing was hidden'],
    [
      'a gap that hides nothing',
      { sendings: [seen], gaps: [refused] },
      policy,
      '1 gap in what could be seen; it hides nothing',
    ],
    [
      'a gap that hides',
      { sendings: [{ to: APP }], gaps: [refused] },
      policy,
      '1 statement could not be decided because of it',
    ],
    ['an SDK nobody knows', { sendings: [seen] }, mystery, /^1 statement is about SDKs that nobody can recognise/],
  ] as const)('says with %s: %s', (_, sketch, declaration, expected) => {
    expect(caution(sketch, declaration)).toMatch(expected);
  });

  it.each([
    ['only a third party got what the app declares', [{ to: OTHER, types: ['imei'] }], true],
    ['a third party got something else', [{ to: OTHER, types: ['contacts'] }], false],
    ['the app has traffic of its own', [{ to: OTHER, types: ['imei'] }, { to: APP }], false],
    ['an SDK got it', [{ to: UMENG, types: ['imei'] }], false],
  ])('asks for the app’s own hosts when %s: %s, %s', (_, sendings, asks) => {
    expect(caution({ sendings })?.includes('--first-party')).toBe(asks);
  });
});

describe('a headline', () => {
  const nobody = [{ to: OTHER }];
  it.each([
    ['nothing passed', {}, 'blind', 'Nothing was captured', /^No traffic passed the proxy/],
    ['nothing that passed could be read', { gaps: [refused] }, 'blind', 'Nothing was captured', /^Not one exchange/],
    ['all is well', { sendings: [{ to: APP, types: ['imei'] }, seen] }, 'good', 'What was seen agrees', /^In 2/],
    ['only strangers were talked to', { sendings: nobody }, 'blind', 'No personal data found', /^No personal data/],
  ] as const)('when %s', (_, sketch, tone, title, sentence) => {
    const head = headlineOf(sketch);
    expect([head.tone, head.title]).toEqual([tone, expect.stringContaining(title)]);
    expect(head.sentence).toMatch(sentence);
  });

  it.each([
    ['only strangers were talked to', [{ to: OTHER }], true],
    ['the app’s own servers were talked to', [{ to: OTHER }, { to: APP }], false],
    ['an SDK was talked to', [{ to: UMENG }], false],
    ['a stranger got something', [{ to: OTHER, types: ['oaid'] }], false],
  ])('doubts that the app was running when %s: %s, %s', (_, sendings, doubts) => {
    expect(caution({ sendings })?.includes('check that the app under test')).toBe(doubts);
  });
});
