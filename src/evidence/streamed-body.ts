import { createHash, type Hash } from 'node:crypto';
import type { BodyRef } from '../model/evidence.ts';

/** Bytes of one piece of a large body; also the most that is held of a body in memory. */
export const SEGMENT_BYTES = 256 * 1024;

/** A body on its way into the store, written piece by piece. */
export interface BodyWriter {
  write(bytes: Uint8Array): void;
  finish(): BodyRef;
  abandon(): void;
}

/** Where a streamed body puts its pieces. */
export interface StreamSink {
  segment(stream: number | null, number: number, bytes: Uint8Array): { readonly stream: number; readonly hash: string };
  whole(ref: BodyRef, bytes: Uint8Array): void;
  streamed(ref: BodyRef, stream: number, hashes: readonly string[]): void;
  drop(stream: number): void;
}

/** Holds at most one segment in memory; a body that fits into one is stored like any small body. */
export class StreamedBody implements BodyWriter {
  readonly #sink: StreamSink;
  readonly #hash: Hash = createHash('sha256');
  readonly #hashes: string[] = [];
  #parts: Uint8Array[] = [];
  #held = 0;
  #size = 0;
  #stream: number | null = null;
  #done = false;

  constructor(sink: StreamSink) {
    this.#sink = sink;
  }

  write(bytes: Uint8Array): void {
    this.#requireOpen();
    this.#hash.update(bytes);
    this.#size += bytes.length;
    for (let from = 0; from < bytes.length; ) {
      if (this.#held === SEGMENT_BYTES) this.#segment();
      const part = bytes.subarray(from, from + SEGMENT_BYTES - this.#held);
      this.#parts.push(Uint8Array.from(part));
      this.#held += part.length;
      from += part.length;
    }
  }

  finish(): BodyRef {
    this.#requireOpen();
    this.#done = true;
    const ref = { sha256: this.#hash.digest('hex'), size: this.#size };
    if (this.#stream === null) {
      this.#sink.whole(ref, Buffer.concat(this.#parts));
    } else {
      if (this.#held > 0) this.#segment();
      this.#sink.streamed(ref, this.#stream, this.#hashes);
    }
    this.#parts = [];
    return ref;
  }

  abandon(): void {
    if (this.#done) return;
    this.#done = true;
    this.#parts = [];
    if (this.#stream !== null) this.#sink.drop(this.#stream);
  }

  #segment(): void {
    const { stream, hash: sealed } = this.#sink.segment(this.#stream, this.#hashes.length, Buffer.concat(this.#parts));
    this.#stream = stream;
    this.#hashes.push(sealed);
    this.#parts = [];
    this.#held = 0;
  }

  #requireOpen(): void {
    if (this.#done) throw new RangeError('this body was finished or abandoned');
  }
}
