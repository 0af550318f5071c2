import { AskedLately } from './asked-lately.ts';
import { Lately } from './lately.ts';

/** Heads remembered of each kind. */
const HEADS_MAX = 500;
/** Longer heads are read anew each time. */
const HEAD_CHARACTERS_MAX = 16 * 1024;

/**
 * Gives equal heads the same value: apps send the same ones over and over, and what was made of one of them holds for all. From the
 * second time on a head is shared, and frozen.
 */
export class SharedHeads<Head extends { readonly head: { readonly headers: readonly (readonly string[])[] } }> {
  readonly #known = new Lately<string, Head>(HEADS_MAX);
  readonly #asked = new AskedLately();
  readonly #read: (text: string) => Head;

  /** @param read of a head's text, which must say everything. */
  constructor(read: (text: string) => Head) {
    this.#read = read;
  }

  of(text: string): Head {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const read = this.#read(text);
    if (text.length > HEAD_CHARACTERS_MAX || !this.#asked.wasAsked(text)) return read;
    for (const part of read.head.headers) Object.freeze(part);
    Object.freeze(read.head.headers);
    Object.freeze(read.head);
    this.#known.set(text, read);
    return read;
  }
}
