import type { Detection } from '../model/finding.ts';
import { isSentinel } from './patterns/sentinel.ts';

/** One sighting of a value in a field whose name says what it is. */
export interface Sighting {
  readonly exchange: number;
  readonly host: string;
  readonly app: string | null;
  readonly detection: Pick<Detection, 'dataType' | 'field' | 'transform' | 'value' | 'match'>;
}

/** A value that the operator may want to add to the device's profile, and what speaks for it. */
export interface Proposal {
  readonly dataType: string;
  readonly value: string;
  /** Set when only this app was seen to send it: on Android 8 and later, apps are given ids of their own. */
  readonly app: string | null;
  readonly fields: readonly string[];
  readonly hosts: readonly string[];
  /** Exchanges in which it was seen, in order. */
  readonly exchanges: readonly number[];
}

/** Exchanges in which a value must be seen before it is proposed. */
const EXCHANGES_MIN = 3;
/** Share of a field's sightings that must show the value: ids stay the same, session numbers do not. */
const SHARE_MIN = 0.8;

/**
 * Proposes values that fields confirmed by name and form keep sending.
 *
 * @param identifiers ids of the data types that identify a device or a person; others are not worth a profile.
 * @param known values that the profile holds already.
 */
export function proposeValues(
  sightings: readonly Sighting[],
  identifiers: ReadonlySet<string>,
  known: ReadonlySet<string>,
): readonly Proposal[] {
  const fields = new Map<string, Map<string, Sighting[]>>();
  for (const sighting of sightings) {
    const { dataType, field, transform, value, match } = sighting.detection;
    if (match === 'known-value' || transform !== 'plain' || field === null) continue;
    if (!identifiers.has(dataType) || known.has(value) || isSentinel(value)) continue;
    const key = [sighting.app, sighting.host, dataType, field].join('\n');
    const values = fields.get(key) ?? new Map<string, Sighting[]>();
    values.set(value, [...(values.get(value) ?? []), sighting]);
    fields.set(key, values);
  }
  const steady: Sighting[] = [];
  for (const values of fields.values()) {
    const total = [...values.values()].reduce((sum, list) => sum + list.length, 0);
    for (const list of values.values()) if (list.length / total >= SHARE_MIN) steady.push(...list);
  }
  return proposalsOf(steady);
}

/** Joins what different fields and hosts were sent; most often seen first. */
function proposalsOf(steady: readonly Sighting[]): readonly Proposal[] {
  const byValue = new Map<string, Sighting[]>();
  for (const sighting of steady) {
    const key = `${sighting.detection.dataType}\n${sighting.detection.value}`;
    byValue.set(key, [...(byValue.get(key) ?? []), sighting]);
  }
  const proposals = [...byValue.values()].flatMap((list) => {
    const exchanges = [...new Set(list.map(({ exchange }) => exchange))].sort((a, b) => a - b);
    const first = list[0];
    if (first === undefined || exchanges.length < EXCHANGES_MIN) return [];
    const apps = new Set(list.map(({ app }) => app));
    const sorted = (texts: readonly string[]) => [...new Set(texts)].sort();
    return [
      {
        dataType: first.detection.dataType,
        value: first.detection.value,
        app: apps.size === 1 ? first.app : null,
        fields: sorted(list.map(({ detection }) => detection.field as string)),
        hosts: sorted(list.map(({ host }) => host)),
        exchanges,
      },
    ];
  });
  return proposals.sort((a, b) => b.exchanges.length - a.exchanges.length || a.dataType.localeCompare(b.dataType));
}
