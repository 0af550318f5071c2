import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** V8's own collector, which it shows only when asked to. Makes the thread that calls it wait until it is done. */
export function garbageCollector(): CollectGarbage {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}

/** Of the whole heap, or of what is young. */
export type CollectGarbage = (how?: { readonly type: 'minor' }) => void;

/** Bytes of events after which a thread looks for dead buffers. */
const EVERY_BYTES = 8 * 1024 * 1024;

/**
 * Frees the buffers that bodies leave behind while they are few.
 *
 * Of buffers V8 sees little more than their handles: it looks for dead young ones when they hold 32 MB, and for all others when they
 * hold 64 MB, on each thread. To look sooner costs half a millisecond a time, and saves marking the whole heap for those that grew old.
 */
export class BodyGarbage {
  readonly #collect: CollectGarbage;
  #bytes = 0;

  constructor(collect = garbageCollector()) {
    this.#collect = collect;
  }

  /** To be called with the bytes of events that passed this thread. */
  passed(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < EVERY_BYTES) return;
    this.#bytes = 0;
    this.#collect({ type: 'minor' });
  }
}
