// Finds a few patterns at every position, in AssemblyScript, compiled to WebAssembly with SIMD (scripts/compile-kernel.mjs).
// It does what few.ts says, sixteen positions at a time. The tables lie in the imported memory.

const NIBBLE = i8x16.splat(15);

/** For each of the first four bytes: by its low, then by its high half, the buckets whose patterns have such a byte there. */
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
  halves: usize, buckets_: usize, bytes_: usize, starts_: usize, input_: usize, hits_: usize, hitsMax_: i32, scratch_: usize,
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
  input = input_;
  hits = hits_;
  hitsMax = hitsMax_;
  scratch = scratch_;
}

/** As Kernel.search of kernel.ts. */
export function search(from: i32, to: i32, length_: i32, _text: bool): i32 {
  length = length_;
  found = 0;
  let at = from;
  // What was told of sixteen bytes serves twice: patterns that begin in them go on in the next sixteen.
  let loaded = v128.load(input + at);
  let first = bucketsOf(loaded, low0, high0);
  let second = bucketsOf(loaded, low1, high1);
  let third = bucketsOf(loaded, low2, high2);
  let fourth = bucketsOf(loaded, low3, high3);
  for (; at < to; at += 16) {
    loaded = v128.load(input + at, 16);
    const nextSecond = bucketsOf(loaded, low1, high1);
    const nextThird = bucketsOf(loaded, low2, high2);
    const nextFourth = bucketsOf(loaded, low3, high3);
    const near = v128.and(first, v128.shuffle<i8>(second, nextSecond, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16));
    const far = v128.and(
      v128.shuffle<i8>(third, nextThird, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17),
      v128.shuffle<i8>(fourth, nextFourth, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18),
    );
    const both = v128.and(near, far);
    first = bucketsOf(loaded, low0, high0);
    second = nextSecond;
    third = nextThird;
    fourth = nextFourth;
    if (!v128.any_true(both)) continue;
    v128.store(scratch, both);
    let lanes = i8x16.bitmask(i8x16.ne(both, i8x16.splat(0)));
    if (at + 16 > to) lanes &= (1 << (to - at)) - 1;
    for (; lanes != 0; lanes &= lanes - 1) compare(load<u8>(scratch + ctz(lanes)), at + ctz(lanes));
    if (found > hitsMax) {
      resumeAt = at + 16;
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
  return v128.and(i8x16.swizzle(low, v128.and(loaded, NIBBLE)), i8x16.swizzle(high, i8x16.shr_u(loaded, 4)));
}

/** Compares the patterns of some buckets with the input at a position. */
function compare(candidates: i32, at: i32): void {
  for (; candidates != 0; candidates &= candidates - 1) {
    const bucket = buckets + (<usize>ctz(candidates) << 2);
    const end = load<i32>(bucket, 4);
    for (let number = load<i32>(bucket); number < end; number++) {
      const first = load<i32>(starts + (<usize>number << 2));
      const size = load<i32>(starts + (<usize>number << 2), 4) - first;
      if (at + size > length || !isSame(input + at, bytes + first, size)) continue;
      const hit = hits + (<usize>found << 3);
      store<i32>(hit, number);
      store<i32>(hit, at, 4);
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
