import { Sieve } from '../sieve/sieve.ts';

/** A number that is looked for, and how far off a number that counts as it may be. */
export interface Wanted {
  readonly value: number;
  readonly tolerance: number;
}

export const OTHER = 0;
export const DIGIT = 1;
export const WORD = 2;

/**
 * What a byte is to a number that stands beside it. A point counts as part of a word: what follows one is no number of its own. `x` and
 * `_` are what some write between the two numbers of a place.
 */
export const KIND: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code >= 48 && code <= 57) return DIGIT;
  const lower = code | 32;
  return code === 46 || (lower >= 97 && lower <= 122 && lower !== 120) ? WORD : OTHER;
});

const ZERO = '0';

/**
 * Which numbers are worth a closer look, told as early as can be: by what stands before them and their first two characters where they
 * are written out, then by their size. Nearly every number of all traffic is passed over by it.
 */
export class WantedNumbers {
  /** Where a wanted number can begin, by its first byte and the one before it. */
  readonly begins: Sieve;
  readonly #firsts = new Uint8Array(256);
  /** Whether one can, by its first two bytes. */
  readonly #starts = new Uint8Array(65_536);
  readonly #whole: Float64Array;
  readonly #fractions: Float64Array;

  constructor(whole: readonly Wanted[], fractions: readonly Wanted[]) {
    this.#whole = rangesOf(whole);
    this.#fractions = rangesOf(fractions);
    this.#allow(this.#whole, (value) => String(Math.floor(value)));
    this.#allow(this.#fractions, (value) => `${Math.floor(value)}.`);
    this.begins = new Sieve(
      KIND.map((kind) => (kind === OTHER ? 1 : 0)),
      this.#firsts,
    );
  }

  canStart(first: number, second: number): boolean {
    return this.#starts[(first << 8) | second] === 1;
  }

  /** @param decimals digits after the point; 0 for whole numbers. */
  isNear(value: number, decimals: number): boolean {
    const ranges = decimals === 0 ? this.#whole : this.#fractions;
    for (let i = 0; i < ranges.length; i += 2) {
      if (value < (ranges[i] as number)) return false;
      if (value <= (ranges[i + 1] as number)) return true;
    }
    return false;
  }

  #allow(ranges: Float64Array, write: (value: number) => string): void {
    for (let i = 0; i < ranges.length; i += 2) {
      const [low, high] = [ranges[i] as number, ranges[i + 1] as number];
      // Around zero a number may begin with anything.
      if (low <= 0 && high >= 0)
        for (const first of '0123456789') for (const second of '.0123456789') this.#add(first + second);
      for (let step = 0; step <= SAMPLES; step++) {
        const text = write(Math.abs(low + ((high - low) * step) / SAMPLES));
        this.#add(text);
        // A zero in front changes nothing.
        this.#add(ZERO + text);
      }
    }
  }

  #add(text: string): void {
    const first = text.charCodeAt(0);
    this.#starts[(first << 8) | text.charCodeAt(1)] = 1;
    this.#firsts[first] = 1;
  }
}

/** Of each range: it is at most a few hundredths of its numbers wide, so that no two first digits are passed over. */
const SAMPLES = 64;

/** Bounds around some numbers, overlapping ones joined: low, high, low, high, … */
function rangesOf(wanted: readonly Wanted[]): Float64Array {
  const ranges = wanted
    .map(({ value, tolerance }) => ({ low: value - tolerance, high: value + tolerance }))
    .sort((a, b) => a.low - b.low);
  const joined: { low: number; high: number }[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && range.low <= last.high) last.high = Math.max(last.high, range.high);
    else joined.push({ ...range });
  }
  return Float64Array.from(joined.flatMap(({ low, high }) => [low, high]));
}
