/** Bits of the filter: 8 MB. With two million hashes one in five hundred answers "perhaps" for nothing. */
const BITS = 2 ** 26;

/**
 * Says quickly that a hash was never added (a Bloom filter): asking the file takes ten times as long as hashing a small body.
 */
export class HashFilter {
  readonly #bits = new Uint32Array(BITS / 32);

  /** @param sha256 at least 32 hex digits. */
  add(sha256: string): void {
    for (let part = 0; part < 32; part += 8) {
      const bit = Number.parseInt(sha256.slice(part, part + 8), 16) % BITS;
      this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] as number) | (1 << (bit & 31));
    }
  }

  mayHold(sha256: string): boolean {
    for (let part = 0; part < 32; part += 8) {
      const bit = Number.parseInt(sha256.slice(part, part + 8), 16) % BITS;
      if (((this.#bits[bit >>> 5] as number) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}
