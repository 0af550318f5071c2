import type { Verdict, VerdictKind, VerdictReason } from '../model/comparison.ts';
import { covers, type Taxonomy } from '../model/data-type.ts';
import type { CaptureEvidence } from '../model/evidence.ts';
import type { Finding } from '../model/finding.ts';
import { declaredAs } from './declared.ts';
import type { Statement } from './entry.ts';
import type { Hiding, HidingGaps } from './hiding.ts';
import { judgePair, type Standing } from './judge-pair.ts';
import { type ObservationInput, observationOf } from './observation.ts';
import { ownHostsUnknown, type Party } from './parties.ts';

export interface VerdictInput extends ObservationInput {
  readonly hasPolicy: boolean;
  /** No exchange was captured: then nothing was looked at, and not seeing proves nothing. */
  readonly nothingCaptured: boolean;
  readonly evidence: CaptureEvidence;
  /** The parties for whom the policy declares a type clearly. */
  readonly declarers: (dataType: string) => readonly Party[];
  /** Whether a third party got a type, or one of its kinds. */
  readonly strangerGot: (dataType: string) => boolean;
  readonly gaps: HidingGaps;
  readonly taxonomy: Taxonomy;
}

/** A verdict and the findings behind it, in the order of time. */
export interface Judged {
  readonly verdict: Verdict;
  readonly party: Party;
  readonly findings: readonly Finding[];
}

/** Judges every data type that a party is said to get or was seen to get, in the order of the taxonomy. */
export function verdictsOf(party: Party, input: VerdictInput): Judged[] {
  const { sent } = party.traffic;
  const declared = [...(party.entry?.types.keys() ?? [])].filter((type) => !hasMembers(type, party, input));
  const types = [...new Set([...sent.keys(), ...declared])].sort(byTaxonomy(input.taxonomy));
  return types.flatMap((type) => {
    const findings = sent.get(type) ?? [];
    const verdict = verdictOf(party, type, findings, input);
    return verdict === null ? [] : [{ verdict, party, findings }];
  });
}

/** Looks up for whom a type is declared, each type once. */
export function declarersAmong(parties: readonly Party[], taxonomy: Taxonomy): VerdictInput['declarers'] {
  const known = new Map<string, readonly Party[]>();
  return (type) => {
    const found =
      known.get(type) ??
      parties.filter(({ entry }) => declaredAs(entry?.types ?? NOTHING, type, taxonomy).declared === 'clear');
    known.set(type, found);
    return found;
  };
}

/** Tells whether a third party got a type, or something that the type covers. */
export function receivedByStrangers(parties: readonly Party[], taxonomy: Taxonomy): VerdictInput['strangerGot'] {
  const got = new Set(
    parties.flatMap(({ recipient, traffic }) => (recipient.kind === 'third-party' ? [...traffic.sent.keys()] : [])),
  );
  return (type) => got.has(type) || [...got].some((other) => covers(taxonomy, type, other));
}

/**
 * A heading (设备信息：IMEI、MAC) needs no verdict of its own when its members have theirs, and what holds a type that was seen
 * (Wi-Fi信息 an SSID) was not unobserved: the member's verdict says what there is to say.
 */
function hasMembers(type: string, party: Party, { taxonomy }: VerdictInput): boolean {
  const { sent } = party.traffic;
  if (sent.has(type)) return false;
  const holds = (other: string) => other !== type && covers(taxonomy, type, other);
  if ([...sent.keys()].some(holds)) return true;
  return taxonomy.get(type)?.class === 'gen' && [...(party.entry?.types.keys() ?? [])].some(holds);
}

function byTaxonomy(taxonomy: Taxonomy): (a: string, b: string) => number {
  const order = new Map([...taxonomy.keys()].map((id, index) => [id, index]));
  return (a, b) => (order.get(a) ?? order.size) - (order.get(b) ?? order.size) || (a < b ? -1 : a > b ? 1 : 0);
}

const NOTHING: ReadonlyMap<string, Statement> = new Map();

const UNHIDDEN: Hiding = { count: 0, ids: [] };

function verdictOf(party: Party, dataType: string, findings: readonly Finding[], input: VerdictInput): Verdict | null {
  const { entry } = party;
  const standing: Standing = !input.hasPolicy ? 'no-policy' : entry === null ? 'not-in-policy' : 'in-policy';
  const as = declaredAs(entry?.types ?? NOTHING, dataType, input.taxonomy);
  const other = as.declared === 'omitted' ? declaredAs(entry?.elsewhere ?? NOTHING, dataType, input.taxonomy) : null;
  const statement = as.statement ?? other?.statement ?? null;
  const observed = findings.length > 0;
  const hiding = observed ? UNHIDDEN : input.gaps.behind(party);
  const blind = observed ? null : blindness(party, dataType, hiding.count, input);
  const verdict = judgePair(standing, as.declared, observed, hiding.count > 0 || blind !== null);
  if (verdict === null) return null;
  return {
    recipient: party.recipient,
    data_type: dataType,
    declared: as.declared,
    declared_quote: statement?.quote ?? null,
    declared_words: statement?.words ?? null,
    declared_platforms: statement?.scope.platforms ?? null,
    declared_optional: statement?.scope.optional ?? null,
    declared_by: as.by,
    declared_name: entry?.name ?? null,
    declared_text: statement?.text ?? entry?.text ?? null,
    declared_elsewhere: as.declared === 'omitted' ? elsewhere(party, dataType, input) : null,
    ...observationOf(party, findings, input),
    verdict,
    because:
      verdict === 'undeclared' && other?.statement
        ? 'seen-declared-for-other-system'
        : reasonFor(verdict, standing, blind, party, dataType, input),
    violations: [],
    hidden_by: hiding.ids,
    hidden_count: hiding.count,
  };
}

type Blindness = Extract<
  VerdictReason,
  'nothing-captured' | 'hidden-no-signature' | 'hidden-hosts-unknown' | 'hidden-own-hosts-unknown'
>;

/** Why a party could not have been seen even without a gap. */
function blindness(party: Party, dataType: string, gaps: number, input: VerdictInput): Blindness | null {
  const { recipient, traffic, signature } = party;
  const unseen = recipient.kind === 'sdk' && traffic.exchanges === 0;
  if (unseen && signature === null) return 'hidden-no-signature';
  if (unseen && signature?.network === 'unknown') return 'hidden-hosts-unknown';
  // What went to no stranger did not go to the app's own servers among them.
  if (ownHostsUnknown(party, input.evidence) && input.strangerGot(dataType)) return 'hidden-own-hosts-unknown';
  return input.nothingCaptured && gaps === 0 ? 'nothing-captured' : null;
}

/** Whether the type is declared, but for somebody of the other side. */
function elsewhere(party: Party, dataType: string, input: VerdictInput): 'first-party' | 'sdk' | null {
  const others = input.declarers(dataType).filter((other) => other !== party);
  if (others.some(({ recipient }) => recipient.kind === 'first-party')) return 'first-party';
  return others.length > 0 ? 'sdk' : null;
}

function reasonFor(
  verdict: VerdictKind,
  standing: Standing,
  blind: Blindness | null,
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
  if (party.signature?.network === 'none' && party.traffic.exchanges === 0) return 'not-seen-no-network';
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
