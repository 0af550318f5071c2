import type { Comparison, Verdict } from '../model/comparison.ts';
import { operatorError } from '../model/errors.ts';

/** What a comparison said of one recipient and data type, in short. */
export interface Earlier {
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
  readonly unchanged: readonly Earlier[];
}

/**
 * Compares with an earlier `telltale compare --format json` (or the JSON report, which holds one). Two verdicts are the same when
 * they say the same and break the same rules: counts and times differ from night to night. A comparison that was itself made with a
 * baseline holds what was unchanged beside its verdicts, so that nights can follow one another.
 *
 * @param file the parsed JSON. @throws TelltaleError `input-invalid` when it is no comparison.
 */
export function differenceFrom(file: unknown, path: string, now: Comparison): Difference {
  const before = new Map(earlierVerdicts(file, path).map((one) => [keyOf(one), one]));
  const present = new Set(now.verdicts.map(keyOf));
  const both = now.verdicts.flatMap((verdict) => {
    const one = before.get(keyOf(verdict));
    return one === undefined ? [] : [{ before: one, now: verdict, same: stateOf(one) === stateOf(stateNow(verdict)) }];
  });
  return {
    added: now.verdicts.filter((verdict) => !before.has(keyOf(verdict))),
    changed: both.filter(({ same }) => !same).map(({ before: one, now: verdict }) => ({ before: one, now: verdict })),
    unchanged: both.filter(({ same }) => same).map(({ now: verdict }) => stateNow(verdict)),
    gone: [...before.values()].filter((one) => !present.has(keyOf(one))),
  };
}

function keyOf({ recipient, data_type }: Pick<Earlier, 'recipient' | 'data_type'>): string {
  // Whatever ids the first party goes by, it is one.
  return JSON.stringify([recipient.kind, recipient.kind === 'first-party' ? '' : recipient.id, data_type]);
}

function stateOf({ verdict, rules }: Earlier): string {
  return [verdict, ...rules].join(' ');
}

/** A verdict of now as an earlier one is kept. */
export function stateNow({ recipient, data_type, verdict, violations }: Verdict): Earlier {
  return { recipient, data_type, verdict, rules: violations.map(({ rule }) => rule).sort(byNumber) };
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
  const difference = isRecord(holder) ? holder['baseline'] : null;
  const unchanged = isRecord(difference) && Array.isArray(difference['unchanged']) ? difference['unchanged'] : [];
  const read = (place: string) => (verdict: unknown, index: number) => {
    const one = earlierVerdict(verdict);
    if (one !== null) return one;
    throw operatorError('input-invalid', { path, place: `${place}/${index}`, expected: 'a verdict expected' });
  };
  return [...verdicts.map(read('/verdicts')), ...unchanged.map(read('/baseline/unchanged'))];
}

function earlierVerdict(value: unknown): Earlier | null {
  if (!isRecord(value) || !isRecord(value['recipient'])) return null;
  const broken = value['violations'] ?? value['rules'];
  if (!Array.isArray(broken)) return null;
  const { kind, id, name } = value['recipient'];
  const { data_type, verdict } = value;
  if (typeof data_type !== 'string' || typeof verdict !== 'string') return null;
  if (typeof kind !== 'string' || typeof id !== 'string') return null;
  const rules = broken.flatMap((one: unknown) => {
    const rule = isRecord(one) ? one['rule'] : one;
    return typeof rule === 'string' ? rule : [];
  });
  return {
    recipient: { kind, id, name: typeof name === 'string' ? name : id },
    data_type,
    verdict,
    rules: rules.sort(byNumber),
  };
}

/** R2 before R10. */
function byNumber(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
