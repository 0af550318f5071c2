import { hash } from 'node:crypto';
import { brotliCompressSync, constants } from 'node:zlib';
import type { Batch } from './batch.ts';
import type { Protection } from './protection.ts';

/** Bytes joined before they are compressed: at 64 KB brotli's fastest level takes less than deflate of each body alone. */
export const PACK_BYTES = 64 * 1024;

/** Where bytes stand in a pack, once unpacked. */
export interface PackPlace {
  readonly pack: number;
  readonly start: number;
}

/** Joins small bodies and heads, and hands them to the batch compressed. Two packs are open at a time: for what shrinks, and what does not. */
export class Packing {
  readonly #batch: Batch;
  readonly #protection: Protection;
  readonly #text: OpenPack;
  readonly #dense: OpenPack;

  constructor(batch: Batch, protection: Protection) {
    this.#batch = batch;
    this.#protection = protection;
    this.#text = { bytes: Buffer.allocUnsafeSlow(PACK_BYTES), used: 0, pack: 0, shrinks: true };
    this.#dense = { bytes: Buffer.allocUnsafeSlow(PACK_BYTES), used: 0, pack: 0, shrinks: false };
  }

  addBytes(bytes: Uint8Array): PackPlace {
    if (bytes.length > PACK_BYTES / 2) {
      const pack = this.#batch.reserve('packs');
      this.#store(pack, bytes, !looksDense(bytes));
      return { pack, start: 0 };
    }
    const open = looksDense(bytes) ? this.#dense : this.#text;
    const place = this.#placeIn(open, bytes.length);
    open.bytes.set(bytes, place.start);
    open.used += bytes.length;
    return place;
  }

  /** Bytes of text that lie in two pieces. */
  addPieces(one: Uint8Array, other: Uint8Array): PackPlace & { readonly size: number } {
    const size = one.length + other.length;
    if (size > PACK_BYTES / 2) return { ...this.addBytes(Buffer.concat([one, other])), size };
    const open = this.#text;
    const { pack, start } = this.#placeIn(open, size);
    open.bytes.set(one, start);
    open.bytes.set(other, start + one.length);
    open.used += size;
    return { pack, start, size };
  }

  /** Hands over what is open. */
  close(): void {
    for (const open of [this.#text, this.#dense]) this.#close(open);
  }

  /** Forgets what is open. */
  clear(): void {
    for (const open of [this.#text, this.#dense]) open.used = 0;
  }

  #placeIn(open: OpenPack, size: number): PackPlace {
    if (open.used + size > PACK_BYTES) this.#close(open);
    if (open.used === 0) open.pack = this.#batch.reserve('packs');
    return { pack: open.pack, start: open.used };
  }

  #close(open: OpenPack): void {
    if (open.used > 0) this.#store(open.pack, open.bytes.subarray(0, open.used), open.shrinks);
    open.used = 0;
  }

  #store(pack: number, bytes: Uint8Array, shrinks: boolean): void {
    const { coding, data } = compressed(bytes, shrinks, this.#protection);
    this.#batch.add('packs', [pack, coding, bytes.length, data], [pack, coding, bytes.length, hash('sha256', data)]);
  }
}

interface OpenPack {
  readonly bytes: Buffer;
  used: number;
  pack: number;
  readonly shrinks: boolean;
}

/** The bytes as they go to the file, and the name of how they got there. Never a view of the bytes given. */
export function compressed(bytes: Uint8Array, shrinks: boolean, protection: Protection): Packed {
  const { coding, data } = packed(bytes, shrinks, protection);
  // What brotli gives is the beginning of a buffer as large as what it was given: that would be held until the batch is written.
  return { coding, data: Uint8Array.from(data) };
}

/** Like {@link compressed}, but where nothing has to be done to the bytes, `data` is they. */
export function packed(bytes: Uint8Array, shrinks: boolean, protection: Protection): Packed {
  const small = shrinks ? brotliCompressSync(bytes, { params: BROTLI, chunkSize: bytes.length + 1024 }) : null;
  const pays = small !== null && small.length < bytes.length * 0.95;
  return { coding: `${pays ? 'br' : 'raw'}${protection.suffix}`, data: protection.hideBytes(pays ? small : bytes) };
}

interface Packed {
  readonly coding: string;
  readonly data: Uint8Array;
}

const BROTLI = { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_LGWIN]: 18 };

/** Which bytes a sample holds. */
const SEEN = new Uint8Array(256);

/**
 * Whether bytes are packed already (gzip, images, ciphertext): a sample of 256 random bytes holds some 160 different ones,
 * text fewer than 90.
 */
export function looksDense(bytes: Uint8Array): boolean {
  if (bytes.length < 256) return false;
  SEEN.fill(0);
  const step = Math.floor(bytes.length / 256);
  let different = 0;
  for (let index = 0; index < 256; index++) {
    const byte = bytes[index * step] as number;
    different += SEEN[byte] === 0 ? 1 : 0;
    SEEN[byte] = 1;
  }
  return different > 125;
}
