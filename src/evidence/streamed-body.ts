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

/** Buffers of one segment each, which go round: V8 would free them late, and a body of 64 MB takes 256. */
export class SegmentBuffers {
  readonly #spare: Buffer[] = [];

  take(): Buffer {
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(SEGMENT_BYTES);
  }

  /** @param bytes the beginning of a buffer that nobody reads any more. */
  giveBack({ buffer }: Uint8Array): void {
    if (this.#spare.length < SPARE_MAX) this.#spare.push(Buffer.from(buffer));
  }
}

/** More than wait to be written together. */
const SPARE_MAX = 20;

/** Where a streamed body puts its pieces. */
export interface StreamSink {
  readonly buffers: SegmentBuffers;
  /** @param bytes the beginning of one of the buffers, which is given away. */
  segment(stream: number | null, number: number, bytes: Uint8Array): { readonly stream: number; readonly hash: string };
  /** The bytes are only lent. */
  whole(ref: BodyRef, bytes: Uint8Array): void;
  streamed(ref: BodyRef, stream: number, hashes: readonly string[]): void;
  drop(stream: number): void;
}

/** Holds at most one segment in memory; a body that fits into one is stored like any small body. */
export class StreamedBody implements BodyWriter {
  readonly #sink: StreamSink;
  readonly #hash: Hash = createHash('sha256');
  readonly #hashes: string[] = [];
  /** Null until there is something to hold. */
  #buffer: Buffer | null = null;
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
      this.#buffer ??= this.#sink.buffers.take();
      this.#buffer.set(part, this.#held);
      this.#held += part.length;
      from += part.length;
    }
  }

  finish(): BodyRef {
    this.#requireOpen();
    this.#done = true;
    const ref = { sha256: this.#hash.digest('hex'), size: this.#size };
    if (this.#stream === null) {
      const bytes = this.#taken();
      this.#sink.whole(ref, bytes);
      this.#sink.buffers.giveBack(bytes);
    } else {
      this.#segment();
      this.#sink.streamed(ref, this.#stream, this.#hashes);
    }
    return ref;
  }

  abandon(): void {
    if (this.#done) return;
    this.#done = true;
    if (this.#buffer !== null) this.#sink.buffers.giveBack(this.#buffer);
    if (this.#stream !== null) this.#sink.drop(this.#stream);
  }

  #segment(): void {
    const { stream, hash: sealed } = this.#sink.segment(this.#stream, this.#hashes.length, this.#taken());
    this.#stream = stream;
    this.#hashes.push(sealed);
  }

  /** What is held, out of our hands. */
  #taken(): Uint8Array {
    const bytes = (this.#buffer ?? this.#sink.buffers.take()).subarray(0, this.#held);
    this.#buffer = null;
    this.#held = 0;
    return bytes;
  }

  #requireOpen(): void {
    if (this.#done) throw new RangeError('this body was finished or abandoned');
  }
}
