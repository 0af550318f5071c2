import type { KnownValue } from './known-value.ts';
import type { Meaning } from './pattern.ts';

/** More meanings than the memory of any machine holds lists of. */
const MEANINGS_MAX = 2 ** 26;

/** Lists of meanings by their numbers, each kept once: a hundred thousand patterns share a few thousand. */
export class MeaningLists {
  /** The number of the list without any. */
  static readonly NONE = 0;
  readonly lists: (readonly Meaning[])[] = [[]];
  readonly #meanings: Meaning[] = [];
  readonly #numbers = new Map<KnownValue, Map<string, number>>();
  /** What became of a list and a meaning before. */
  readonly #joined = new Map<number, number>();

  /** The number of a meaning. */
  meaning(known: KnownValue, transform: string): number {
    const numbers = this.#numbers.get(known) ?? new Map<string, number>();
    this.#numbers.set(known, numbers);
    let number = numbers.get(transform);
    if (number === undefined) {
      const { dataType, valueIndex, value } = known;
      number = this.#meanings.push({ dataType, valueIndex, value, transform }) - 1;
      numbers.set(transform, number);
    }
    return number;
  }

  /** A list with a meaning behind it; the same list when it says something of that value already. */
  with(list: number, meaning: number): number {
    const key = list * MEANINGS_MAX + meaning;
    const before = this.#joined.get(key);
    if (before !== undefined) return before;
    const added = this.#meanings[meaning] as Meaning;
    const present = this.lists[list] as readonly Meaning[];
    const isTold = present.some(
      ({ dataType, valueIndex }) => dataType === added.dataType && valueIndex === added.valueIndex,
    );
    const joined = isTold ? list : this.lists.push([...present, added]) - 1;
    this.#joined.set(key, joined);
    return joined;
  }
}
