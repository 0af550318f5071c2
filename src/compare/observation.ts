import type { MinuteCount, Verdict } from '../model/comparison.ts';
import type { Finding } from '../model/finding.ts';
import type { ExchangeIndex } from './exchange-index.ts';
import type { Party } from './parties.ts';
import { mostWithin } from './timeline.ts';

export interface ObservationInput {
  readonly index: ExchangeIndex;
  readonly inBackground: (at: number) => boolean | null;
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

/**
 * What the traffic shows of one data type of one party, whatever the policy says.
 * @param findings in the order of time.
 */
export function observationOf(
  { traffic }: Party,
  findings: readonly Finding[],
  { index, inBackground }: ObservationInput,
): Observation {
  const exchanges = exchangesOf(findings);
  const sendings = sendingsOf(findings);
  const first = findings[0];
  const last = findings.at(-1);
  return {
    observed: first !== undefined,
    count: findings.length,
    first_seen: first === undefined ? null : new Date(first.observedAt).toISOString(),
    last_seen: last === undefined ? null : new Date(last.observedAt).toISOString(),
    phases: countBy(findings.map(({ phase }) => phase)),
    structural_only: first !== undefined && findings.every(({ match }) => match === 'structure'),
    transforms: [...new Set(findings.map(({ transform }) => transform))].sort(),
    hosts: [...new Set(findings.map(({ host }) => host))].sort(),
    countries: traffic.countries.length === 0 ? [] : countriesOf(exchanges, index),
    in_background: backgroundCount(findings, inBackground),
    per_minute_max: mostWithin(sendings, MINUTE_MS),
    series: minutes(sendings),
    exchanges,
    findings: findings.map(({ id }) => id).sort((a, b) => a - b),
  };
}

/** The moments of the requests that carried it. A conversation of many messages is one exchange: its messages count each by itself. */
function sendingsOf(findings: readonly Finding[]): number[] {
  const times: number[] = [];
  const messages = new Map<string, number>();
  let last: number | null = null;
  for (const { exchange, message, observedAt } of findings) {
    if (message !== null) messages.set(`${exchange} ${message}`, observedAt);
    else if (exchange !== last) times.push(observedAt);
    if (message === null) last = exchange;
  }
  return messages.size === 0 ? times : [...times, ...messages.values()];
}

/** The exchanges of findings, ascending. Findings of one stand together, and most come in the order of their exchanges. */
export function exchangesOf(findings: readonly Finding[]): number[] {
  const ids: number[] = [];
  let isAscending = true;
  let last = Number.NEGATIVE_INFINITY;
  for (const { exchange } of findings) {
    if (exchange === last) continue;
    if (exchange < last) isAscending = false;
    last = exchange;
    ids.push(exchange);
  }
  return isAscending ? ids : [...new Set(ids)].sort((a, b) => a - b);
}

function countriesOf(exchanges: readonly number[], index: ExchangeIndex): string[] {
  const countries = new Set<string>();
  for (const id of exchanges) {
    const country = index.countryOf(id);
    if (country !== null) countries.add(country);
  }
  return [...countries].sort();
}

function backgroundCount(findings: readonly Finding[], inBackground: ObservationInput['inBackground']): number | null {
  const states = findings.map(({ observedAt }) => inBackground(observedAt));
  return states.every((state) => state === null) ? null : states.filter((state) => state === true).length;
}

function minutes(times: readonly number[]): MinuteCount[] {
  const counts = new Map<number, number>();
  // Most times come in order: a minute is counted to its end before it is noted.
  let [current, sofar] = [0, 0];
  const note = () => {
    if (sofar > 0) counts.set(current, (counts.get(current) ?? 0) + sofar);
  };
  for (const time of times) {
    if (time >= current && time < current + MINUTE_MS) sofar += 1;
    else {
      note();
      [current, sofar] = [Math.floor(time / MINUTE_MS) * MINUTE_MS, 1];
    }
  }
  note();
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([minute, count]) => ({ minute: new Date(minute).toISOString(), count }));
}

/** How often each word stands in a list, sorted by word. */
export function countBy(words: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
