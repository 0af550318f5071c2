import type { MinuteCount, Verdict } from '../model/comparison.ts';
import type { CaptureEvidence, StoredExchange } from '../model/evidence.ts';
import type { Finding } from '../model/finding.ts';
import { inBackgroundAt, type Mark } from '../model/mark.ts';
import type { Party } from './parties.ts';
import { mostWithin } from './timeline.ts';

export interface ObservationInput {
  readonly evidence: CaptureEvidence;
  readonly countryOf: (exchange: StoredExchange) => string | null;
}

const MINUTE_MS = 60_000;

export type Observation = Pick<
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

/** What the traffic shows of one data type of one party, whatever the policy says. */
export function observationOf(
  party: Party,
  findings: readonly Finding[],
  { evidence, countryOf }: ObservationInput,
): Observation {
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
    countries: [...new Set(carriers.map(countryOf).filter((code) => code !== null))].sort(),
    in_background: backgroundCount(evidence.marks, findings),
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
