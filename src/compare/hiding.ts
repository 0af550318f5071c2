import type { CaptureEvidence, StoredGap } from '../model/evidence.ts';
import type { GapKind } from '../model/gaps.ts';
import type { Recipient } from '../model/recipient.ts';
import type { Signature } from '../model/signature.ts';
import { keyOf, type Party } from './parties.ts';

/** Gaps that tell of something done, not of something unread: behind them everything was looked at. */
const HIDES_NOTHING: ReadonlySet<GapKind> = new Set<GapKind>(['quic-offered', 'body-not-kept']);

/** The gaps of one capture, ready to be asked whom they could hide. */
export interface HidingGaps {
  /** Gaps behind which data for this party could have gone out, by id in the evidence. */
  behind(party: Party): readonly StoredGap[];
}

/**
 * Sorts the gaps by whom they could hide.
 *
 * A gap belongs to the recipient that it names, else to that of its exchange, else to the SDKs whose hosts include its host. A gap
 * that fits nobody (a tunnel to a bare address, a refused handshake without a name) could hide anybody. What a server sent back
 * unread hides nothing that the phone sent.
 */
export function hidingGaps(evidence: CaptureEvidence, signatures: readonly Signature[]): HidingGaps {
  const recipients = new Map(evidence.exchanges.map(({ id, recipient }) => [id, recipient]));
  const byParty = new Map<string, StoredGap[]>();
  const anybody: StoredGap[] = [];
  for (const gap of evidence.gaps) {
    if (hidesNothingSent(gap)) continue;
    const keys = owners(gap, recipients, signatures);
    if (keys.length === 0) anybody.push(gap);
    for (const key of keys) {
      const list = byParty.get(key);
      if (list === undefined) byParty.set(key, [gap]);
      else list.push(gap);
    }
  }
  return { behind: (party) => [...(byParty.get(keyOf(party.recipient)) ?? []), ...anybody] };
}

function hidesNothingSent({ gap, exchange }: StoredGap): boolean {
  if (HIDES_NOTHING.has(gap.kind) || gap.at[0] === 'response') return true;
  // The server failed, but the request was read: as far as it was not, another gap says so.
  return gap.kind === 'upstream-failed' && exchange !== null;
}

function owners(
  gap: StoredGap,
  recipients: ReadonlyMap<number, Recipient>,
  signatures: readonly Signature[],
): readonly string[] {
  const named = gap.recipient ?? (gap.exchange === null ? null : (recipients.get(gap.exchange) ?? null));
  if (named !== null && named.kind !== 'third-party') return [keyOf(named)];
  const host = gap.host?.toLowerCase() ?? null;
  const claimed = host === null ? [] : signatures.filter((one) => one.hosts.some((rule) => hostFits(rule.host, host)));
  if (claimed.length > 0) return claimed.map(({ id }) => keyOf({ kind: 'sdk', id, name: id }));
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
