/** The start of a head or line that has not come whole; grown by doubling, so that a byte at a time costs no more than once. */
export class Gathered {
  #buffer = Buffer.alloc(0);
  #used = 0;

  get length(): number {
    return this.#used;
  }

  /** A view of what was gathered: good until more is, or it is forgotten. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#used);
  }

  add(bytes: Buffer): void {
    const needed = this.#used + bytes.length;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(1024, 2 ** Math.ceil(Math.log2(needed))));
      this.#buffer.copy(grown, 0, 0, this.#used);
      this.#buffer = grown;
    }
    bytes.copy(this.#buffer, this.#used);
    this.#used = needed;
  }

  forget(): void {
    this.#used = 0;
  }
}

/** Whether a line ends without a carriage return, looking from `from` on. */
export function hasBareLineFeed(bytes: Buffer, from: number): boolean {
  for (let at = bytes.indexOf(10, from); at !== -1; at = bytes.indexOf(10, at + 1)) {
    if (at === 0 || bytes[at - 1] !== 13) return true;
  }
  return false;
}
