/**
 * MurmurHash3 with seed 0, as analytics SDKs use it to shorten ids.
 * @see Austin Appleby, MurmurHash3.cpp (public domain).
 */

/** The 32-bit form (x86_32), unsigned. */
export function murmur3x32(bytes: Uint8Array): number {
  const mix = (k: number) => Math.imul(rotate(Math.imul(k, 0xcc9e2d51), 15), 0x1b873593);
  const blocks = bytes.length >> 2;
  let h = 0;
  for (let i = 0; i < blocks; i++) {
    h = (Math.imul(rotate(h ^ mix(littleEndian(bytes, i * 4, 4)), 13), 5) + 0xe6546b64) | 0;
  }
  if (bytes.length % 4 > 0) h ^= mix(littleEndian(bytes, blocks * 4, bytes.length % 4));
  h ^= bytes.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function littleEndian(bytes: Uint8Array, at: number, size: number): number {
  let word = 0;
  for (let i = 0; i < size; i++) word |= (bytes[at + i] as number) << (8 * i);
  return word;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

const C1 = 0x87c37b91114253d5n;
const C2 = 0x4cf5ad432745937fn;
const WORD = (1n << 64n) - 1n;

/** The 128-bit form (x64_128): 16 bytes, both halves big-endian, as hex dumps of it are written. */
export function murmur3x128(bytes: Uint8Array): Uint8Array {
  const blocks = bytes.length >> 4;
  const padded = Buffer.alloc((blocks + 1) * 16);
  padded.set(bytes);
  let h1 = 0n;
  let h2 = 0n;
  for (let i = 0; i < blocks; i++) {
    h1 ^= mixLow(padded.readBigUInt64LE(i * 16));
    h1 = ((rotate64(h1, 27n) + h2) * 5n + 0x52dce729n) & WORD;
    h2 ^= mixHigh(padded.readBigUInt64LE(i * 16 + 8));
    h2 = ((rotate64(h2, 31n) + h1) * 5n + 0x38495ab5n) & WORD;
  }
  h2 ^= mixHigh(padded.readBigUInt64LE(blocks * 16 + 8));
  h1 ^= mixLow(padded.readBigUInt64LE(blocks * 16));
  const length = BigInt(bytes.length);
  h1 = ((h1 ^ length) + (h2 ^ length)) & WORD;
  h2 = ((h2 ^ length) + h1) & WORD;
  h1 = finish(h1);
  h2 = finish(h2);
  h1 = (h1 + h2) & WORD;
  h2 = (h2 + h1) & WORD;
  const digest = Buffer.alloc(16);
  digest.writeBigUInt64BE(h1);
  digest.writeBigUInt64BE(h2, 8);
  return digest;
}

function mixLow(k: bigint): bigint {
  return (rotate64((k * C1) & WORD, 31n) * C2) & WORD;
}

function mixHigh(k: bigint): bigint {
  return (rotate64((k * C2) & WORD, 33n) * C1) & WORD;
}

function rotate64(word: bigint, by: bigint): bigint {
  return ((word << by) | (word >> (64n - by))) & WORD;
}

function finish(k: bigint): bigint {
  let h = ((k ^ (k >> 33n)) * 0xff51afd7ed558ccdn) & WORD;
  h = ((h ^ (h >> 33n)) * 0xc4ceb9fe1a85ec53n) & WORD;
  return h ^ (h >> 33n);
}
