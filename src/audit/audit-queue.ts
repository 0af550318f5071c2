import type { CaptureEvent, CaptureSink } from '../model/exchange.ts';
import { EventBatch } from './event-codec.ts';

/** Limits of the way from the relay to the audit thread. */
export interface QueueLimits {
  /** Bytes that may wait for the audit; above it the relay stops reading from phone and server. */
  readonly waitingBytesMax: number;
  /** A batch is handed over when it holds this many bytes … */
  readonly batchBytes: number;
  /** … or is this many milliseconds old. */
  readonly batchMs: number;
}

export const QUEUE_LIMITS: QueueLimits = { waitingBytesMax: 16 * 1024 * 1024, batchBytes: 256 * 1024, batchMs: 25 };

/**
 * The bounded queue between relay and audit: bytes are never dropped, a full queue makes the relay wait.
 *
 * `post` hands a packed batch to the audit thread; {@link AuditQueue.acknowledge} must be called with the bytes of each batch once
 * it has been judged.
 */
export class AuditQueue implements CaptureSink {
  readonly #limits: QueueLimits;
  readonly #post: (batch: ArrayBuffer) => void;
  readonly #batch: EventBatch;
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #ready: Promise<void> | null = null;
  #resolveReady: (() => void) | null = null;

  constructor(post: (batch: ArrayBuffer) => void, limits: QueueLimits = QUEUE_LIMITS) {
    this.#post = post;
    this.#limits = limits;
    this.#batch = new EventBatch(limits.batchBytes);
  }

  accept(event: CaptureEvent): boolean {
    this.#batch.add(event);
    if (this.#batch.size >= this.#limits.batchBytes) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.#limits.batchMs);
    return this.#waitingBytes <= this.#limits.waitingBytesMax;
  }

  whenReady(): Promise<void> {
    if (this.#waitingBytes <= this.#limits.waitingBytesMax) return Promise.resolve();
    this.#ready ??= new Promise((resolve) => {
      this.#resolveReady = resolve;
    });
    return this.#ready;
  }

  /** Bytes that were handed over and not yet judged. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Hands over what has gathered, at once. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#batch.size === 0) return;
    const batch = this.#batch.take();
    this.#waitingBytes += batch.byteLength;
    this.#post(batch);
  }

  /** The audit has judged a batch of this many bytes. */
  acknowledge(bytes: number): void {
    this.#waitingBytes -= bytes;
    // Half, so that the relay does not stop and go at every batch.
    if (this.#resolveReady !== null && this.#waitingBytes <= this.#limits.waitingBytesMax / 2) {
      this.#resolveReady();
      this.#resolveReady = null;
      this.#ready = null;
    }
  }
}
