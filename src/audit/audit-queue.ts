import type { CaptureEvent, CaptureSink } from '../model/exchange.ts';
import { EventBatch } from './event-batch.ts';
import type { PackedEvents } from './event-layout.ts';

/** Limits of the way from the relay to the audit thread. */
export interface QueueLimits {
  /** Bytes that may wait for the audit; above it the relay stops reading from phone and server. */
  readonly waitingBytesMax: number;
  /** A batch is handed over when it holds this many bytes … */
  readonly batchBytes: number;
  /** … or is this many milliseconds old. */
  readonly batchMs: number;
}

export const QUEUE_LIMITS: QueueLimits = { waitingBytesMax: 4 * 1024 * 1024, batchBytes: 512 * 1024, batchMs: 25 };

/**
 * The bounded queue between relay and audit: bytes are never dropped, a full queue makes the relay wait.
 *
 * `post` hands a packed batch to the audit thread; {@link AuditQueue.acknowledge} must be called with its buffer once it has been
 * judged. A batch that is old but small waits while the audit is busy with others, and grows meanwhile.
 */
export class AuditQueue implements CaptureSink {
  readonly #limits: QueueLimits;
  readonly #post: (batch: PackedEvents) => void;
  readonly #batch: EventBatch;
  #waitingBatches = 0;
  #waitingBytes = 0;
  #due = false;
  #timer: NodeJS.Timeout | null = null;
  #ready: Promise<void> | null = null;
  #resolveReady: (() => void) | null = null;

  constructor(post: (batch: PackedEvents) => void, limits: QueueLimits = QUEUE_LIMITS) {
    this.#post = post;
    this.#limits = limits;
    this.#batch = new EventBatch(limits.batchBytes);
  }

  accept(event: CaptureEvent): boolean {
    this.#batch.add(event);
    if (this.#batch.size >= this.#limits.batchBytes * FULL) this.flush();
    else this.#timer ??= setTimeout(() => this.#grewOld(), this.#limits.batchMs);
    return this.#waitingBytes <= this.#limits.waitingBytesMax;
  }

  whenReady(): Promise<void> {
    if (this.#waitingBytes <= this.#limits.waitingBytesMax) return Promise.resolve();
    this.#ready ??= new Promise((resolve) => {
      this.#resolveReady = resolve;
    });
    return this.#ready;
  }

  /** Hands over what has gathered, at once. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#due = false;
    if (this.#batch.size === 0) return;
    const batch = this.#batch.take();
    this.#waitingBatches += 1;
    this.#waitingBytes += batch.buffer.byteLength;
    this.#post(batch);
  }

  /** The audit has judged a batch and gives its buffer back. */
  acknowledge(buffer: ArrayBuffer): void {
    this.#waitingBatches -= 1;
    this.#waitingBytes -= buffer.byteLength;
    this.#batch.giveBack(buffer);
    if (this.#due && this.#waitingBatches === 0) this.flush();
    // Half, so that the relay does not stop and go at every batch.
    if (this.#waitingBytes <= this.#limits.waitingBytesMax / 2) this.#release();
  }

  /** Nobody will judge what waits: lets the relay go on for good. */
  abandon(): void {
    this.#waitingBatches = 0;
    this.#waitingBytes = Number.NEGATIVE_INFINITY;
    this.#release();
  }

  #release(): void {
    this.#resolveReady?.();
    this.#resolveReady = null;
    this.#ready = null;
  }

  #grewOld(): void {
    this.#timer = null;
    if (this.#waitingBatches === 0) this.flush();
    else this.#due = true;
  }
}

/** A batch is handed over a little before its buffer is full, so that it seldom has to grow: a chunk of a body is 64 KB at most. */
const FULL = 0.85;
