import type { MinuteCount, Verdict, VerdictKind, VerdictReason } from '../model/comparison.ts';
import { covers, type Taxonomy } from '../model/data-type.ts';
import type { CaptureEvidence, StoredExchange, StoredGap } from '../model/evidence.ts';
import type { Finding } from '../model/finding.ts';
import { inBackgroundAt, type Mark } from '../model/mark.ts';
import { type DeclaredAs, declaredAs } from './declared.ts';
import type { HidingGaps } from './hiding.ts';
import { judgePair, type Standing } from './judge-pair.ts';
import type { Party } from './parties.ts';
import { mostWithin } from './timeline.ts';

export interface VerdictInput {
  readonly hasPolicy: boolean;
  readonly evidence: CaptureEvidence;
  readonly parties: readonly Party[];
  readonly gaps: HidingGaps;
  readonly taxonomy: Taxonomy;
  readonly countryOf: (exchange: StoredExchange) => string | null;
}

const MINUTE_MS = 60_000;

/** Judges every data type that a party is said to get or was seen to get, in the order of the taxonomy. */
export function verdictsOf(party: Party, input: VerdictInput): Verdict[] {
  const seen = new Map<string, Finding[]>();
  for (const finding of party.sent) {
    const list = seen.get(finding.dataType);
    if (list === undefined) seen.set(finding.dataType, [finding]);
    else list.push(finding);
  }
  const declared = [...(party.entry?.types.keys() ?? [])].filter((type) => !hasMembers(type, party, seen, input));
  const types = [...new Set([...seen.keys(), ...declared])].sort(byTaxonomy(input.taxonomy));
  return types.flatMap((type) => verdictOf(party, type, seen.get(type) ?? [], input) ?? []);
}

/** A heading (设备信息：IMEI、MAC) needs no verdict of its own when its members have theirs. */
function hasMembers(
  type: string,
  party: Party,
  seen: ReadonlyMap<string, readonly Finding[]>,
  { taxonomy }: VerdictInput,
): boolean {
  if (taxonomy.get(type)?.class !== 'gen' || seen.has(type)) return false;
  return [...seen.keys(), ...(party.entry?.types.keys() ?? [])].some(
    (other) => other !== type && covers(taxonomy, type, other),
  );
}

function byTaxonomy(taxonomy: Taxonomy): (a: string, b: string) => number {
  const order = new Map([...taxonomy.keys()].map((id, index) => [id, index]));
  return (a, b) => (order.get(a) ?? order.size) - (order.get(b) ?? order.size) || (a < b ? -1 : a > b ? 1 : 0);
}

function verdictOf(party: Party, dataType: string, findings: readonly Finding[], input: VerdictInput): Verdict | null {
  const { entry } = party;
  const standing: Standing = !input.hasPolicy ? 'no-policy' : entry === null ? 'not-in-policy' : 'in-policy';
  const as = declaredAs(entry, dataType, input.taxonomy);
  const observed = findings.length > 0;
  const hiding = observed ? [] : input.gaps.behind(party);
  const blind = observed ? null : blindness(party);
  const verdict = judgePair(standing, as.declared, observed, hiding.length > 0 || blind !== null);
  if (verdict === null) return null;
  return {
    recipient: party.recipient,
    data_type: dataType,
    declared: as.declared,
    declared_quote: as.quote,
    declared_by: as.by,
    declared_name: entry?.name ?? null,
    declared_text: as.text ?? entry?.text ?? null,
    declared_elsewhere: as.declared === 'omitted' ? elsewhere(party, dataType, input) : null,
    ...observation(party, findings, input),
    verdict,
    because: reasonFor(verdict, standing, blind, party, dataType, input),
    violations: [],
    hidden_by: hiding.map(({ id }) => id),
  };
}

/** Why a party could not have been seen even without a gap. */
function blindness(party: Party): 'hidden-no-signature' | 'hidden-hosts-unknown' | null {
  if (party.recipient.kind !== 'sdk' || party.exchanges.length > 0) return null;
  if (party.signature === null) return 'hidden-no-signature';
  return party.signature.network === 'unknown' ? 'hidden-hosts-unknown' : null;
}

/** Whether the type is declared, but for somebody of the other side. */
function elsewhere(party: Party, dataType: string, input: VerdictInput): 'first-party' | 'sdk' | null {
  const declares = (other: Party): DeclaredAs['declared'] => declaredAs(other.entry, dataType, input.taxonomy).declared;
  const others = input.parties.filter((other) => other !== party && declares(other) === 'clear');
  if (others.some(({ recipient }) => recipient.kind === 'first-party')) return 'first-party';
  return others.length > 0 ? 'sdk' : null;
}

type Observation = Pick<
  Verdict,
  | 'observed'
  | 'count'
  | 'first_seen'
  | 'last_seen'
  | 'phases'
  | 'structural_only'
  | 'transforms'
  | 'hosts'
  | 'countries'
  | 'in_background'
  | 'per_minute_max'
  | 'series'
  | 'exchanges'
  | 'findings'
>;

function observation(party: Party, findings: readonly Finding[], input: VerdictInput): Observation {
  const times = findings.map(({ observedAt }) => observedAt).sort((a, b) => a - b);
  const exchanges = [...new Set(findings.map(({ exchange }) => exchange))].sort((a, b) => a - b);
  // A conversation of many messages is one exchange: its messages count each by itself.
  const sendings = [...new Map(findings.map((one) => [`${one.exchange} ${one.message}`, one.observedAt])).values()];
  const carrying = new Set(exchanges);
  const carriers = party.exchanges.filter(({ id }) => carrying.has(id));
  return {
    observed: findings.length > 0,
    count: findings.length,
    first_seen: times[0] === undefined ? null : new Date(times[0]).toISOString(),
    last_seen: times.length === 0 ? null : new Date(times.at(-1) as number).toISOString(),
    phases: countBy(findings.map(({ phase }) => phase)),
    structural_only: findings.length > 0 && findings.every(({ match }) => match === 'structure'),
    transforms: [...new Set(findings.map(({ transform }) => transform))].sort(),
    hosts: [...new Set(findings.map(({ host }) => host))].sort(),
    countries: [...new Set(carriers.map(input.countryOf).filter((code) => code !== null))].sort(),
    in_background: backgroundCount(input.evidence.marks, findings),
    per_minute_max: mostWithin(sendings, MINUTE_MS),
    series: minutes(sendings),
    exchanges,
    findings: findings.map(({ id }) => id).sort((a, b) => a - b),
  };
}

function backgroundCount(marks: readonly Mark[], findings: readonly Finding[]): number | null {
  const states = findings.map(({ observedAt }) => inBackgroundAt(marks, observedAt));
  return states.every((state) => state === null) ? null : states.filter((state) => state === true).length;
}

function minutes(times: readonly number[]): MinuteCount[] {
  const counts = new Map<number, number>();
  for (const time of times) {
    const minute = Math.floor(time / MINUTE_MS) * MINUTE_MS;
    counts.set(minute, (counts.get(minute) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([minute, count]) => ({ minute: new Date(minute).toISOString(), count }));
}

export function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of [...words].sort()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function reasonFor(
  verdict: VerdictKind,
  standing: Standing,
  blind: 'hidden-no-signature' | 'hidden-hosts-unknown' | null,
  party: Party,
  dataType: string,
  input: VerdictInput,
): VerdictReason {
  if (verdict === 'consistent') return 'seen-declared';
  if (verdict === 'vague') return 'seen-broader-term';
  if (verdict === 'undeclared') return 'seen-not-in-entry';
  if (verdict === 'undeclared-recipient') return 'seen-recipient-not-in-policy';
  if (standing === 'no-policy') return 'seen-no-policy';
  if (verdict === 'undecided') return blind ?? 'hidden-by-gap';
  if (party.signature?.network === 'none' && party.exchanges.length === 0) return 'not-seen-no-network';
  if (input.taxonomy.get(dataType)?.class === 'perm') return 'not-seen-not-visible';
  return wasLookedFor(dataType, input) ? 'not-seen' : 'not-seen-not-looked-for';
}

/**
 * Whether the device profile held a value of the type. Captures that do not say which types were looked for are taken to have
 * looked for all; generic terms are looked for through their kinds.
 */
function wasLookedFor(dataType: string, { evidence, taxonomy }: VerdictInput): boolean {
  const sought = evidence.capture.facts['sought'];
  if (typeof sought !== 'string' || taxonomy.get(dataType)?.class === 'gen') return true;
  return sought.split(',').includes(dataType);
}

/** Groups what the coverage ledger holds, most frequent first. */
export function coverageOf(evidence: CaptureEvidence): { kind: string; host: string | null; count: number }[] {
  const hosts = new Map(evidence.exchanges.map(({ id, request }) => [id, request.host]));
  const groups = new Map<string, { kind: string; host: string | null; count: number }>();
  for (const gap of evidence.gaps) {
    const host = hostOf(gap, hosts);
    const key = `${gap.gap.kind} ${host}`;
    const group = groups.get(key) ?? { kind: gap.gap.kind, host, count: 0 };
    group.count += 1;
    groups.set(key, group);
  }
  return [...groups.values()].sort(
    (a, b) =>
      b.count - a.count ||
      (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0) ||
      ((a.host ?? '') < (b.host ?? '') ? -1 : 1),
  );
}

function hostOf(gap: StoredGap, hosts: ReadonlyMap<number, string>): string | null {
  return gap.host ?? (gap.exchange === null ? null : (hosts.get(gap.exchange) ?? null));
}
