/**
 * The tables that let the scanner look at a few bytes in every {@link strideFor} and skip the rest.
 *
 * Every pattern is at least `stride + gram - 1` bytes long, so wherever it stands, one of the positions that are looked at (all
 * multiples of the stride) falls on one of `stride` consecutive grams of it. Those grams are hashed into two tables: a Bloom
 * filter, small enough for the cache, that says "none" for nearly every position, and a hash table that says which patterns
 * to compare when the filter says "perhaps". Both kernels (WebAssembly and plain JavaScript) read the same tables.
 *
 * @see Wu & Manber, "A fast algorithm for multi-pattern searching", 1994: comparing blocks and skipping between them.
 * @see Putze, Sanders & Singler, "Cache-, hash- and space-efficient Bloom filters", 2009: one cache line for each key.
 */
export interface GramIndex {
  /** Distance between the positions that are looked at. */
  readonly stride: number;
  /** Bytes that are hashed at each of them, 4 to 8. */
  readonly gram: number;
  /** The filter: one 32-bit word for each hash prefix, with one bit in each of its four bytes for each key. */
  readonly filter: Int32Array;
  /** Right shift that makes a hash an index into {@link filter}. */
  readonly filterShift: number;
  /** Open-addressed hash table of pairs: a hash, and where its list starts in {@link lists} plus one; zero: free. */
  readonly slots: Int32Array;
  readonly slotShift: number;
  /** Lists of pairs: a pattern's number, and the gram's offset in it; ended by -1. */
  readonly lists: Int32Array;
  /** All patterns' bytes, one after the other. */
  readonly bytes: Uint8Array;
  /** Where each pattern starts in {@link bytes}; one more entry at the end. */
  readonly starts: Int32Array;
  /** Bytes of the longest pattern. */
  readonly lengthMax: number;
  /** Entries of the longest list. */
  readonly listMax: number;
}

/** Multipliers of the gram hash; odd, high bits well spread (Knuth's golden ratio, and one of Murmur's). */
export const GRAM_HASH = { low: 0x9e3779b1 | 0, high: 0x85ebca6b | 0, fold: 15 } as const;

/** The shortest pattern that the scanner takes: shorter ones say too little to be looked for in a stream. */
export const PATTERN_BYTES_MIN = 4;

/** Of so few short patterns four bytes tell enough: hardly any other text has the same. */
const FEW = 64;

/** How far apart positions can be, and how much is hashed there, when none of some patterns is shorter than `lengthMin`. */
export function strideFor(lengthMin: number, count: number): { readonly stride: number; readonly gram: number } {
  if (count <= FEW && lengthMin < 9) return { stride: Math.min(4, lengthMin - 3), gram: 4 };
  if (lengthMin >= 15) return { stride: 8, gram: 8 };
  if (lengthMin >= 9) return { stride: 4, gram: 6 };
  if (lengthMin >= 8) return { stride: 4, gram: 5 };
  if (lengthMin >= 6) return { stride: 2, gram: 5 };
  return { stride: 1, gram: 4 };
}

/** @throws RangeError when a pattern is shorter than {@link PATTERN_BYTES_MIN}. */
export function buildGramIndex(patterns: readonly Uint8Array[]): GramIndex {
  let total = 0;
  let lengthMin = Number.MAX_SAFE_INTEGER;
  let lengthMax = 0;
  for (const pattern of patterns) {
    if (pattern.length < PATTERN_BYTES_MIN) {
      throw new RangeError(
        `A pattern of ${pattern.length} bytes is too short to scan for; ${PATTERN_BYTES_MIN} is the least.`,
      );
    }
    total += pattern.length;
    lengthMin = Math.min(lengthMin, pattern.length);
    lengthMax = Math.max(lengthMax, pattern.length);
  }
  const { stride, gram } = strideFor(lengthMin, patterns.length);
  const bytes = new Uint8Array(total + 8);
  const starts = new Int32Array(patterns.length + 1);
  let at = 0;
  patterns.forEach((pattern, number) => {
    starts[number] = at;
    bytes.set(pattern, at);
    at += pattern.length;
  });
  starts[patterns.length] = at;
  const table = new GramTable(patterns.length * stride);
  for (let number = 0; number < patterns.length; number++) {
    placePattern(table, bytes, starts[number] as number, starts[number + 1] as number, number, stride, gram);
  }
  return { stride, gram, ...table.filter(), ...table.freeze(), bytes, starts, lengthMax };
}

/**
 * Hash of the gram at `at`: two overlapping words, multiplied and folded. Sums stay within 32 bits, as both kernels compute them.
 * The high bits choose the filter's word, the low ones the bits in it.
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

/** Windows of a pattern that are weighed against each other. */
const WINDOWS_TRIED = 8;

/**
 * Enters `stride` consecutive grams of a pattern: those that the fewest other patterns share, so that what many patterns have
 * in common (`%25`, `\u00`, a salt) does not make long lists.
 */
function placePattern(
  table: GramTable,
  bytes: Uint8Array,
  start: number,
  end: number,
  number: number,
  stride: number,
  gram: number,
): void {
  const windowMax = end - start - (stride + gram - 1);
  const step = Math.max(1, Math.ceil((windowMax + 1) / WINDOWS_TRIED));
  let best = 0;
  let bestCost = Number.MAX_SAFE_INTEGER;
  for (let window = 0; window <= windowMax && bestCost > 0; window += step) {
    let cost = 0;
    for (let i = 0; i < stride; i++) cost += table.count(gramHash(bytes, start + window + i, gram));
    if (cost < bestCost) {
      best = window;
      bestCost = cost;
    }
  }
  for (let i = 0; i < stride; i++) table.add(gramHash(bytes, start + best + i, gram), number, best + i);
}

/** Collects (hash → pattern, offset) while patterns are placed, then lays the lists out. */
class GramTable {
  readonly #shift: number;
  readonly #hashes: Int32Array;
  /** Per slot: the newest entry of its list plus one; zero: free. */
  readonly #heads: Int32Array;
  readonly #counts: Int32Array;
  readonly #next: Int32Array;
  readonly #numbers: Int32Array;
  readonly #offsets: Int32Array;
  #size = 0;
  #distinct = 0;

  constructor(entries: number) {
    const bits = Math.max(4, Math.ceil(Math.log2(entries * 2 + 1)));
    this.#shift = 32 - bits;
    this.#hashes = new Int32Array(1 << bits);
    this.#heads = new Int32Array(1 << bits);
    this.#counts = new Int32Array(1 << bits);
    this.#next = new Int32Array(entries);
    this.#numbers = new Int32Array(entries);
    this.#offsets = new Int32Array(entries);
  }

  count(hash: number): number {
    return this.#counts[this.#slot(hash)] as number;
  }

  add(hash: number, number: number, offset: number): void {
    const slot = this.#slot(hash);
    if (this.#heads[slot] === 0) this.#distinct++;
    this.#hashes[slot] = hash;
    this.#next[this.#size] = this.#heads[slot] as number;
    this.#numbers[this.#size] = number;
    this.#offsets[this.#size] = offset;
    this.#size++;
    this.#heads[slot] = this.#size;
    this.#counts[slot] = (this.#counts[slot] as number) + 1;
  }

  /** About one key a word, or two where that would leave the second-level cache: measured as the best trade with false alarms. */
  filter(): Pick<GramIndex, 'filter' | 'filterShift'> {
    const wanted = Math.max(10, Math.ceil(Math.log2(this.#distinct + 1)));
    const bits = wanted > 18 ? Math.min(20, wanted - 1) : wanted;
    const filter = new Int32Array(1 << bits);
    const filterShift = 32 - bits;
    this.#heads.forEach((head, slot) => {
      if (head === 0) return;
      const hash = this.#hashes[slot] as number;
      filter[hash >>> filterShift] = (filter[hash >>> filterShift] as number) | filterMask(hash);
    });
    return { filter, filterShift };
  }

  freeze(): Pick<GramIndex, 'slots' | 'slotShift' | 'lists' | 'listMax'> {
    const slots = new Int32Array(this.#heads.length * 2);
    const lists = new Int32Array(this.#size * 2 + this.#distinct);
    let listMax = 0;
    let at = 0;
    this.#heads.forEach((head, slot) => {
      if (head === 0) return;
      slots[slot * 2] = this.#hashes[slot] as number;
      slots[slot * 2 + 1] = at + 1;
      listMax = Math.max(listMax, this.#counts[slot] as number);
      for (let entry = head; entry !== 0; entry = this.#next[entry - 1] as number) {
        lists[at++] = this.#numbers[entry - 1] as number;
        lists[at++] = this.#offsets[entry - 1] as number;
      }
      lists[at++] = -1;
    });
    return { slots, slotShift: this.#shift, lists, listMax };
  }

  #slot(hash: number): number {
    let slot = hash >>> this.#shift;
    const wrap = this.#heads.length - 1;
    while (this.#heads[slot] !== 0 && this.#hashes[slot] !== hash) slot = (slot + 1) & wrap;
    return slot;
  }
}
