import {
  type ComparedRecipient,
  type Comparison,
  SEVERITIES,
  type Severity,
  VERDICT_KINDS,
  type Verdict,
  type VerdictKind,
} from '../model/comparison.ts';
import type { Taxonomy } from '../model/data-type.ts';
import type { Declaration } from '../model/declaration.ts';
import type { CaptureEvidence } from '../model/evidence.ts';
import type { Language } from '../model/language.ts';
import { backgroundAt } from '../model/mark.ts';
import type { AppCategory, Rule } from '../model/rule.ts';
import type { Signature } from '../model/signature.ts';
import { coverageOf } from './coverage.ts';
import { ExchangeIndex } from './exchange-index.ts';
import { type HidingGaps, hidingGaps } from './hiding.ts';
import { countBy } from './observation.ts';
import { categoryNamed } from './parse-rules.ts';
import { type Party, partiesOf } from './parties.ts';
import { type RulesInput, undecidable, withViolations } from './rules/decide.ts';
import { timelineOf } from './timeline.ts';
import { declarersAmong, receivedByStrangers, type VerdictInput, verdictsOf } from './verdicts.ts';

export interface ComparisonInput {
  /** Null: there is no policy; what was seen is then listed without being judged against one. */
  readonly declaration: Declaration | null;
  readonly policyName: string;
  readonly evidence: CaptureEvidence;
  readonly taxonomy: Taxonomy;
  readonly signatures: readonly Signature[];
  readonly rules: readonly Rule[];
  /** Seconds from the first exchange to the tester's consent; null: the capture's marks say. */
  readonly consentAfterSeconds: number | null;
  /** Kind of app, by id or name, of `categories`. */
  readonly category: string | null;
  readonly categories?: readonly AppCategory[];
  /** ISO 3166 code of an address's country, from offline data; null: no such data. */
  readonly countryOf: ((address: string) => string | null) | null;
  readonly language: Language;
}

/**
 * Holds a capture against a policy: one verdict for each recipient and data type, the rules that it breaks, and what could not
 * be seen. The same input gives the same output; times come from the capture alone.
 */
export function compare(input: ComparisonInput): Comparison {
  const { declaration, evidence, taxonomy } = input;
  const timeline = timelineOf(evidence, input.consentAfterSeconds);
  const index = new ExchangeIndex(evidence.exchanges, input.countryOf);
  const parties = partiesOf({ ...input, timeline, index });
  const gaps = hidingGaps(evidence, input.signatures, index);
  const context: VerdictInput = {
    hasPolicy: declaration !== null,
    nothingCaptured: evidence.contacts.length === 0,
    evidence,
    declarers: declarersAmong(parties, taxonomy),
    strangerGot: receivedByStrangers(parties, taxonomy),
    gaps,
    taxonomy,
    index,
    inBackground: backgroundAt(timeline.marks),
  };
  const category = input.category === null ? null : categoryNamed(input.categories ?? [], input.category);
  const rulesInput: RulesInput = {
    ...input,
    ...context,
    category,
    marks: timeline.marks,
    hasCountries: input.countryOf !== null,
  };
  const judged = parties.flatMap((party) => verdictsOf(party, context));
  const verdicts = withViolations(judged, rulesInput);
  return {
    app: evidence.capture.app ?? declaration?.app ?? null,
    capture: evidence.capture.name,
    policy: input.policyName,
    profile: input.rules[0]?.profile ?? 'cn',
    category: category?.id ?? null,
    started_at: new Date(evidence.capture.startedAt).toISOString(),
    ended_at: evidence.capture.endedAt === null ? null : new Date(evidence.capture.endedAt).toISOString(),
    verdicts,
    recipients: parties.map((party) => describe(party, gaps, context.nothingCaptured)),
    returned: parties.flatMap(returnedTypes),
    marks: timeline.marks.map((mark) => ({ ...mark, at: new Date(mark.at).toISOString() })),
    summary: summarise(verdicts),
    not_decided: undecidable(rulesInput),
    coverage: {
      exchanges: evidence.contacts.reduce((sum, { exchanges }) => sum + exchanges, 0),
      gaps: coverageOf(evidence, index, declaration),
    },
  };
}

function describe(party: Party, gaps: HidingGaps, nothingCaptured: boolean): ComparedRecipient {
  const { signature, entry, traffic } = party;
  const recognisable = signature !== null && signature.network !== 'none' && signature.network !== 'unknown';
  return {
    recipient: party.recipient,
    declared: entry !== null,
    declared_name: entry?.name ?? null,
    declared_quote: entry?.quote ?? null,
    vendor: signature?.vendor.name ?? null,
    vendor_country: signature?.vendor.country ?? null,
    category: signature?.category ?? null,
    network: signature?.network ?? null,
    exchanges: traffic.exchanges,
    findings: [...traffic.sent.values()].reduce((sum, { length }) => sum + length, 0),
    hosts: traffic.hosts,
    countries: traffic.countries,
    silent: !nothingCaptured && entry !== null && !entry.foreign && recognisable && traffic.exchanges === 0,
    gaps: gaps.behind(party).count,
  };
}

function returnedTypes({ recipient, traffic }: Party): Comparison['returned'] {
  return [...traffic.returned]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, exchanges]) => ({ recipient, data_type: type, exchanges }));
}

function summarise(verdicts: readonly Verdict[]): Comparison['summary'] {
  const kinds = Object.fromEntries(
    VERDICT_KINDS.map((kind) => [kind, verdicts.filter(({ verdict }) => verdict === kind).length]),
  ) as Record<VerdictKind, number>;
  const violations = verdicts.flatMap((verdict) => verdict.violations);
  return {
    verdicts: kinds,
    violations: countBy(violations.map(({ name }) => name)),
    worst: violations.reduce<Severity | null>((worst, { severity }) => worseOf(worst, severity), null),
  };
}

export function worseOf(a: Severity | null, b: Severity): Severity {
  return a !== null && SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b) ? a : b;
}
