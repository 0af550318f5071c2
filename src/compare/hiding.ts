import type { CaptureEvidence, StoredGap } from '../model/evidence.ts';
import type { GapKind } from '../model/gaps.ts';
import type { Recipient } from '../model/recipient.ts';
import type { Signature } from '../model/signature.ts';
import type { ExchangeIndex } from './exchange-index.ts';
import { ownHostsUnknown, type Party } from './parties.ts';
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
 * A gap belongs to the recipient that it names, else to that of its exchange, else to the SDKs whose hosts include its host. Behind a
 * name of a vendor's own domain that no signature knows could be any SDK of the vendor, whose servers are never known to the last. A gap
 * that fits nobody (a tunnel to a bare address, a refused handshake without a name) could hide anybody. A stranger's gap could hide the
 * first party too, as long as nobody knows the first party's hosts. What a server sent back unread hides nothing that the phone sent.
 */
export function hidingGaps(
  evidence: CaptureEvidence,
  signatures: readonly Signature[],
  index: ExchangeIndex,
): HidingGaps {
  const claimedBy = claimants(signatures);
  const byParty = new Map<string, GapList>();
  const anybody: GapList = { count: 0, ids: [] };
  const strangers: GapList = { count: 0, ids: [] };
  for (const gap of evidence.gaps) {
    if (hidesNothingSent(gap)) continue;
    const keys = owners(gap, index, claimedBy);
    if (keys.length === 0) add(anybody, gap);
    if (keys.some((key) => key.startsWith('third-party '))) add(strangers, gap);
    for (const key of keys) {
      const list = byParty.get(key) ?? { count: 0, ids: [] };
      byParty.set(key, list);
      add(list, gap);
    }
  }
  return {
    behind: (party) => {
      const own = byParty.get(keyOf(party.recipient));
      const lists = [...(own ? [own] : []), anybody, ...(ownHostsUnknown(party, evidence) ? [strangers] : [])];
      return {
        count: lists.reduce((sum, { count }) => sum + count, 0),
        ids: lists.flatMap(({ ids }) => ids).slice(0, GAPS_LISTED_MAX),
      };
    },
  };
}

interface GapList {
  count: number;
  readonly ids: number[];
}

function add(list: GapList, { id }: StoredGap): void {
  list.count += 1;
  if (list.count <= GAPS_LISTED_MAX) list.ids.push(id);
}

/** Keys of the SDKs that may stand behind a host. */
interface Claimants {
  readonly keys: readonly string[];
  /** Rules of theirs name the host; else it only lies in their vendor's domain. */
  readonly byRule: boolean;
}

/** The SDKs that may stand behind a host, each host looked up once. */
function claimants(signatures: readonly Signature[]): (host: string) => Claimants {
  const known = new Map<string, Claimants>();
  const keysOf = (fits: (signature: Signature) => boolean) =>
    signatures.filter(fits).map(({ id }) => keyOf({ kind: 'sdk', id, name: id }));
  const named = (host: string) => keysOf(({ hosts }) => hosts.some((rule) => hostFits(rule.host, host)));
  const owned = (host: string) =>
    keysOf(
      ({ vendor, network }) =>
        network !== 'none' && vendor.domains.some((domain) => host === domain || host.endsWith(`.${domain}`)),
    );
  const lookUp = (host: string): Claimants => {
    const keys = named(host);
    return keys.length > 0 ? { keys, byRule: true } : { keys: owned(host), byRule: false };
  };
  return (host) => {
    const found = known.get(host) ?? lookUp(host);
    known.set(host, found);
    return found;
  };
}

function hidesNothingSent({ gap, exchange }: StoredGap): boolean {
  if (HIDES_NOTHING.has(gap.kind) || gap.at[0] === 'response') return true;
  // The server failed, but the request was read: as far as it was not, another gap says so.
  return gap.kind === 'upstream-failed' && exchange !== null;
}

function owners(gap: StoredGap, index: ExchangeIndex, claimedBy: (host: string) => Claimants): readonly string[] {
  const exchange = gap.exchange === null ? null : index.get(gap.exchange);
  const named: Recipient | null = gap.recipient ?? exchange?.recipient ?? null;
  if (named !== null && named.kind !== 'third-party') return [keyOf(named)];
  const host = (gap.host ?? exchange?.request.host)?.toLowerCase() ?? null;
  const claimed = host === null ? null : claimedBy(host);
  if (exchange === null && claimed?.byRule) return claimed.keys;
  const keys = claimed?.keys ?? [];
  // A bare address is nobody's name: whoever sits behind it, the first party's push channel or an SDK's, stays unknown.
  if (named === null || (exchange === null && isAddress(named.id))) return keys;
  return [...keys, keyOf(named)];
}

/** `a.example` fits itself; `*.example` fits every name below example. */
export function hostFits(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1).toLowerCase()) : pattern.toLowerCase() === host;
}

function isAddress(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':');
}
