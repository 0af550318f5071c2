import { countryName } from '../../model/country-name.ts';
import { GAP_KINDS } from '../../model/gaps.ts';
import type { Wording } from './wording.ts';

export const en: Wording = {
  language: 'en',
  htmlLanguage: 'en',
  title: 'What the app sends: traffic audit',
  listSeparator: ', ',
  colon: ': ',
  none: 'none',
  unknown: 'unknown',
  verdict: {
    consistent: 'consistent',
    vague: 'vague',
    undeclared: 'undeclared',
    'undeclared-recipient': 'undeclared recipient',
    unobserved: 'unobserved',
    undecided: 'undecided',
  },
  verdictMeans: {
    consistent: 'The policy says so clearly, and the traffic shows it.',
    vague: 'The traffic shows it; the policy covers it only by a broader term such as “device information”.',
    undeclared: 'The policy names the recipient but not this type; the traffic shows it.',
    'undeclared-recipient': 'The policy does not name the recipient; the traffic shows that it got this type.',
    unobserved: 'The policy says so; this audit did not see it, and nothing was hidden that could have carried it.',
    undecided: 'Not seen, but something was hidden (encryption, a refused certificate, an SDK nobody can recognise).',
  },
  because: {
    'seen-declared': 'seen, and declared',
    'seen-broader-term': 'seen; covered only by a broader term',
    'seen-not-in-entry': 'seen; not in the recipient’s entry',
    'seen-declared-for-other-system': 'seen; the policy declares it only for another system',
    'seen-recipient-not-in-policy': 'seen; the recipient is not in the policy',
    'seen-no-policy': 'seen; there is no policy to compare with',
    'not-seen': 'not seen, and nothing was hidden',
    'not-seen-not-looked-for':
      'not seen; the device profile holds no value of this type, so only its form under a telling name could show it',
    'not-seen-not-visible': 'a permission, which traffic by itself cannot show',
    'not-seen-no-network': 'this SDK has no traffic of its own',
    'nothing-captured': 'not seen, but nothing at all was captured',
    'hidden-by-gap': 'not seen, but a gap could hide it',
    'hidden-no-signature': 'no signature for this SDK: it cannot be recognised in traffic',
    'hidden-hosts-unknown': 'the SDK’s servers are not known: it cannot be recognised in traffic',
    'hidden-own-hosts-unknown':
      'a third party got it that may be the app itself, whose hosts are not known: name them with --first-party',
  },
  severity: { info: 'info', low: 'low', medium: 'medium', high: 'high', critical: 'critical' },
  declared: { clear: 'declared', vague: 'declared vaguely', omitted: 'not declared' },
  platform: { android: 'Android', ios: 'iOS', harmonyos: 'HarmonyOS' },
  only: (systems) => `only on ${systems}`,
  optional: 'optional',
  mandatory: 'mandatory',
  elsewhere: {
    'first-party': 'the policy says that the app itself collects it; it went to this third party',
    sdk: 'the policy says that an SDK collects it; it went elsewhere',
  },
  phase: {
    'before-consent': 'before consent',
    'after-consent': 'after consent',
    refused: 'after refusal',
    unknown: 'not marked',
  },
  mark: {
    consent: 'consent',
    refused: 'refused',
    foreground: 'foreground',
    background: 'background',
    note: 'note',
  },
  kind: { sdk: 'SDK', 'first-party': 'the app itself', 'third-party': 'other third party' },
  place: { url: 'URL', header: 'header', cookie: 'cookie', body: 'body', websocket: 'WebSocket message' },
  match: {
    'known-value': 'a value of the test device',
    'self-checking': 'its check digits hold',
    structure: 'form and field name only',
  },
  gap: GAP_KINDS,
  missing: {
    traffic: 'nothing was captured',
    policy: 'no policy was given',
    'consent-mark': 'the timeline has no mark of consent or refusal',
    'refusal-mark': 'refusing was not tried',
    'background-mark': 'no mark says that the app was in the background',
    'opt-out-note': 'no note mark says opt-out',
    category: 'the kind of app was not given (--category)',
    countries: 'there are no offline country data',
  },
  category: (id) => id,
  country: (code) => countryName(code, 'en'),
  cover: {
    app: 'App',
    capture: 'Capture',
    device: 'Test device',
    policy: 'Policy',
    period: 'Time',
    profile: 'Judged by',
    profiles: { cn: 'Chinese law and standards', gdpr: 'GDPR’s terms' },
    noPolicy: 'none given',
    running: 'not closed',
  },
  headline: {
    bad: (violations) => (violations === 1 ? 'One sign of a violation' : `${violations} signs of violations`),
    blind: (undecided) =>
      `No violation seen; ${undecided} ${undecided === 1 ? 'statement' : 'statements'} could not be decided`,
    good: 'What was seen agrees with the policy',
    nothing: 'No personal data found in any request',
    noPolicy: 'Not yet compared with a policy',
    silence: 'Nothing was captured',
    silenceMeans:
      'No traffic passed the proxy, so nothing follows from this capture. Check the phone’s proxy setting, the certificate, and whether the app was run.',
    silenceHidden:
      'Not one exchange could be opened: whatever passed is among the gaps, and nothing else follows from this capture.',
    sentence: ({ exchanges, recipients, types, undeclared, undisclosed }) =>
      recipients === 0
        ? `No personal data was found in ${exchanges} ${plural(exchanges, 'exchange', 'exchanges')}.`
        : `In ${exchanges} ${plural(exchanges, 'exchange', 'exchanges')}, ${recipients} ${plural(recipients, 'recipient', 'recipients')} got ${types} ${plural(types, 'type', 'types')} of personal data. ${enUndeclared(undeclared, undisclosed)}`,
    caution: ({ gaps, hidden, unrecognisable }) =>
      [
        gaps === 0 ? '' : `${gaps} ${plural(gaps, 'gap', 'gaps')} in what could be seen; ${enHidden(gaps, hidden)} `,
        unrecognisable === 0
          ? ''
          : `${unrecognisable} ${plural(unrecognisable, 'statement is', 'statements are')} about SDKs that nobody can recognise in traffic, and could not be decided. `,
        'What was seen stands.',
      ].join(''),
    whole: 'Nothing was hidden: every exchange was opened and searched.',
    mayBeOwn:
      ' No host was known as the app’s own, and some of these third parties got what the policy says that the app collects: name its hosts with --app or --first-party when capturing.',
    appUnseen:
      ' None of these exchanges was with the app’s own servers or a known SDK, and none carried personal data: check that the app under test was the one running, and name its hosts with --app or --first-party.',
  },
  tiles: {
    exchanges: 'exchanges',
    recipients: 'recipients of data',
    types: 'types of data sent',
    undeclared: 'flows undeclared',
    beforeConsent: 'flows before consent',
    notSeen: 'undecided',
  },
  policy: {
    storage: 'Stored',
    crossBorder: 'Transfers abroad',
    retention: 'Kept for',
    children: 'Children',
    silent: 'the policy does not say',
    kinds: { none: 'none', with_consent: 'with consent', per_law: 'as the law allows', yes: 'yes' },
    mainland: { true: 'within the territory only', false: 'abroad too' },
  },
  section: {
    policy: 'What else the policy promises',
    contents: 'Contents',
    summary: 'Summary',
    matrix: 'Who got what',
    timeline: 'Timeline',
    flows: 'Flows',
    verdicts: 'Verdicts and their evidence',
    rules: 'Rules and their basis',
    coverage: 'What was not seen, and why',
    exchanges: 'Exchanges',
    method: 'How this was found, and what it means',
    baseline: 'Since the last audit',
  },
  intro: {
    matrix:
      'Rows are recipients, columns are types of data; a cell leads to its verdict. Numbers count occurrences in requests.',
    timeline:
      'Each dot is a request that carried personal data, coloured by phase; upright lines are the tester’s marks.',
    noMarks:
      'No mark tells when consent was given, so rules such as “before consent” were not decided. Add it with telltale mark and make the report again.',
    flows:
      'Type of data → recipient → owner and place of the server. Width is the number of times, colour the verdict. In brackets the owner’s country, after the arrow where its servers stand.',
    coverage: '“Not found” is true only outside these gaps. Everything that could not be looked into is listed here.',
    noGaps: 'There are no gaps: every exchange that passed the proxy was opened and searched.',
    exchanges:
      'Requests that carried personal data. Values of parameters are left out; the whole is in the evidence file, under the same number and SHA-256.',
    nothingSeen: 'No request carried personal data.',
  },
  label: {
    findings: 'Main findings',
    who: 'Concerns',
    policySays: 'The policy says',
    observed: 'The traffic shows',
    notObserved: 'not seen',
    notDeclared: 'The policy says nothing of it',
    evidence: 'Evidence',
    exchange: 'Exchange',
    time: 'Time',
    phase: 'Phase',
    request: 'Request',
    field: 'Field',
    chain: 'Decoded by',
    offset: 'Offset + length',
    transform: 'Form',
    value: 'Value',
    server: 'Server',
    body: 'Body SHA-256',
    basis: 'Basis',
    advice: 'Advice',
    decidedBy: 'How it is decided',
    result: 'Result',
    rule: 'Rule',
    human: 'needs a person',
    owner: 'Owner',
    hosts: 'Hosts',
    countries: 'Servers in',
    perMinute: 'most in a minute',
    dataType: 'Data type',
    recipient: 'Recipient',
    verdict: 'Verdict',
    gapKind: 'Gap',
    host: 'Host',
    count: 'Count',
    meaning: 'Meaning',
    structural: 'form only',
    hashed: 'hashed (pseudonymous, still personal data)',
    immutable: 'cannot be reset',
    sensitive: 'sensitive',
    background: 'in background',
    firstSeen: 'first',
    lastSeen: 'last',
    consentGiven: 'consent',
    noPersonalData: 'nothing personal found',
    whole: 'whole body',
  },
  andMore: (count) => `, and ${count} more`,
  times: (count) => (count === 1 ? 'once' : `${count} times`),
  requests: (count) => `${count} ${plural(count, 'request', 'requests')}`,
  bytes: (count) => `${count} ${plural(count, 'byte', 'bytes')}`,
  more: (count) => `${count} more in the evidence file`,
  cases: (count) => `${count} ${plural(count, 'case', 'cases')}`,
  notBroken: 'not seen broken',
  notDecided: (missing) => `not decided: ${missing}`,
  unresolved: {
    rules: 'Rules that could not be decided',
    undecided: 'Statements that could not be decided',
    silent: 'Declared SDKs that sent nothing at all',
    unseenTypes: 'Types that only their form could show (the device profile has no value)',
    contacted: 'Recipients outside the policy that were contacted, with nothing personal found',
    returned: 'Personal data that servers sent back (not counted as sent by the app)',
  },
  method: [
    'telltale sits between the test phone and the internet, opens and searches every exchange, and looks for the device’s own identifiers in every spelling, hash and coding it knows.',
    'A hashed or encoded identifier still singles a person out: it is pseudonymous, not anonymous, and counts as personal data.',
    'Seeing is proof. Not seeing is proof only outside the gaps.',
    'Traffic shows what left the device. What an app reads and keeps on the device is outside this report, which may therefore differ from audits that watch system calls.',
    'Where a rule “needs a person”, traffic gives a sign only; where a clause is marked “to be checked”, its number is quoted from common knowledge of the field: look it up before you rely on it.',
    'Identifier values are masked here. Whole values are in the evidence file only.',
    'Places of servers come from offline data (DB-IP Lite unless you gave your own; CC BY 4.0, db-ip.com) and may differ from where the machines stand.',
  ],
  baseline: { added: 'new', gone: 'gone', changed: 'changed', same: 'The same as last time.' },
  footer: (tool) => `Made by ${tool}`,
  csv: [
    'no',
    'time',
    'phase',
    'state',
    'actor',
    'host',
    'owner',
    'ip',
    'country',
    'action',
    'data_type',
    'value_masked',
    'decode_chain',
    'field',
    'offset',
    'length',
    'per_minute',
    'declared',
    'verdict',
    'basis',
    'confidence',
    'exchange',
    'body_sha256',
  ],
};

function enUndeclared(undeclared: number | null, undisclosed: number): string {
  if (undeclared === null) return 'No privacy policy was given to compare with.';
  if (undeclared === 0) return 'All of these flows are covered by the privacy policy.';
  const recipients =
    undisclosed === 0
      ? ''
      : `, and ${undisclosed} ${plural(undisclosed, 'recipient is', 'recipients are')} not named in it at all`;
  return `${undeclared} of these flows ${plural(undeclared, 'is', 'are')} not in the privacy policy${recipients}.`;
}

function enHidden(gaps: number, hidden: number): string {
  if (hidden === 0) return `${plural(gaps, 'it hides', 'they hide')} nothing that had to be decided.`;
  return `${hidden} ${plural(hidden, 'statement', 'statements')} could not be decided because of ${plural(gaps, 'it', 'them')}.`;
}

function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}
