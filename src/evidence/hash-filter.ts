/** Words of the filter: 8 MB. With two million hashes one in a thousand answers "perhaps" for nothing. */
const WORDS = 2 ** 21;
/** The bits of one hash lie in a block of so many words, so that they come from memory together. */
const BLOCK_WORDS = 16;

/**
 * Says quickly that a hash was never added (a Bloom filter): asking the file takes ten times as long as hashing a small body.
 */
export class HashFilter {
  readonly #words = new Uint32Array(WORDS);

  /** @param sha256 at least 16 hex digits. */
  add(sha256: string): void {
    const { block, bits } = placeOf(sha256);
    for (let part = 0; part < 3; part++) {
      const bit = (bits >>> (part * 9)) & 511;
      const word = block + (bit >>> 5);
      this.#words[word] = (this.#words[word] as number) | (1 << (bit & 31));
    }
  }

  mayHold(sha256: string): boolean {
    const { block, bits } = placeOf(sha256);
    for (let part = 0; part < 3; part++) {
      const bit = (bits >>> (part * 9)) & 511;
      if (((this.#words[block + (bit >>> 5)] as number) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}

/** The block of a hash, and 27 bits that choose three of the bits in it. */
function placeOf(sha256: string): { readonly block: number; readonly bits: number } {
  const block = wordOf(sha256, 0) % (WORDS / BLOCK_WORDS);
  return { block: block * BLOCK_WORDS, bits: wordOf(sha256, 8) };
}

/** Eight lower hex digits as a number. */
function wordOf(hex: string, from: number): number {
  let word = 0;
  for (let at = from; at < from + 8; at++) {
    const code = hex.charCodeAt(at);
    word = (word << 4) | (code - (code > 57 ? 87 : 48));
  }
  return word >>> 0;
}
