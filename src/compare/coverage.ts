import type { CoverageGap } from '../model/comparison.ts';
import type { Declaration } from '../model/declaration.ts';
import type { CaptureEvidence, StoredGap } from '../model/evidence.ts';
import type { ExchangeIndex } from './exchange-index.ts';

/**
 * Groups what the coverage ledger holds, most frequent first. A capture without any exchange has an empty ledger as well as one in
 * which all was seen: it says so in a group of its own, as what of the policy was not read does.
 */
export function coverageOf(
  evidence: CaptureEvidence,
  index: ExchangeIndex,
  declaration: Declaration | null,
): CoverageGap[] {
  const groups = new Map<string, { kind: string; host: string | null; count: number }>();
  if (evidence.contacts.length === 0) groups.set('', { kind: 'nothing-captured', host: null, count: 1 });
  const unread = (declaration?.unread ?? []).reduce((sum, { count }) => sum + count, 0);
  if (unread > 0) groups.set('policy', { kind: 'policy-part-unread', host: null, count: unread });
  for (const gap of evidence.gaps) {
    const host = hostOf(gap, index);
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

function hostOf(gap: StoredGap, index: ExchangeIndex): string | null {
  return gap.host ?? (gap.exchange === null ? null : (index.get(gap.exchange)?.request.host ?? null));
}
