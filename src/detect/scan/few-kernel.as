// Finds a few patterns at every position, in AssemblyScript, compiled to WebAssembly with SIMD (scripts/compile-kernel.mjs).
// It does what few.ts says, 32 positions at a time. The tables lie in the imported memory.

const NIBBLE = i8x16.splat(15);

/** For each of a window's bytes: by its low, then by its high half, the buckets whose windows have such a byte there. */
let low0 = i8x16.splat(0);
let high0 = i8x16.splat(0);
let low1 = i8x16.splat(0);
let high1 = i8x16.splat(0);
let low2 = i8x16.splat(0);
let high2 = i8x16.splat(0);
let low3 = i8x16.splat(0);
let high3 = i8x16.splat(0);
let buckets: usize = 0;
let bytes: usize = 0;
let starts: usize = 0;
let offsets: usize = 0;
let input: usize = 0;
let hits: usize = 0;
let hitsMax: i32 = 0;
/** Sixteen bytes to put lanes in. */
let scratch: usize = 0;

let length: i32 = 0;
let found: i32 = 0;

/** Where to go on after a full hit buffer. */
export let resumeAt: i32 = 0;

export function configure(
  halves: usize, buckets_: usize, bytes_: usize, starts_: usize, offsets_: usize, input_: usize, hits_: usize, hitsMax_: i32,
  scratch_: usize,
): void {
  low0 = v128.load(halves);
  high0 = v128.load(halves, 16);
  low1 = v128.load(halves, 32);
  high1 = v128.load(halves, 48);
  low2 = v128.load(halves, 64);
  high2 = v128.load(halves, 80);
  low3 = v128.load(halves, 96);
  high3 = v128.load(halves, 112);
  buckets = buckets_;
  bytes = bytes_;
  starts = starts_;
  offsets = offsets_;
  input = input_;
  hits = hits_;
  hitsMax = hitsMax_;
  scratch = scratch_;
}

/** As Kernel.search of kernel.ts. */
export function search(from: i32, to: i32, length_: i32, _text: bool): i32 {
  length = length_;
  found = 0;
  // Copies: what is global is loaded anew each time round.
  const lowA = low0;
  const highA = high0;
  const lowB = low1;
  const highB = high1;
  let at = from;
  let loaded = v128.load(input + at);
  // What was told of sixteen bytes serves twice: windows that begin in them go on in the next sixteen.
  let first = bucketsOf(loaded, lowA, highA);
  let second = bucketsOf(loaded, lowB, highB);
  for (; at < to; at += 32) {
    loaded = v128.load(input + at, 16);
    const firstNext = bucketsOf(loaded, lowA, highA);
    const secondNext = bucketsOf(loaded, lowB, highB);
    const near = v128.and(first, v128.shuffle<i8>(second, secondNext, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16));
    loaded = v128.load(input + at, 32);
    first = bucketsOf(loaded, lowA, highA);
    second = bucketsOf(loaded, lowB, highB);
    const far = v128.and(firstNext, v128.shuffle<i8>(secondNext, second, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16));
    if (!v128.any_true(v128.or(near, far))) continue;
    compareLanes(near, at, to);
    compareLanes(far, at + 16, to);
    if (found > hitsMax) {
      resumeAt = min(at + 32, to);
      return found;
    }
  }
  // Lanes beyond `to` were not looked at.
  resumeAt = max(from, min(at, to));
  return found;
}

// @ts-ignore: decorator
@inline
function bucketsOf(loaded: v128, low: v128, high: v128): v128 {
  // There is no shift of single bytes in the processor: what comes in from the neighbour is cut off.
  const upper = v128.and(i16x8.shr_u(loaded, 4), NIBBLE);
  return v128.and(i8x16.swizzle(low, v128.and(loaded, NIBBLE)), i8x16.swizzle(high, upper));
}

/** Compares where the third and the fourth byte agree, too. */
function compareLanes(pairs: v128, at: i32, to: i32): void {
  if (!v128.any_true(pairs)) return;
  const place = input + at;
  const rest = v128.and(bucketsOf(v128.load(place, 2), low2, high2), bucketsOf(v128.load(place, 3), low3, high3));
  const all = v128.and(pairs, rest);
  if (!v128.any_true(all)) return;
  v128.store(scratch, all);
  let lanes = i8x16.bitmask(i8x16.ne(all, i8x16.splat(0)));
  if (at + 16 > to) lanes &= (1 << max(to - at, 0)) - 1;
  for (; lanes != 0; lanes &= lanes - 1) compare(load<u8>(scratch + ctz(lanes)), at + ctz(lanes));
}

/** Compares the patterns of some buckets with the input whose windows begin at a position. */
function compare(candidates: i32, at: i32): void {
  for (; candidates != 0; candidates &= candidates - 1) {
    const bucket = buckets + (<usize>ctz(candidates) << 2);
    const end = load<i32>(bucket, 4);
    for (let number = load<i32>(bucket); number < end; number++) {
      const first = load<i32>(starts + (<usize>number << 2));
      const size = load<i32>(starts + (<usize>number << 2), 4) - first;
      const start = at - load<i32>(offsets + (<usize>number << 2));
      if (start < 0 || start + size > length || !isSame(input + start, bytes + first, size)) continue;
      const hit = hits + (<usize>found << 3);
      store<i32>(hit, number);
      store<i32>(hit, start, 4);
      found++;
    }
  }
}

/** Patterns have at least four bytes. */
function isSame(a: usize, b: usize, size: i32): bool {
  const last = size - 4;
  for (let i = 0; i < last; i += 4) {
    if (load<u32>(a + i) != load<u32>(b + i)) return false;
  }
  return load<u32>(a + last) == load<u32>(b + last);
}
