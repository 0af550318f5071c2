import type { Verdict, VerdictKind, VerdictReason } from '../model/comparison.ts';
import { covers, type Taxonomy } from '../model/data-type.ts';
import type { Finding } from '../model/finding.ts';
import { type DeclaredAs, declaredAs } from './declared.ts';
import type { HidingGaps } from './hiding.ts';
import { judgePair, type Standing } from './judge-pair.ts';
import { type ObservationInput, observationOf } from './observation.ts';
import type { Party } from './parties.ts';

export interface VerdictInput extends ObservationInput {
  readonly hasPolicy: boolean;
  readonly parties: readonly Party[];
  readonly gaps: HidingGaps;
  readonly taxonomy: Taxonomy;
}

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
    ...observationOf(party, findings, input),
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
