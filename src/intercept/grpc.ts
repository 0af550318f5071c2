import { gunzipSync, inflateSync } from 'node:zlib';
import type { Direction, Headers } from '../model/exchange.ts';
import type { GapKind } from '../model/gaps.ts';
import { factsOf } from './header-facts.ts';
import { copied } from './shared-reads.ts';

/** Told of each message, in the clear, and of what could not be opened. */
export interface GrpcHandler {
  grpcMessage(direction: Direction, bytes: Uint8Array): void;
  grpcGap(direction: Direction, kind: GapKind, detail: string, bytesUnread: number): void;
}

const HEAD_BYTES = 5;
const COMPRESSED = 1;
/** gRPC-Web puts its trailers into a frame of their own. */
const TRAILERS = 0x80;

/**
 * Cuts the body of a gRPC call into its messages: a flag, four bytes of length, the message.
 * Source: github.com/grpc/grpc, doc/PROTOCOL-HTTP2.md.
 */
export class GrpcReader {
  readonly #direction: Direction;
  readonly #encoding: string;
  readonly #bytesMax: number;
  readonly #handler: GrpcHandler;
  #parts: Buffer[] = [];
  #gathered = 0;
  /** Bytes of the frame being gathered, its head included; 0 while the head is. */
  #wanted = 0;
  /** Bytes of an oversized message that are still to be passed over. */
  #skipping = 0;

  constructor(direction: Direction, encoding: string, bytesMax: number, handler: GrpcHandler) {
    this.#direction = direction;
    this.#encoding = encoding;
    this.#bytesMax = bytesMax;
    this.#handler = handler;
  }

  /** @param bytes only lent. */
  feed(bytes: Buffer): void {
    let rest = copied(bytes);
    while (rest.length > 0) {
      const open =
        this.#skipping > 0 ? this.#skipping : (this.#wanted === 0 ? HEAD_BYTES : this.#wanted) - this.#gathered;
      const piece = rest.subarray(0, open);
      rest = rest.subarray(piece.length);
      if (this.#skipping > 0) {
        this.#skipping -= piece.length;
        continue;
      }
      this.#parts.push(piece);
      this.#gathered += piece.length;
      if (piece.length === open) this.#complete();
    }
  }

  #complete(): void {
    const whole = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    const length = whole.readUInt32BE(1);
    if (this.#wanted === 0 && length > this.#bytesMax) {
      this.#handler.grpcGap(
        this.#direction,
        'limit-decoded-bytes',
        'A message is larger than what is gathered.',
        length,
      );
      this.#skipping = length;
      this.#reset();
    } else if (this.#wanted === 0 && length > 0) {
      this.#parts = [whole];
      this.#wanted = HEAD_BYTES + length;
    } else {
      this.#reset();
      this.#tell(whole[0] as number, whole.subarray(HEAD_BYTES));
    }
  }

  #reset(): void {
    this.#parts = [];
    this.#gathered = 0;
    this.#wanted = 0;
  }

  #tell(flags: number, payload: Buffer): void {
    if ((flags & TRAILERS) !== 0) return;
    const message = (flags & COMPRESSED) === 0 ? payload : this.#unpacked(payload);
    if (message === null) {
      this.#handler.grpcGap(
        this.#direction,
        'decode-failed',
        `A message in ${this.#encoding} could not be unpacked.`,
        payload.length,
      );
    } else this.#handler.grpcMessage(this.#direction, new Uint8Array(message));
  }

  #unpacked(payload: Buffer): Buffer | null {
    const limit = { maxOutputLength: this.#bytesMax };
    try {
      if (this.#encoding === 'gzip') return gunzipSync(payload, limit);
      return this.#encoding === 'deflate' ? inflateSync(payload, limit) : null;
    } catch {
      // Bad traffic: the caller writes the gap.
      return null;
    }
  }
}

/** A reader for a body when its head says that it is gRPC; null otherwise. */
export function grpcReaderFor(
  direction: Direction,
  headers: Headers,
  bytesMax: number,
  handler: GrpcHandler,
): GrpcReader | null {
  const encoding = factsOf(headers).grpcEncoding;
  return encoding === null ? null : new GrpcReader(direction, encoding, bytesMax, handler);
}
