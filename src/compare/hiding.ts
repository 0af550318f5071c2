import type { CaptureEvidence, StoredGap } from '../model/evidence.ts';
import type { GapKind } from '../model/gaps.ts';
import type { Recipient } from '../model/recipient.ts';
import type { Signature } from '../model/signature.ts';
import type { ExchangeIndex } from './exchange-index.ts';
import type { Party } from './parties.ts';
import { keyOf } from './traffic.ts';

/** Gaps that tell of something done, not of something unread: behind them everything was looked at. */
const HIDES_NOTHING: ReadonlySet<GapKind> = new Set<GapKind>(['quic-offered', 'body-not-kept']);

/** Ids of gaps that a verdict lists; their number is told whole. */
const GAPS_LISTED_MAX = 100;

/** Gaps behind which data of one party could have gone out. */
export interface Hiding {
  readonly count: number;
  /** The first ids of them, those of the party itself before those that could hide anybody. */
  readonly ids: readonly number[];
}

/** The gaps of one capture, ready to be asked whom they could hide. */
export interface HidingGaps {
  behind(party: Party): Hiding;
}

/**
 * Sorts the gaps by whom they could hide.
 *
 * A gap belongs to the recipient that it names, else to that of its exchange, else to the SDKs whose hosts include its host. A gap
 * that fits nobody (a tunnel to a bare address, a refused handshake without a name) could hide anybody. What a server sent back
 * unread hides nothing that the phone sent.
 */
export function hidingGaps(
  evidence: CaptureEvidence,
  signatures: readonly Signature[],
  index: ExchangeIndex,
): HidingGaps {
  const claimedBy = claimants(signatures);
  const byParty = new Map<string, { count: number; ids: number[] }>();
  const anybody = { count: 0, ids: [] as number[] };
  const add = (list: { count: number; ids: number[] }, { id }: StoredGap) => {
    list.count += 1;
    if (list.count <= GAPS_LISTED_MAX) list.ids.push(id);
  };
  for (const gap of evidence.gaps) {
    if (hidesNothingSent(gap)) continue;
    const keys = owners(gap, index, claimedBy);
    if (keys.length === 0) add(anybody, gap);
    for (const key of keys) {
      const list = byParty.get(key) ?? { count: 0, ids: [] };
      byParty.set(key, list);
      add(list, gap);
    }
  }
  return {
    behind: (party) => {
      const own = byParty.get(keyOf(party.recipient));
      const ids = [...(own?.ids ?? []), ...anybody.ids].slice(0, GAPS_LISTED_MAX);
      return { count: (own?.count ?? 0) + anybody.count, ids };
    },
  };
}

/** The SDKs whose hosts include a host, each host looked up once. */
function claimants(signatures: readonly Signature[]): (host: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (host) => {
    const found =
      known.get(host) ??
      signatures
        .filter((one) => one.hosts.some((rule) => hostFits(rule.host, host)))
        .map(({ id }) => keyOf({ kind: 'sdk', id, name: id }));
    known.set(host, found);
    return found;
  };
}

function hidesNothingSent({ gap, exchange }: StoredGap): boolean {
  if (HIDES_NOTHING.has(gap.kind) || gap.at[0] === 'response') return true;
  // The server failed, but the request was read: as far as it was not, another gap says so.
  return gap.kind === 'upstream-failed' && exchange !== null;
}

function owners(
  gap: StoredGap,
  index: ExchangeIndex,
  claimedBy: (host: string) => readonly string[],
): readonly string[] {
  const named: Recipient | null =
    gap.recipient ?? (gap.exchange === null ? null : index.get(gap.exchange)?.recipient) ?? null;
  if (named !== null && named.kind !== 'third-party') return [keyOf(named)];
  const host = gap.host?.toLowerCase() ?? null;
  const claimed = host === null ? [] : claimedBy(host);
  if (claimed.length > 0) return claimed;
  // A bare address is nobody's name: whoever sits behind it, the first party's push channel or an SDK's, stays unknown.
  if (named === null || (gap.exchange === null && isAddress(named.id))) return [];
  return [keyOf(named)];
}

/** `a.example` fits itself; `*.example` fits every name below example. */
export function hostFits(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1).toLowerCase()) : pattern.toLowerCase() === host;
}

function isAddress(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':');
}
