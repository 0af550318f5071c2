import { createHash, getHashes } from 'node:crypto';

/** A hash that SDKs are known, or likely, to send ids through. */
export interface Digest {
  readonly name: string;
  readonly bits: number;
  readonly of: (bytes: Uint8Array) => Uint8Array;
}

const OPENSSL: readonly (readonly [name: string, openssl: string, bits: number])[] = [
  ['md5', 'md5', 128],
  ['sha1', 'sha1', 160],
  ['sha256', 'sha256', 256],
];

const available = new Set(getHashes().map((name) => name.toLowerCase()));

/** Every digest that this Node can compute; `sm3` and `ripemd160` are left out of some builds of OpenSSL. */
export const DIGESTS: readonly Digest[] = OPENSSL.filter(([, openssl]) => available.has(openssl)).map(
  ([name, openssl, bits]) => ({ name, bits, of: (bytes) => createHash(openssl).update(bytes).digest() }),
);
