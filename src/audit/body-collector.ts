import type { Detector } from '../detect/detector.ts';
import type { EvidenceWriter } from '../evidence/evidence-writer.ts';
import type { BodyRef } from '../model/evidence.ts';
import type { Direction } from '../model/exchange.ts';
import type { Detection } from '../model/finding.ts';
import type { Gap } from '../model/gaps.ts';

/** How much of a body is held, kept and searched. */
export interface BodyLimits {
  /** Bytes held in memory for decoding. → `limit-body-bytes` */
  readonly decodedInputBytesMax: number;
  /** Bytes stored as evidence. → `limit-body-bytes` */
  readonly keptBytesMax: number;
  /** Bytes held by all bodies under way together; above it a body is held only up to `crowdedBytesMax`. */
  readonly heldBytesMax: number;
  readonly crowdedBytesMax: number;
}

export const BODY_LIMITS: BodyLimits = {
  decodedInputBytesMax: 12 * 1024 * 1024,
  keptBytesMax: 64 * 1024 * 1024,
  heldBytesMax: 64 * 1024 * 1024,
  crowdedBytesMax: 256 * 1024,
};

/** A body that has ended. */
export interface CollectedBody {
  /** The whole body, or its beginning. */
  readonly held: Uint8Array;
  readonly whole: boolean;
  /** What the streaming search found behind the beginning. */
  readonly detections: readonly Detection[];
  readonly gaps: readonly Gap[];
  /** Null when the store was not to have it as it came. */
  readonly ref: BodyRef | null;
}

/** Bytes held by all bodies of one audit together, and the buffers of small ones that ended. */
export class HeldBytes {
  total = 0;
  readonly #spare: Buffer[] = [];

  /** A buffer for a body that begins with so many bytes. */
  take(bytes: number): Buffer {
    return bytes <= SPARE_BYTES
      ? (this.#spare.pop() ?? Buffer.allocUnsafeSlow(SPARE_BYTES))
      : Buffer.allocUnsafeSlow(bytes);
  }

  /** Takes back a buffer that nobody reads any more. */
  giveBack(buffer: Buffer): void {
    if (buffer.length === SPARE_BYTES && this.#spare.length < SPARE_MAX) this.#spare.push(buffer);
  }
}

/** Most bodies are smaller: a buffer of each one's own would cost more than what is done with it. */
const SPARE_BYTES = 4 * 1024;
const SPARE_MAX = 64;

/** Bodies up to this size are stored in one piece; larger ones stream into the store. */
const SMALL_BYTES = 1024 * 1024;

const EMPTY = Buffer.alloc(0);

/** A value may straddle what is decoded and what is only searched: this many bytes are searched twice. */
const OVERLAP_BYTES = 4 * 1024;

/**
 * Gathers one body: its beginning in memory for decoding, its bytes into the store, and what is too long for decoding through the
 * streaming search.
 */
export class BodyCollector {
  readonly #writer: EvidenceWriter;
  readonly #detector: Detector;
  readonly #direction: Direction;
  readonly #limits: BodyLimits;
  readonly #held: HeldBytes;
  readonly #stores: boolean;
  /** The beginning of the body: the first `#heldBytes` of a buffer that grows. */
  #buffer: Buffer = EMPTY;
  #heldBytes = 0;
  #size = 0;
  #keptBytes = 0;
  #stored: ReturnType<EvidenceWriter['openBody']> | null = null;
  #overflow: ReturnType<Detector['openStream']> | null = null;
  #overflowStart = 0;
  readonly #overflowDetections: Detection[] = [];

  /** @param stores whether the bytes go into the store as they come. */
  constructor(
    writer: EvidenceWriter,
    detector: Detector,
    direction: Direction,
    limits: BodyLimits,
    held: HeldBytes,
    stores: boolean,
  ) {
    this.#stores = stores;
    this.#writer = writer;
    this.#detector = detector;
    this.#direction = direction;
    this.#limits = limits;
    this.#held = held;
  }

  /** Bytes that came in so far. */
  get size(): number {
    return this.#size;
  }

  /** Takes the next bytes; they are copied, since batches are reused. */
  write(bytes: Uint8Array): void {
    this.#size += bytes.length;
    this.#keep(bytes);
    const crowded = this.#held.total + bytes.length > this.#limits.heldBytesMax;
    const max = crowded ? this.#limits.crowdedBytesMax : this.#limits.decodedInputBytesMax;
    const room = this.#overflow === null ? Math.max(0, Math.min(bytes.length, max - this.#heldBytes)) : 0;
    if (room > 0) this.#hold(room === bytes.length ? bytes : bytes.subarray(0, room));
    if (room < bytes.length) this.#search(bytes.subarray(room));
  }

  /**
   * Ends the body.
   * @returns null for a body without bytes. What is held must not be read any more after {@link release}.
   */
  finish(): CollectedBody | null {
    this.#held.total -= this.#heldBytes;
    if (this.#size === 0) return null;
    const held = this.#buffer.subarray(0, this.#heldBytes);
    const ref = this.#stores ? (this.#stored?.finish() ?? this.#writer.putBody(held)) : null;
    if (this.#overflow !== null) this.#note(this.#overflow.end());
    return { held, whole: this.#overflow === null, detections: this.#overflowDetections, gaps: this.#gaps(), ref };
  }

  /** The body was judged and stored. */
  release(): void {
    this.#held.giveBack(this.#buffer);
    this.#buffer = EMPTY;
  }

  /** Lets go of a body that will not be finished. */
  abandon(): void {
    this.#held.total -= this.#heldBytes;
    this.#stored?.abandon();
  }

  #keep(bytes: Uint8Array): void {
    if (!this.#stores) return;
    if (this.#stored === null) {
      if (this.#size <= SMALL_BYTES && this.#overflow === null) return;
      this.#stored = this.#writer.openBody();
      this.#store(this.#buffer.subarray(0, this.#heldBytes));
    }
    this.#store(bytes);
  }

  #store(bytes: Uint8Array): void {
    const room = Math.min(bytes.length, this.#limits.keptBytesMax - this.#keptBytes);
    if (room <= 0) return;
    this.#stored?.write(bytes.subarray(0, room));
    this.#keptBytes += room;
  }

  /** A copy: the batch's memory would stay alive as long as the smallest piece of it. */
  #hold(bytes: Uint8Array): void {
    const needed = this.#heldBytes + bytes.length;
    if (this.#heldBytes === 0) {
      this.#buffer = this.#held.take(bytes.length);
      this.#buffer.set(bytes);
    } else {
      if (needed > this.#buffer.length) {
        const doubled = Math.min(this.#heldBytes * 2, this.#limits.decodedInputBytesMax);
        const larger = Buffer.allocUnsafeSlow(Math.max(needed, doubled));
        larger.set(this.#buffer.subarray(0, this.#heldBytes));
        this.#held.giveBack(this.#buffer);
        this.#buffer = larger;
      }
      this.#buffer.set(bytes, this.#heldBytes);
    }
    this.#heldBytes = needed;
    this.#held.total += bytes.length;
  }

  #search(bytes: Uint8Array): void {
    if (this.#overflow === null) {
      this.#startStoring();
      this.#overflow = this.#detector.openStream({ direction: this.#direction, place: 'body' });
      const tail = this.#buffer.subarray(Math.max(0, this.#heldBytes - OVERLAP_BYTES), this.#heldBytes);
      this.#overflowStart = this.#heldBytes - tail.length;
      this.#note(this.#overflow.write(tail));
    }
    this.#note(this.#overflow.write(bytes));
  }

  /** A body that is no longer held whole cannot be stored in one piece at its end. */
  #startStoring(): void {
    if (this.#stored !== null || !this.#stores) return;
    this.#stored = this.#writer.openBody();
    this.#store(this.#buffer.subarray(0, this.#heldBytes));
  }

  #note(detections: readonly Detection[]): void {
    for (const detection of detections) {
      const offset = detection.offset + this.#overflowStart;
      // What ends inside the held beginning is found again when that is decoded.
      if (offset + detection.length > this.#heldBytes) this.#overflowDetections.push({ ...detection, offset });
    }
  }

  #gaps(): readonly Gap[] {
    if (this.#overflow === null) return [];
    const at = [this.#direction, 'body'];
    const unread = this.#size - this.#heldBytes;
    const keptBytes = this.#stores ? this.#keptBytes : this.#heldBytes;
    const kept = keptBytes < this.#size ? `${keptBytes} of ${this.#size} bytes kept` : `all ${this.#size} bytes kept`;
    return [
      {
        kind: 'limit-body-bytes',
        at,
        bytesUnread: unread,
        detail: `${this.#heldBytes} bytes decoded, the rest searched as they are; ${kept}`,
      },
      ...this.#overflow.gaps().map((gap) => ({ ...gap, at })),
    ];
  }
}
