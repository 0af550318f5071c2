import { Sieve } from '../sieve/sieve.ts';
import type { TakeNumeral } from './numerals.ts';

const DOUBLE = 1;
const FLOAT = 2;

/**
 * Finds floating-point numbers near a few wanted ones in bytes of unknown form. The first two bytes of a number near another are
 * nearly always the same two, so that one look at a table passes over all the rest.
 */
export class FractionTable {
  readonly #kinds = new Uint8Array(65_536);
  /** Where one of them may start, by its first byte. */
  readonly #starts: Sieve;

  /** @param wanted numbers and how far from each a number may be. */
  constructor(wanted: readonly { readonly value: number; readonly tolerance: number }[]) {
    const view = new DataView(new ArrayBuffer(8));
    for (const { value, tolerance } of wanted) {
      for (let step = -8; step <= 8; step++) {
        const near = value + (tolerance * step) / 8;
        view.setFloat64(0, near);
        this.#kinds[view.getUint16(0)] = (this.#kinds[view.getUint16(0)] as number) | DOUBLE;
        view.setFloat32(0, near);
        this.#kinds[view.getUint16(0)] = (this.#kinds[view.getUint16(0)] as number) | FLOAT;
      }
    }
    const firsts = new Uint8Array(256);
    this.#kinds.forEach((kind, start) => {
      if (kind !== 0) firsts[start >> 8] = 1;
    });
    this.#starts = new Sieve(new Uint8Array(256).fill(1), firsts);
  }

  /** Both byte orders, at every offset. Numbers twelve bytes apart count as next to each other. */
  takeFrom(bytes: Uint8Array, take: TakeNumeral): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const { length } = bytes;
    const kinds = this.#kinds;
    this.#starts.sift(bytes, 0, length, (at) => {
      const first = bytes[at] as number;
      const big = kinds[(first << 8) | (bytes[at + 1] ?? 0)] as number;
      if (big & FLOAT && at + 4 <= length) take(view.getFloat32(at), 5, at, at + 4, at / 12);
      if (big & DOUBLE && at + 8 <= length) take(view.getFloat64(at), 9, at, at + 8, at / 12);
      const little = at > 0 ? (kinds[(first << 8) | (bytes[at - 1] as number)] as number) : 0;
      if (little & FLOAT && at >= 3) take(view.getFloat32(at - 3, true), 5, at - 3, at + 1, (at - 3) / 12);
      if (little & DOUBLE && at >= 7) take(view.getFloat64(at - 7, true), 9, at - 7, at + 1, (at - 7) / 12);
    });
  }
}
