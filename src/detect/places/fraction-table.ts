import type { TakeNumeral } from './numerals.ts';

const DOUBLE = 1;
const FLOAT = 2;

/**
 * Finds floating-point numbers near a few wanted ones in bytes of unknown form. The first two bytes of a number near another are
 * nearly always the same two, so that one look at a table passes over all the rest.
 */
export class FractionTable {
  readonly #kinds = new Uint8Array(65_536);

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
  }

  /** Both byte orders, at every offset. Numbers twelve bytes apart count as next to each other. */
  takeFrom(bytes: Uint8Array, take: TakeNumeral): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const at = (index: number) => bytes[index] as number;
    for (let start = 0; start + 4 <= bytes.length; start++) {
      const big = this.#kinds[(at(start) << 8) | at(start + 1)] as number;
      const order = start / 12;
      if (big & FLOAT) take(view.getFloat32(start), 5, start, start + 4, order);
      const small = this.#kinds[(at(start + 3) << 8) | at(start + 2)] as number;
      if (small & FLOAT) take(view.getFloat32(start, true), 5, start, start + 4, order);
      if (start + 8 > bytes.length) continue;
      if (big & DOUBLE) take(view.getFloat64(start), 9, start, start + 8, order);
      const last = this.#kinds[(at(start + 7) << 8) | at(start + 6)] as number;
      if (last & DOUBLE) take(view.getFloat64(start, true), 9, start, start + 8, order);
    }
  }
}
