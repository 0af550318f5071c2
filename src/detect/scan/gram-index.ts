import type { BytePatterns } from './byte-patterns.ts';

/**
 * The tables that let the scanner look at a few bytes in every {@link strideFor} and skip the rest.
 *
 * Every pattern is at least `stride + gram - 1` bytes long, so wherever it stands, one of the positions that are looked at (all
 * multiples of the stride) falls on one of `stride` consecutive grams of it. Those grams are hashed into two tables: a Bloom
 * filter, small enough for the cache, that says "none" for nearly every position, and buckets that say which patterns to compare
 * when the filter says "perhaps". Both kernels (WebAssembly and plain JavaScript) read the same tables.
 *
 * @see Wu & Manber, "A fast algorithm for multi-pattern searching", 1994: comparing blocks and skipping between them.
 * @see Putze, Sanders & Singler, "Cache-, hash- and space-efficient Bloom filters", 2009: one cache line for each key.
 */
export interface GramTables {
  /** The filter: one 32-bit word for each hash prefix, with one bit in each of its four bytes for each key. */
  readonly filter: Int32Array;
  /** Where the entries of each hash prefix begin in {@link entries}; one more at the end. */
  readonly buckets: Int32Array;
  /** For each entry the low 16 bits of its hash. */
  readonly tags: Uint16Array;
  /** A pattern's number, and in the low `offsetBits` the gram's offset in it. */
  readonly entries: Uint32Array;
  /** All patterns' bytes, one after the other. */
  readonly bytes: Uint8Array;
  /** Where each pattern starts in {@link bytes}; one more entry at the end. */
  readonly starts: Int32Array;
}

/** What is known of the tables before they are there: so they are made where they stay. */
export interface GramPlan {
  readonly kind: 'grams';
  /** The kernel's pattern numbers → those of the set. */
  readonly numbers: Int32Array;
  /** Distance between the positions that are looked at. */
  readonly stride: number;
  /** Bytes that are hashed at each of them, 4 to 8. */
  readonly gram: number;
  /** Whether none of the patterns is ASCII. */
  readonly binary: boolean;
  /** All bytes of patterns that are ASCII are zero (as in UTF-16) or above this one: where a gram of the input has others, there is nothing to look up. */
  readonly floor: number;
  /** Right shifts that make a hash an index into {@link GramTables.filter} and {@link GramTables.buckets}. */
  readonly filterShift: number;
  readonly bucketShift: number;
  readonly offsetBits: number;
  /** Bytes of the longest pattern. */
  readonly lengthMax: number;
  /** Entries of the fullest bucket. */
  readonly bucketMax: number;
  /** Length of each table. */
  readonly lengths: Readonly<Record<keyof GramTables, number>>;
  /** Fills tables of these lengths; they must be all zeros. */
  fill(tables: GramTables): void;
}

/** Multipliers of the gram hash; odd, high bits well spread (Knuth's golden ratio, and one of Murmur's). */
export const GRAM_HASH = { low: 0x9e3779b1 | 0, high: 0x85ebca6b | 0, fold: 15 } as const;

/** The shortest pattern that the scanner takes: shorter ones say too little to be looked for in a stream. */
export const PATTERN_BYTES_MIN = 4;

/** The longest stride. */
export const STRIDE_MAX = 16;

/**
 * How far apart positions can be, and how much is hashed there, when no pattern is shorter than `lengthMin`. Text has much in common,
 * so that it takes more of it to tell a pattern; of digests and packed numbers four bytes do, and the positions lie further apart.
 */
export function strideFor(lengthMin: number, binary: boolean): { readonly stride: number; readonly gram: number } {
  if (lengthMin >= 15 && binary) return { stride: Math.min(STRIDE_MAX, lengthMin - 3), gram: 4 };
  if (lengthMin >= 15) return { stride: 8, gram: 8 };
  if (lengthMin >= 9) return { stride: 4, gram: 6 };
  if (lengthMin >= 8) return { stride: 4, gram: 5 };
  if (lengthMin >= 6) return { stride: 2, gram: 5 };
  return { stride: 1, gram: 4 };
}

/**
 * Chooses the grams by which patterns are found.
 *
 * @param numbers of the patterns that are looked for.
 * @param binary whether none of them is ASCII; else all are.
 */
export function planGrams(patterns: BytePatterns, numbers: Int32Array, binary: boolean): GramPlan {
  const { total, lengthMin, lengthMax, byteMin } = measured(patterns, numbers);
  const { stride, gram } = strideFor(lengthMin, binary);
  const entries = numbers.length * stride;
  const offsetBits = 32 - bitsFor(numbers.length);
  const windows = chooseWindows(patterns, numbers, { stride, gram, offsetMax: 2 ** offsetBits - 1 });
  const grams: Grams = { patterns, numbers, windows, stride, gram };
  const filterShift = 32 - filterBits(entries);
  const bucketShift = 32 - Math.max(4, bitsFor(entries) - 1);
  const ends = bucketEnds(grams, bucketShift);
  return {
    kind: 'grams',
    numbers,
    stride,
    gram,
    binary,
    floor: byteMin - 1,
    filterShift,
    bucketShift,
    offsetBits,
    lengthMax,
    bucketMax: ends.reduce((most, end, bucket) => Math.max(most, end - (ends[bucket - 1] ?? 0)), 0),
    lengths: {
      filter: 2 ** (32 - filterShift),
      buckets: ends.length + 1,
      tags: entries,
      entries,
      bytes: total + KERNEL_READS_BEYOND,
      starts: numbers.length + 1,
    },
    fill: (tables) => {
      fillPatterns(grams, tables);
      tables.buckets.set(ends);
      fillEntries(grams, tables, { filterShift, bucketShift, offsetBits });
    },
  };
}

/** Bytes behind the last pattern that a kernel may load together with it. */
const KERNEL_READS_BEYOND = 8;

/** About one key a word, or two where that would leave the second-level cache: measured as the best trade with false alarms. */
function filterBits(entries: number): number {
  const wanted = Math.max(10, bitsFor(entries + 1));
  return wanted > 18 ? Math.min(20, wanted - 1) : wanted;
}

/** Bits that number so many things. */
function bitsFor(count: number): number {
  return Math.max(1, Math.ceil(Math.log2(count)));
}

/** The patterns, and where in each of them the consecutive grams lie by which it is found. */
interface Grams {
  readonly patterns: BytePatterns;
  readonly numbers: Int32Array;
  readonly windows: Int32Array;
  readonly stride: number;
  readonly gram: number;
}

/** Calls for every gram with its hash, its pattern as the kernel numbers it, and its offset in that. */
function eachGram(grams: Grams, take: (hash: number, own: number, offset: number) => void): void {
  const { patterns, numbers, windows, stride, gram } = grams;
  for (let own = 0; own < numbers.length; own++) {
    const start = patterns.starts[numbers[own] as number] as number;
    const window = windows[own] as number;
    for (let i = 0; i < stride; i++) take(gramHash(patterns.bytes, start + window + i, gram), own, window + i);
  }
}

function bucketEnds(grams: Grams, bucketShift: number): Int32Array {
  const ends = new Int32Array(2 ** (32 - bucketShift));
  eachGram(grams, (hash) => {
    ends[hash >>> bucketShift] = (ends[hash >>> bucketShift] as number) + 1;
  });
  for (let bucket = 1; bucket < ends.length; bucket++)
    ends[bucket] = (ends[bucket] as number) + (ends[bucket - 1] as number);
  return ends;
}

/** Copies runs of neighbours in one go: there are few gaps between those that are looked for. */
function fillPatterns({ patterns, numbers }: Grams, { bytes, starts }: GramTables): void {
  let at = 0;
  for (let own = 0; own < numbers.length; ) {
    const from = patterns.starts[numbers[own] as number] as number;
    let to = from;
    for (; own < numbers.length && patterns.starts[numbers[own] as number] === to; own++) {
      starts[own] = at + to - from;
      to = patterns.starts[(numbers[own] as number) + 1] as number;
    }
    bytes.set(patterns.bytes.subarray(from, to), at);
    at += to - from;
  }
  starts[numbers.length] = at;
}

/** @param tables buckets hold where their entries end; laid from there backwards, they end at where these begin. */
function fillEntries(
  grams: Grams,
  { filter, buckets, tags, entries }: GramTables,
  { filterShift, bucketShift, offsetBits }: Pick<GramPlan, 'filterShift' | 'bucketShift' | 'offsetBits'>,
): void {
  eachGram(grams, (hash, own, offset) => {
    const word = hash >>> filterShift;
    filter[word] = (filter[word] as number) | filterMask(hash);
    const bucket = hash >>> bucketShift;
    const place = (buckets[bucket] as number) - 1;
    buckets[bucket] = place;
    tags[place] = hash & 0xffff;
    entries[place] = own * 2 ** offsetBits + offset;
  });
  buckets[buckets.length - 1] = entries.length;
}

/**
 * Hash of the gram at `at`: two overlapping words, multiplied and folded. Sums stay within 32 bits, as both kernels compute them.
 * The high bits choose the bucket and the filter's word, the low ones the bits in it.
 */
export function gramHash(bytes: Uint8Array, at: number, gram: number): number {
  const low = wordAt(bytes, at);
  const high = wordAt(bytes, at + gram - 4);
  const sum = (Math.imul(low, GRAM_HASH.low) + Math.imul(high, GRAM_HASH.high)) | 0;
  return sum ^ (sum >>> GRAM_HASH.fold);
}

/** Makes the filter's bits independent of the hash's high bits, which choose the word. */
const FILTER_MIX = 0xc2b2ae35 | 0;

/** The bits that a key sets in its filter word: one in each byte. */
export function filterMask(hash: number): number {
  const mixed = Math.imul(hash, FILTER_MIX);
  return (
    (1 << (mixed & 7)) |
    (256 << ((mixed >>> 8) & 7)) |
    (65536 << ((mixed >>> 16) & 7)) |
    (16777216 << ((mixed >>> 24) & 7))
  );
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

function measured(
  { bytes, starts }: BytePatterns,
  numbers: Int32Array,
): { readonly total: number; readonly lengthMin: number; readonly lengthMax: number; readonly byteMin: number } {
  let total = 0;
  let byteMin = 128;
  let lengthMin = Number.MAX_SAFE_INTEGER;
  let lengthMax = 0;
  for (const number of numbers) {
    const length = (starts[number + 1] as number) - (starts[number] as number);
    total += length;
    lengthMin = Math.min(lengthMin, length);
    lengthMax = Math.max(lengthMax, length);
    const end = starts[number + 1] as number;
    for (let at = starts[number] as number; at < end; at++) byteMin = Math.min(byteMin, (bytes[at] as number) || 128);
  }
  return { total, lengthMin, lengthMax, byteMin };
}

/** Windows of a pattern that are weighed against each other. */
const WINDOWS_TRIED = 8;

/**
 * Chooses `stride` consecutive grams of each pattern: those that the fewest patterns before it share, so that what many patterns
 * have in common (`%25`, `\u00`, a salt) does not make long lists.
 */
function chooseWindows(
  { bytes, starts }: BytePatterns,
  numbers: Int32Array,
  { stride, gram, offsetMax }: { readonly stride: number; readonly gram: number; readonly offsetMax: number },
): Int32Array {
  const windows = new Int32Array(numbers.length);
  // Grams with the same hash prefix are counted together, up to 255: seldom, and what is told from it is a rough number.
  const shift = 32 - Math.min(31, bitsFor(numbers.length * stride) + 2);
  const counts = new Uint8Array(2 ** (32 - shift));
  for (let own = 0; own < numbers.length; own++) {
    const number = numbers[own] as number;
    const start = starts[number] as number;
    const room = (starts[number + 1] as number) - start - (stride + gram - 1);
    const windowMax = Math.min(room, offsetMax - stride + 1);
    const step = Math.max(1, Math.ceil((windowMax + 1) / WINDOWS_TRIED));
    let best = 0;
    let bestCost = Number.MAX_SAFE_INTEGER;
    for (let window = 0; window <= windowMax && bestCost > 0; window += step) {
      let cost = 0;
      for (let i = 0; i < stride; i++) cost += counts[gramHash(bytes, start + window + i, gram) >>> shift] as number;
      if (cost < bestCost) {
        best = window;
        bestCost = cost;
      }
    }
    windows[own] = best;
    for (let i = 0; i < stride; i++) {
      const key = gramHash(bytes, start + best + i, gram) >>> shift;
      if ((counts[key] as number) < 255) counts[key] = (counts[key] as number) + 1;
    }
  }
  return windows;
}
