import { type HttpProblem, isProblem } from './head.ts';

/** The bytes of a head are held with all that came with them, for each connection: no more than this many are. */
const HELD_BYTES_MAX = 4 * 1024;

/**
 * Reads the heads of one connection, and knows the last one again by its bytes: apps ask the same of the same server over and over.
 *
 * The head of one message may be that of the next, so nobody may change it.
 */
export class HeadMemory<Head extends { readonly raw: Buffer }> {
  readonly #parse: (text: string, raw: Buffer, method: string) => Head | HttpProblem;
  #last: Head | null = null;
  #lastMethod = '';

  constructor(parse: (text: string, raw: Buffer, method: string) => Head | HttpProblem) {
    this.#parse = parse;
  }

  /** @param method that of the request a response answers, which changes what its bytes mean; empty for a request. */
  read(raw: Buffer, method: string): Head | HttpProblem {
    if (this.#last !== null && this.#lastMethod === method && this.#last.raw.equals(raw)) return this.#last;
    const head = this.#parse(raw.toString('latin1', 0, raw.length - 4), raw, method);
    this.#last = isProblem(head) || raw.buffer.byteLength > HELD_BYTES_MAX ? null : head;
    this.#lastMethod = method;
    return head;
  }
}
