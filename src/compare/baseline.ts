import type { Comparison, Verdict } from '../model/comparison.ts';
import { operatorError } from '../model/errors.ts';

/** What an earlier comparison said of one recipient and data type. */
interface Earlier {
  readonly recipient: { readonly kind: string; readonly id: string; readonly name: string };
  readonly data_type: string;
  readonly verdict: string;
  readonly rules: readonly string[];
}

export interface Difference {
  /** The verdicts on what was not there before. */
  readonly added: readonly Verdict[];
  /** Verdicts that are not what they were: another kind, or other rules broken. */
  readonly changed: readonly { readonly before: Earlier; readonly now: Verdict }[];
  readonly gone: readonly Earlier[];
}

/**
 * Compares with an earlier `telltale compare --format json` (or the JSON report, which holds one). Two verdicts are the same when
 * they say the same and break the same rules: counts and times differ from night to night.
 *
 * @param file the parsed JSON. @throws TelltaleError `input-invalid` when it is no comparison.
 */
export function differenceFrom(file: unknown, path: string, now: Comparison): Difference {
  const before = new Map(earlierVerdicts(file, path).map((one) => [keyOf(one), one]));
  const present = new Set(now.verdicts.map(keyOf));
  return {
    added: now.verdicts.filter((verdict) => !before.has(keyOf(verdict))),
    changed: now.verdicts.flatMap((verdict) => {
      const one = before.get(keyOf(verdict));
      return one === undefined || stateOf(one) === stateOf(earlierOf(verdict)) ? [] : [{ before: one, now: verdict }];
    }),
    gone: [...before.values()].filter((one) => !present.has(keyOf(one))),
  };
}

function keyOf({ recipient, data_type }: Pick<Earlier, 'recipient' | 'data_type'>): string {
  return JSON.stringify([recipient.kind, recipient.id, data_type]);
}

function stateOf({ verdict, rules }: Earlier): string {
  return [verdict, ...rules].join(' ');
}

function earlierOf({ recipient, data_type, verdict, violations }: Verdict): Earlier {
  return { recipient, data_type, verdict, rules: violations.map(({ rule }) => rule).sort() };
}

function earlierVerdicts(file: unknown, path: string): Earlier[] {
  const holder = isRecord(file) && isRecord(file['comparison']) ? file['comparison'] : file;
  const verdicts = isRecord(holder) ? holder['verdicts'] : null;
  if (!Array.isArray(verdicts)) {
    throw operatorError('input-invalid', {
      path,
      place: '/verdicts',
      expected: 'the JSON of an earlier telltale compare expected',
    });
  }
  return verdicts.map((verdict: unknown, index) => {
    const one = earlierVerdict(verdict);
    if (one !== null) return one;
    throw operatorError('input-invalid', { path, place: `/verdicts/${index}`, expected: 'a verdict expected' });
  });
}

function earlierVerdict(value: unknown): Earlier | null {
  if (!isRecord(value) || !isRecord(value['recipient']) || !Array.isArray(value['violations'])) return null;
  const { kind, id, name } = value['recipient'];
  const { data_type, verdict } = value;
  if (typeof data_type !== 'string' || typeof verdict !== 'string') return null;
  if (typeof kind !== 'string' || typeof id !== 'string') return null;
  const rules = value['violations'].flatMap((one: unknown) =>
    isRecord(one) && typeof one['rule'] === 'string' ? one['rule'] : [],
  );
  return {
    recipient: { kind, id, name: typeof name === 'string' ? name : id },
    data_type,
    verdict,
    rules: rules.sort(),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
