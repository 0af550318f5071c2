// The inner loop of the scanner in AssemblyScript, compiled to WebAssembly with SIMD (scripts/compile-kernel.mjs).
// It does what js-kernel.ts does, four positions at a time. The tables of gram-index.ts lie in the imported memory.

/** Keep in step with GRAM_HASH and FILTER_MIX of gram-index.ts. */
const LOW = i32x4.splat(<i32>0x9e3779b1);
const HIGH = i32x4.splat(<i32>0x85ebca6b);
/** Of grams whose low and high words are the same. */
const BOTH = i32x4.splat(<i32>(<u32>0x9e3779b1 + <u32>0x85ebca6b));
const MIX = i32x4.splat(<i32>0xc2b2ae35);
const FOLD: i32 = 15;
/** One bit for each of eight values, twice: a table for swizzle. */
const BITS = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
const SEVEN = i8x16.splat(7);

let stride: i32 = 4;
let gram: i32 = 6;
/** All bytes of the patterns are ASCII, and zero or above this one: where a gram of the input has others, there is nothing to look up. */
let ascii: bool = false;
let floor = i8x16.splat(0);
/** Whether that is asked of the present input: of text it is not worth it. */
let sifts: bool = false;
/** What {@link survey} found: how many groups of 64 bytes, then for each its position, and one more when a run of 15 touches it. */
let groups: usize = 0;
let filter: usize = 0;
let filterShift: i32 = 0;
let buckets: usize = 0;
let bucketShift: i32 = 0;
let tags: usize = 0;
let entries: usize = 0;
let offsetBits: i32 = 0;
let offsetMask: u32 = 0;
let bytes: usize = 0;
let starts: usize = 0;
let input: usize = 0;
let hits: usize = 0;
let hitsMax: i32 = 0;
/** For strides below 4: which bytes of one load make the low and the high words of four grams. */
let pickLow = i8x16.splat(0);
let pickHigh = i8x16.splat(0);

let length: i32 = 0;
let found: i32 = 0;

/** Where to go on after a full hit buffer. */
export let resumeAt: i32 = 0;

export function configure(
  stride_: i32, gram_: i32, ascii_: bool, floor_: i32, filter_: usize, filterShift_: i32, buckets_: usize, bucketShift_: i32, tags_: usize,
  entries_: usize, offsetBits_: i32, bytes_: usize, starts_: usize, input_: usize, hits_: usize, hitsMax_: i32, picks: usize, groups_: usize,
): void {
  stride = stride_;
  gram = gram_;
  ascii = ascii_;
  floor = i8x16.splat(<i8>floor_);
  filter = filter_;
  filterShift = filterShift_;
  buckets = buckets_;
  bucketShift = bucketShift_;
  tags = tags_;
  entries = entries_;
  offsetBits = offsetBits_;
  offsetMask = (1 << offsetBits_) - 1;
  bytes = bytes_;
  starts = starts_;
  input = input_;
  hits = hits_;
  hitsMax = hitsMax_;
  pickLow = v128.load(picks);
  pickHigh = v128.load(picks, 16);
  groups = groups_;
}

/**
 * Lists the groups of 64 bytes that a run of at least 8 bytes touches which patterns of ASCII may have: those of 8 bytes and more stand
 * nowhere else. Of random bytes that is one group in fifty. Kernels that share the input share the list.
 */
export function survey(length: i32, floor_: i32): void {
  const floor = i8x16.splat(<i8>floor_);
  store<i32>(groups, 0);
  let tail: u64 = 0;
  for (let at = 0; at < length; at += 64) {
    const plain = plainAt(input + at, floor) | (plainAt(input + at + 32, floor) << 32);
    let eights = plain & (plain >> 1);
    eights &= eights >> 2;
    eights &= eights >> 4;
    const before = tail;
    const run = tail + ctz(~plain);
    tail = clz(~plain);
    if (eights == 0 && run < 8) continue;
    if (before > 0 && run >= 8) list(at - 64, run >= 15);
    list(at, run >= 15 || (eights & (eights >> 7)) != 0);
  }
}

/** For each of 32 bytes a bit that tells whether patterns of ASCII may have it. Bytes that are not ASCII are negative. */
// @ts-ignore: decorator
@inline
function plainAt(at: usize, floor: v128): u64 {
  const near = v128.load(at);
  const far = v128.load(at, 16);
  const zero = i8x16.splat(0);
  const low = i8x16.bitmask(v128.or(i8x16.gt_s(near, floor), i8x16.eq(near, zero)));
  const high = i8x16.bitmask(v128.or(i8x16.gt_s(far, floor), i8x16.eq(far, zero)));
  return <u64><u32>(low | (high << 16));
}

function list(at: i32, long: bool): void {
  const count = load<i32>(groups);
  const last = groups + (<usize>count << 2);
  if (count > 0 && (load<i32>(last) & ~1) == at) {
    store<i32>(last, load<i32>(last) | i32(long));
    return;
  }
  store<i32>(last, at | i32(long), 4);
  store<i32>(groups, count + 1);
}

/** As Kernel.search of kernel.ts. */
export function search(from: i32, to: i32, length_: i32, text: bool): i32 {
  length = length_;
  sifts = ascii && !text;
  found = 0;
  resumeAt = sifts && stride >= 4 ? searchListed(from, to) : searchAll(from, to);
  return found;
}

/** The first of the positions that lies at or behind a place. */
// @ts-ignore: decorator
@inline
function positionAt(from: i32, place: i32): i32 {
  return from + (max(place - from, 0) + stride - 1) / stride * stride;
}

/** Only looks at the positions in groups that {@link survey} listed. */
function searchListed(from: i32, to: i32): i32 {
  const count = load<i32>(groups);
  for (let i = 1; i <= count; i++) {
    const listed = load<i32>(groups + (<usize>i << 2));
    if (stride == 8 && (listed & 1) == 0) continue;
    const group = listed & ~1;
    const at = searchAll(positionAt(from, group), min(group + 64, to));
    if (found > hitsMax) return at;
  }
  return positionAt(from, to);
}

function searchAll(from: i32, to: i32): i32 {
  const step = stride * 4;
  let at = from;
  if (stride == 4) at = searchByFours(at, to);
  else if (stride == 8) at = searchByEights(at, to);
  else if (stride > 8) at = searchByLeaps(at, to);
  else at = searchBySwizzle(at, to);
  // The last positions, fewer than four: the same, but positions from `to` on do not count.
  for (; at < to && found <= hitsMax; at += step) {
    const place = input + at;
    const hash = stride == 4 ? hashByFours(place) : stride == 8 ? hashByEights(place) : stride > 8 ? hashByLeaps(place) : hashBySwizzle(place);
    const left = (to - at + stride - 1) / stride;
    const lanes = suspects(hash) & ((1 << min(left, 4)) - 1);
    if (lanes != 0) compareLanes(lanes, hash, at);
  }
  // Groups of four may reach beyond `to`: what lies there was not looked at.
  return min(at, positionAt(from, to));
}

function searchByFours(from: i32, to: i32): i32 {
  // Copies: what is global is loaded anew each time round.
  const table = filter;
  const shift = filterShift;
  let at = from;
  for (; at <= to - 32; at += 32) {
    const a = hashByFours(input + at);
    const b = hashByFours(input + at + 16);
    const hitsA = filterHits(a, table, shift);
    const hitsB = filterHits(b, table, shift);
    if (!v128.any_true(v128.or(hitsA, hitsB))) continue;
    const lanesA = i32x4.bitmask(hitsA);
    const lanesB = i32x4.bitmask(hitsB);
    if (lanesA != 0) compareLanes(lanesA, a, at);
    if (lanesB != 0) compareLanes(lanesB, b, at + 16);
    if (found > hitsMax) return at + 32;
  }
  return at;
}

function searchByEights(from: i32, to: i32): i32 {
  const table = filter;
  const shift = filterShift;
  let at = from;
  for (; at <= to - 64; at += 64) {
    const a = hashByEights(input + at);
    const b = hashByEights(input + at + 32);
    const hitsA = filterHits(a, table, shift);
    const hitsB = filterHits(b, table, shift);
    if (!v128.any_true(v128.or(hitsA, hitsB))) continue;
    const lanesA = i32x4.bitmask(hitsA);
    const lanesB = i32x4.bitmask(hitsB);
    if (lanesA != 0) compareLanes(lanesA, a, at);
    if (lanesB != 0) compareLanes(lanesB, b, at + 32);
    if (found > hitsMax) return at + 64;
  }
  return at;
}

function searchByLeaps(from: i32, to: i32): i32 {
  const table = filter;
  const shift = filterShift;
  const half = stride * 4;
  let at = from;
  for (; at <= to - 2 * half; at += 2 * half) {
    const a = hashByLeaps(input + at);
    const b = hashByLeaps(input + at + half);
    const hitsA = filterHits(a, table, shift);
    const hitsB = filterHits(b, table, shift);
    if (!v128.any_true(v128.or(hitsA, hitsB))) continue;
    const lanesA = i32x4.bitmask(hitsA);
    const lanesB = i32x4.bitmask(hitsB);
    if (lanesA != 0) compareLanes(lanesA, a, at);
    if (lanesB != 0) compareLanes(lanesB, b, at + half);
    if (found > hitsMax) return at + 2 * half;
  }
  return at;
}

function searchBySwizzle(from: i32, to: i32): i32 {
  const step = stride * 4;
  let at = from;
  for (; at <= to - step; at += step) {
    if (sifts && !v128.any_true(plainBySwizzle(input + at))) continue;
    const hash = hashBySwizzle(input + at);
    const lanes = suspects(hash);
    if (lanes == 0) continue;
    compareLanes(lanes, hash, at);
    if (found > hitsMax) return at + step;
  }
  return at;
}

/** All ones in the lanes whose gram the patterns may have. */
// @ts-ignore: decorator
@inline
function plainBySwizzle(at: usize): v128 {
  const loaded = v128.load(at);
  const plain = v128.or(i8x16.gt_s(loaded, floor), i8x16.eq(loaded, i8x16.splat(0)));
  return i32x4.eq(v128.and(i8x16.swizzle(plain, pickLow), i8x16.swizzle(plain, pickHigh)), i32x4.splat(-1));
}

// @ts-ignore: decorator
@inline
function hashByFours(at: usize): v128 {
  return hashOf(v128.load(at), v128.load(at + gram - 4));
}

// @ts-ignore: decorator
@inline
function hashByEights(at: usize): v128 {
  const near = v128.load(at);
  const far = v128.load(at, 16);
  return hashOf(v128.shuffle<i32>(near, far, 0, 2, 4, 6), v128.shuffle<i32>(near, far, 1, 3, 5, 7));
}

/** Four grams of four bytes, which are their own low and high words. */
// @ts-ignore: decorator
@inline
function hashByLeaps(at: usize): v128 {
  const third = at + 2 * stride;
  const a = v128.shuffle<i32>(v128.load32_zero(at), v128.load32_zero(at + stride), 0, 4, 1, 5);
  const b = v128.shuffle<i32>(v128.load32_zero(third), v128.load32_zero(third + stride), 0, 4, 1, 5);
  const loaded = v128.shuffle<i64>(a, b, 0, 2);
  return folded(i32x4.mul(loaded, BOTH));
}

// @ts-ignore: decorator
@inline
function hashBySwizzle(at: usize): v128 {
  const loaded = v128.load(at);
  return hashOf(i8x16.swizzle(loaded, pickLow), i8x16.swizzle(loaded, pickHigh));
}

// @ts-ignore: decorator
@inline
function hashOf(low: v128, high: v128): v128 {
  return folded(i32x4.add(i32x4.mul(low, LOW), i32x4.mul(high, HIGH)));
}

// @ts-ignore: decorator
@inline
function folded(sum: v128): v128 {
  return v128.xor(sum, i32x4.shr_u(sum, FOLD));
}

/** All ones in the lanes whose key may be in the filter. */
// @ts-ignore: decorator
@inline
function filterHits(hash: v128, filter: usize, filterShift: i32): v128 {
  const mask = i8x16.swizzle(BITS, v128.and(i32x4.mul(hash, MIX), SEVEN));
  const offsets = i32x4.shl(i32x4.shr_u(hash, filterShift), 2);
  let words = i32x4.splat(0);
  words = v128.load_lane<i32>(filter + i32x4.extract_lane(offsets, 0), words, 0);
  words = v128.load_lane<i32>(filter + i32x4.extract_lane(offsets, 1), words, 1);
  words = v128.load_lane<i32>(filter + i32x4.extract_lane(offsets, 2), words, 2);
  words = v128.load_lane<i32>(filter + i32x4.extract_lane(offsets, 3), words, 3);
  return i32x4.eq(v128.and(words, mask), mask);
}

// @ts-ignore: decorator
@inline
function suspects(hash: v128): i32 {
  return i32x4.bitmask(filterHits(hash, filter, filterShift));
}

function compareLanes(lanes: i32, hash: v128, at: i32): void {
  if (lanes & 1) compare(i32x4.extract_lane(hash, 0), at);
  if (lanes & 2) compare(i32x4.extract_lane(hash, 1), at + stride);
  if (lanes & 4) compare(i32x4.extract_lane(hash, 2), at + 2 * stride);
  if (lanes & 8) compare(i32x4.extract_lane(hash, 3), at + 3 * stride);
}

/** Compares the patterns that share a gram with the input around it. */
function compare(hash: u32, at: i32): void {
  const bucket = buckets + (<usize>(hash >> bucketShift) << 2);
  const end = load<u32>(bucket, 4);
  const tag = <u16>hash;
  for (let place = load<u32>(bucket); place < end; place++) {
    if (load<u16>(tags + (<usize>place << 1)) != tag) continue;
    const entry = load<u32>(entries + (<usize>place << 2));
    const number = entry >> offsetBits;
    const start = at - <i32>(entry & offsetMask);
    const first = load<i32>(starts + (<usize>number << 2));
    const size = load<i32>(starts + (<usize>number << 2), 4) - first;
    if (start < 0 || start + size > length) continue;
    if (!isSame(input + start, bytes + first, size)) continue;
    const hit = hits + (<usize>found << 3);
    store<u32>(hit, number);
    store<i32>(hit, start, 4);
    found++;
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
