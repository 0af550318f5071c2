/** A number that is looked for, and how far off a number that counts as it may be. */
export interface Wanted {
  readonly value: number;
  readonly tolerance: number;
}

/** Each digit as itself, the point as 10, anything else as 11. */
export const NUMERAL_KIND = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code >= 48 && code <= 57) return code - 48;
  return code === 46 ? 10 : 11;
});

function kindOf(text: string, at: number): number {
  return NUMERAL_KIND[text.charCodeAt(at) & 0xff] as number;
}

/**
 * Which numbers are worth a closer look, told as early as can be: by the first two characters where they are written out, then by
 * their size. Nearly every number of all traffic is passed over by it.
 */
export class WantedNumbers {
  /** 1 where a wanted number can begin with two characters, given as the {@link NUMERAL_KIND} of the first times 16, and of the second. */
  readonly starts = new Uint8Array(256);
  readonly #whole: Float64Array;
  readonly #fractions: Float64Array;

  constructor(whole: readonly Wanted[], fractions: readonly Wanted[]) {
    this.#whole = rangesOf(whole);
    this.#fractions = rangesOf(fractions);
    this.#allow(this.#whole, (value) => String(Math.floor(value)));
    this.#allow(this.#fractions, (value) => `${Math.floor(value)}.`);
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
      if (low <= 0 && high >= 0) this.starts.fill(1, 0, 10 << 4);
      for (let step = 0; step <= SAMPLES; step++) {
        const text = write(Math.abs(low + ((high - low) * step) / SAMPLES));
        const first = kindOf(text, 0);
        this.starts[(first << 4) | kindOf(text, 1)] = 1;
        // A zero in front changes nothing.
        this.starts[first] = 1;
      }
    }
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
