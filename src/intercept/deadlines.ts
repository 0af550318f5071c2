/** Something that must happen in time. `deadlineAt` is on {@link Deadlines.now}'s clock; Infinity: not waiting for anything. */
export interface Watched {
  deadlineAt: number;
  deadlinePassed(): void;
}

const SWEEP_MS = 250;

/**
 * One timer for all time-outs: it looks at every watched thing four times a second.
 *
 * A timer of its own for each connection would have to be moved on every read and write; setting a number costs nothing.
 */
export class Deadlines {
  readonly #watched = new Set<Watched>();
  readonly #timer: NodeJS.Timeout;
  /** Milliseconds on a clock that never jumps, a quarter of a second coarse. */
  now = performance.now();

  constructor() {
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS);
    this.#timer.unref();
  }

  watch(thing: Watched): void {
    this.#watched.add(thing);
  }

  forget(thing: Watched): void {
    this.#watched.delete(thing);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#watched.clear();
  }

  #sweep(): void {
    this.now = performance.now();
    for (const thing of this.#watched) {
      if (thing.deadlineAt <= this.now) {
        thing.deadlineAt = Number.POSITIVE_INFINITY;
        thing.deadlinePassed();
      }
    }
  }
}
