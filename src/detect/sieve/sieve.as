// The loops of sieve.ts in AssemblyScript, compiled to WebAssembly with SIMD (scripts/compile-kernel.mjs).
// Everything lies in the imported memory at these places; 64 bytes behind the input are read, and never count.

/** Two sets of byte values, 32 bytes each: for each low half of a byte, one bit for each of its high halves 0–7, then 8–15. */
export const BEFORE: usize = 1024;
export const OWN: usize = 1056;
/** The byte in front of the input stands in front of it here, too. */
export const INPUT: usize = 2048;
export const INPUT_BYTES: i32 = 65536;
/** What was left: positions, as i32. */
export const PLACES: usize = 2048 + 65536 + 64;
/** The highest bit of each byte of the input, filled by gatherHighBits. */
const HIGH_BITS: usize = PLACES + 4 * 65536;

/** One bit for each of eight values, twice: a table for swizzle. */
const BITS = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);

/** Keeps the positions whose byte is of one set and stands behind a byte of the other; returns how many. */
export function sift(length: i32): i32 {
  const beforeLow = v128.load(BEFORE);
  const beforeHigh = v128.load(BEFORE, 16);
  const ownLow = v128.load(OWN);
  const ownHigh = v128.load(OWN, 16);
  let out = PLACES;
  for (let at: i32 = 0; at < length; at += 16) {
    const own = members(v128.load(INPUT + at), ownLow, ownHigh);
    if (!v128.any_true(own)) continue;
    const before = members(v128.load(INPUT + at - 1), beforeLow, beforeHigh);
    let lanes = i8x16.bitmask(v128.and(own, before));
    if (at + 16 > length) lanes &= (1 << (length - at)) - 1;
    for (; lanes != 0; lanes &= lanes - 1) {
      store<i32>(out, at + ctz(lanes));
      out += 4;
    }
  }
  return <i32>(out - PLACES) >> 2;
}

/** All ones in the lanes whose byte is in a set. */
// @ts-ignore: decorator
@inline
function members(bytes: v128, low: v128, high: v128): v128 {
  // Swizzle gives zero for an index of 16 or more: each table answers for its own half.
  const index = v128.and(bytes, i8x16.splat(-113));
  const masks = v128.or(i8x16.swizzle(low, index), i8x16.swizzle(high, v128.xor(index, i8x16.splat(-128))));
  const bits = i8x16.swizzle(BITS, v128.and(i8x16.shr_u(bytes, 4), i8x16.splat(7)));
  return i8x16.ne(v128.and(masks, bits), i8x16.splat(0));
}

export function gatherHighBits(length: i32): void {
  memory.fill(INPUT + length, 0, 16);
  memory.fill(HIGH_BITS + (length >> 3), 0, 16);
  for (let at: i32 = 0; at < length; at += 16) store<u16>(HIGH_BITS + (at >> 3), <u16>i8x16.bitmask(v128.load(INPUT + at)));
}

/** Keeps the positions below `to` from which on eight bytes agree in their highest bit with those a period behind; returns how many. */
export function siftAgreeing(period: i32, to: i32): i32 {
  let out = PLACES;
  // 64 bits, of which up to seven are shifted away, and as many begin no eight: 48 are left, and some.
  for (let at: i32 = 0; at < to; at += 48) {
    const place = HIGH_BITS + (at >> 3);
    const agree = ~(load<u64>(place) ^ (load<u64>(place + (period >> 3)) >> (period & 7)));
    const two = agree & (agree >> 1);
    const four = two & (two >> 2);
    let eight = four & (four >> 4) & 0xffffffffffff;
    for (; eight != 0; eight &= eight - 1) {
      store<i32>(out, at + <i32>ctz(eight));
      out += 4;
    }
  }
  let kept = <i32>(out - PLACES) >> 2;
  while (kept > 0 && load<i32>(PLACES + (<usize>(kept - 1) << 2)) >= to) kept--;
  return kept;
}
