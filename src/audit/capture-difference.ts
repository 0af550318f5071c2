import { EvidenceReader } from '../evidence/evidence-reader.ts';
import type { EvidenceSecret } from '../evidence/protection.ts';

/** One line of what changed between two captures. */
export interface Difference {
  readonly change: 'new' | 'gone' | 'more' | 'less';
  readonly what: 'recipient' | 'host' | 'data-type';
  readonly recipient: string;
  /** Host or data type; null for recipients. */
  readonly name: string | null;
  /** Exchanges (of recipients and hosts) or findings (of data types). */
  readonly before: number;
  readonly now: number;
}

/**
 * What changed between two captures of a file: recipients, hosts and data types that are new or gone. Counts alone count as a change
 * for data types only, and only from double or to half: nights are never alike.
 */
export function captureDifference(
  db: string,
  before: string,
  now: string,
  secret: EvidenceSecret | null,
): readonly Difference[] {
  const reader = EvidenceReader.open(db, { secret });
  try {
    const [earlier, later] = [countsOf(reader, before), countsOf(reader, now)];
    const keys = [...new Set([...earlier.keys(), ...later.keys()])].sort();
    return keys.flatMap((key) => {
      const [what, recipient, name] = JSON.parse(key) as [Difference['what'], string, string | null];
      const [past, present] = [earlier.get(key) ?? 0, later.get(key) ?? 0];
      const change = changeOf(what, past, present);
      return change === null ? [] : [{ change, what, recipient, name, before: past, now: present }];
    });
  } finally {
    reader.close();
  }
}

function changeOf(what: Difference['what'], before: number, now: number): Difference['change'] | null {
  if (before === 0) return 'new';
  if (now === 0) return 'gone';
  if (what !== 'data-type') return null;
  return now >= before * 2 ? 'more' : now * 2 <= before ? 'less' : null;
}

function countsOf(reader: EvidenceReader, capture: string): ReadonlyMap<string, number> {
  const selection = { capture, limit: null };
  const counts = new Map<string, number>();
  const add = (what: Difference['what'], recipient: string, name: string | null, count: number) => {
    const key = JSON.stringify([what, recipient, name]);
    counts.set(key, (counts.get(key) ?? 0) + count);
  };
  for (const { host, recipient, exchanges } of reader.hosts(selection)) add('host', recipient.id, host, exchanges);
  for (const { recipient, exchanges, dataTypes } of reader.recipients(selection)) {
    add('recipient', recipient.id, null, exchanges);
    for (const [dataType, count] of Object.entries(dataTypes)) add('data-type', recipient.id, dataType, count);
  }
  return counts;
}
