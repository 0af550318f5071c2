import { type HttpProblem, isProblem } from './head.ts';
import type { HeadSource } from './reader.ts';

/** Bytes of heads that are held, for each connection: no more than this many are. */
const HELD_BYTES_MAX = 4 * 1024;

/**
 * Reads the heads of one connection, and knows the last one again by its bytes: apps ask the same of the same server over and over.
 *
 * The head of one message may be that of the next, so nobody may change it.
 */
export class HeadMemory<Head extends { readonly raw: Buffer }> implements HeadSource<Head> {
  /** That of the request which a response answers: it changes what the bytes of its head mean. Empty for requests. */
  method = '';
  readonly #parse: (text: string, raw: Buffer, method: string) => Head | HttpProblem;
  #last: Head | null = null;
  #lastMethod = '';

  constructor(parse: (text: string, raw: Buffer, method: string) => Head | HttpProblem) {
    this.#parse = parse;
  }

  known(bytes: Buffer): Head | null {
    const last = this.#last;
    if (last === null || this.#lastMethod !== this.method) return null;
    const { length } = last.raw;
    return bytes.length >= length && bytes.compare(last.raw, 0, length, 0, length) === 0 ? last : null;
  }

  read(raw: Buffer): Head | HttpProblem {
    const small = raw.length <= HELD_BYTES_MAX;
    // Held alone, without the bytes that came with it.
    const own = small && raw.buffer.byteLength > HELD_BYTES_MAX ? copied(raw) : raw;
    const head = this.#parse(raw.toString('latin1', 0, raw.length - 4), own, this.method);
    this.#last = small && !isProblem(head) ? head : null;
    this.#lastMethod = this.method;
    return head;
  }
}

/** A copy that shares no memory with others. */
function copied(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}
