import { getHashes, hash } from 'node:crypto';
import { murmur3x128 } from './murmur3.ts';

/** A hash that SDKs are known, or likely, to send ids through. */
export interface Digest {
  readonly name: string;
  readonly bits: number;
  readonly of: (bytes: Uint8Array) => Uint8Array;
  /** Met so often that every surface of it is looked for, and that it is combined with salts and other hashes. */
  readonly common: boolean;
}

const OPENSSL: readonly (readonly [name: string, openssl: string, bits: number])[] = [
  ['md5', 'md5', 128],
  ['sha1', 'sha1', 160],
  ['sha256', 'sha256', 256],
  ['sha512', 'sha512', 512],
  ['sha224', 'sha224', 224],
  ['sha384', 'sha384', 384],
  ['sm3', 'sm3', 256],
  ['sha3-256', 'sha3-256', 256],
  ['ripemd160', 'ripemd160', 160],
];

const COMMON = new Set(['md5', 'sha1', 'sha256']);

const available = new Set(getHashes().map((name) => name.toLowerCase()));

/** Every digest that this Node can compute; `sm3` and `ripemd160` are left out of some builds of OpenSSL. */
export const DIGESTS: readonly Digest[] = [
  ...OPENSSL.filter(([, openssl]) => available.has(openssl)).map(([name, openssl, bits]) => ({
    name,
    bits,
    of: (bytes: Uint8Array) => hash(openssl, bytes, 'buffer'),
    common: COMMON.has(name),
  })),
  { name: 'murmur3-128', bits: 128, of: murmur3x128, common: false },
  // Guava writes either half with its last byte first.
  { name: 'murmur3-128-le', bits: 128, of: (bytes) => halvesReversed(murmur3x128(bytes)), common: false },
];

function halvesReversed(digest: Uint8Array): Uint8Array {
  return Buffer.from(digest).swap64();
}

/** Digests of a digest that were met: outer, inner. */
export const DOUBLE_DIGESTS: readonly (readonly [outer: string, inner: string])[] = [
  ['md5', 'md5'],
  ['sha1', 'md5'],
  ['sha256', 'md5'],
  ['sha1', 'sha1'],
  ['md5', 'sha1'],
  ['sha256', 'sha1'],
  ['sha1', 'sha256'],
  ['sha256', 'sha256'],
  ['md5', 'sha256'],
];

export function digestNamed(name: string): Digest {
  const found = DIGESTS.find((digest) => digest.name === name);
  if (found === undefined) throw new RangeError(`This Node has no ${name}.`);
  return found;
}

/** CRC-32 of IEEE 802.3, as java.util.zip.CRC32 and zlib compute it; unsigned. */
export function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** `String.hashCode` of Java: signed. */
export function javaHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0;
  return hash;
}
