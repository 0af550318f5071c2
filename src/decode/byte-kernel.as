// What runs over every byte of long values, in AssemblyScript, compiled to WebAssembly with SIMD (scripts/compile-kernel.mjs).
// The tables and the input lie in the imported memory at these places; 128 bytes behind the input stay zero.

/** The signs of each byte value: see characters.ts. */
export const SIGNS: usize = 1024;
/** Which byte values occurred. */
const SEEN: usize = 2048;
/** How often each byte value occurred, filled by measure. */
export const COUNTS: usize = 4096;
export const INPUT: usize = 8192;
export const INPUT_BYTES: i32 = 65536;

/** The signs of all bytes of the input together. */
export function signs(length: i32): i32 {
  memory.fill(SEEN, 0, 256);
  const end = INPUT + length;
  let at = INPUT;
  for (; at + 8 <= end; at += 8) {
    const eight = load<u64>(at);
    store<u8>(SEEN + <usize>(eight & 0xff), 1);
    store<u8>(SEEN + <usize>((eight >> 8) & 0xff), 1);
    store<u8>(SEEN + <usize>((eight >> 16) & 0xff), 1);
    store<u8>(SEEN + <usize>((eight >> 24) & 0xff), 1);
    store<u8>(SEEN + <usize>((eight >> 32) & 0xff), 1);
    store<u8>(SEEN + <usize>((eight >> 40) & 0xff), 1);
    store<u8>(SEEN + <usize>((eight >> 48) & 0xff), 1);
    store<u8>(SEEN + <usize>(eight >> 56), 1);
  }
  for (; at < end; at++) store<u8>(SEEN + <usize>load<u8>(at), 1);
  let all: i32 = 0;
  for (let byte: usize = 0; byte < 256; byte++) all |= load<i32>(SIGNS + (byte << 2)) & -(<i32>load<u8>(SEEN + byte));
  return all;
}

/** Counts each byte value. The four tables are added up at the end: a byte that repeats would have to wait for itself in one. */
export function count(length: i32): void {
  memory.fill(COUNTS, 0, 4096);
  const end = INPUT + length;
  let at = INPUT;
  for (; at + 8 <= end; at += 8) {
    const eight = load<u64>(at);
    increase(COUNTS, eight & 0xff);
    increase(COUNTS + 1024, (eight >> 8) & 0xff);
    increase(COUNTS + 2048, (eight >> 16) & 0xff);
    increase(COUNTS + 3072, (eight >> 24) & 0xff);
    increase(COUNTS, (eight >> 32) & 0xff);
    increase(COUNTS + 1024, (eight >> 40) & 0xff);
    increase(COUNTS + 2048, (eight >> 48) & 0xff);
    increase(COUNTS + 3072, eight >> 56);
  }
  for (; at < end; at++) increase(COUNTS, load<u8>(at));
  for (let offset: usize = 0; offset < 1024; offset += 16) {
    const place = COUNTS + offset;
    const sum = i32x4.add(
      i32x4.add(v128.load(place), v128.load(place, 1024)),
      i32x4.add(v128.load(place, 2048), v128.load(place, 3072)),
    );
    v128.store(place, sum);
  }
}

// @ts-ignore: decorator
@inline
function increase(table: usize, byte: u64): void {
  const place = table + (<usize>byte << 2);
  store<u32>(place, load<u32>(place) + 1);
}

/** Bytes of the input in runs of four printable ones and more. */
export function visible(length: i32): i32 {
  // An earlier, longer input lies there.
  memory.fill(INPUT + length, 0, 128);
  let bits = printable(INPUT);
  let startsBefore: u64 = 0;
  let total: i32 = 0;
  for (let at: i32 = 0; at < length; at += 64) {
    const next = printable(INPUT + at + 64);
    // The first bytes of runs of four, then all that stand in one.
    const starts = bits & ((bits >> 1) | (next << 63)) & ((bits >> 2) | (next << 62)) & ((bits >> 3) | (next << 61));
    const inRuns = starts | (starts << 1) | (starts << 2) | (starts << 3)
      | (startsBefore >> 63) | (startsBefore >> 62) | (startsBefore >> 61);
    total += <i32>popcnt(inRuns);
    startsBefore = starts;
    bits = next;
  }
  return total;
}

/** Where the first sixteen bytes in a row are ASCII without control characters; the length when none are. */
export function firstRun(length: i32): i32 {
  memory.fill(INPUT + length, 0, 128);
  let bits = shown(INPUT);
  for (let at: i32 = 0; at < length; at += 64) {
    const next = shown(INPUT + at + 64);
    // Places where two, four, eight and sixteen begin. Of the next 64 only the first fifteen count.
    const two = bits & ((bits >> 1) | (next << 63));
    const nextTwo = next & (next >> 1);
    const four = two & ((two >> 2) | (nextTwo << 62));
    const nextFour = nextTwo & (nextTwo >> 2);
    const eight = four & ((four >> 4) | (nextFour << 60));
    const nextEight = nextFour & (nextFour >> 4);
    const sixteen = eight & ((eight >> 8) | (nextEight << 56));
    if (sixteen != 0) return at + <i32>ctz(sixteen);
    bits = next;
  }
  return length;
}

// @ts-ignore: decorator
@inline
function shown(at: usize): u64 {
  return shownOf16(at) | (shownOf16(at + 16) << 16) | (shownOf16(at + 32) << 32) | (shownOf16(at + 48) << 48);
}

// @ts-ignore: decorator
@inline
function shownOf16(at: usize): u64 {
  const bytes = v128.load(at);
  return <u64>(<u32>i8x16.bitmask(v128.andnot(i8x16.gt_s(bytes, i8x16.splat(0x1f)), i8x16.eq(bytes, i8x16.splat(0x7f)))));
}

// @ts-ignore: decorator
@inline
function printable(at: usize): u64 {
  return printableOf16(at) | (printableOf16(at + 16) << 16) | (printableOf16(at + 32) << 32) | (printableOf16(at + 48) << 48);
}

/** One bit for each of sixteen bytes: ASCII that is no control character, and white space. */
// @ts-ignore: decorator
@inline
function printableOf16(at: usize): u64 {
  const bytes = v128.load(at);
  const shown = v128.andnot(i8x16.gt_s(bytes, i8x16.splat(0x1f)), i8x16.eq(bytes, i8x16.splat(0x7f)));
  const lines = v128.or(i8x16.eq(bytes, i8x16.splat(0x0a)), i8x16.eq(bytes, i8x16.splat(0x0d)));
  const spaces = v128.or(lines, i8x16.eq(bytes, i8x16.splat(0x09)));
  return <u64>(<u32>i8x16.bitmask(v128.or(shown, spaces)));
}
