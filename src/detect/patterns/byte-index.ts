/** Entries by what they say: runs of bytes with a number beside them, each once, numbered in the order in which they came. */
export class ByteIndex {
  #size = 0;
  #bytes = new Uint8Array(64 * 1024);
  #starts = new Int32Array(ENTRIES + 1);
  #remainders = new Int32Array(ENTRIES);
  #hashes = new Int32Array(ENTRIES);
  /** Open-addressed: an entry's number plus one; zero: free. At most half full. */
  #slots = new Int32Array(2 * ENTRIES);

  get size(): number {
    return this.#size;
  }

  /** The number of an entry: {@link size} as it was before when it is new. */
  enter(bytes: Uint8Array, remainders: number): number {
    const hash = hashOf(bytes, remainders);
    const wrap = this.#slots.length - 1;
    let slot = hash & wrap;
    for (let entry = this.#slots[slot] as number; entry !== 0; entry = this.#slots[slot] as number) {
      if (this.#is(entry - 1, hash, bytes, remainders)) return entry - 1;
      slot = (slot + 1) & wrap;
    }
    this.#slots[slot] = this.#size + 1;
    this.#append(hash, bytes, remainders);
    return this.#size - 1;
  }

  /** What was entered, in columns without room to grow. */
  entries(): { readonly bytes: Uint8Array; readonly starts: Int32Array; readonly remainders: Int32Array } {
    return {
      bytes: this.#bytes.slice(0, this.#starts[this.#size]),
      starts: this.#starts.slice(0, this.#size + 1),
      remainders: this.#remainders.slice(0, this.#size),
    };
  }

  #is(entry: number, hash: number, bytes: Uint8Array, remainders: number): boolean {
    if (this.#hashes[entry] !== hash || this.#remainders[entry] !== remainders) return false;
    const start = this.#starts[entry] as number;
    if ((this.#starts[entry + 1] as number) - start !== bytes.length) return false;
    const all = this.#bytes;
    for (let i = 0; i < bytes.length; i++) if (all[start + i] !== bytes[i]) return false;
    return true;
  }

  #append(hash: number, bytes: Uint8Array, remainders: number): void {
    const number = this.#size++;
    const start = this.#starts[number] as number;
    const end = start + bytes.length;
    if (end > this.#bytes.length) this.#bytes = grown(this.#bytes, new Uint8Array(2 * end));
    this.#bytes.set(bytes, start);
    this.#starts[number + 1] = end;
    this.#remainders[number] = remainders;
    this.#hashes[number] = hash;
    if (this.#size === this.#hashes.length) this.#grow();
  }

  #grow(): void {
    const entries = 2 * this.#size;
    this.#starts = grown(this.#starts, new Int32Array(entries + 1));
    this.#remainders = grown(this.#remainders, new Int32Array(entries));
    this.#hashes = grown(this.#hashes, new Int32Array(entries));
    this.#slots = new Int32Array(2 * entries);
    const wrap = this.#slots.length - 1;
    for (let number = 0; number < this.#size; number++) {
      let slot = (this.#hashes[number] as number) & wrap;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & wrap;
      this.#slots[slot] = number + 1;
    }
  }
}

/** Room for so many entries at first; a power of two. */
const ENTRIES = 4_096;

/** A larger column that begins like one. */
export function grown<Column extends Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(
  column: Column,
  larger: Column,
): Column {
  larger.set(column);
  return larger;
}

/** FNV-1a, with its high bits folded into the low ones that choose the slot. */
function hashOf(bytes: Uint8Array, remainders: number): number {
  let hash = 0x811c9dc5 ^ remainders;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash ^ (hash >>> 15);
}
