import type { CaptureEvent, CaptureSink } from '../model/exchange.ts';

/** Hands events to the audit, and lets everybody wait in one place while the audit is behind. */
export class Tap {
  readonly #sink: CaptureSink;
  #waiting: (() => void)[] = [];
  #full = false;
  readonly #clock: () => number;
  #exchanges = 0;
  #connections = 0;

  constructor(sink: CaptureSink, clock: () => number) {
    this.#sink = sink;
    this.#clock = clock;
  }

  /** True while the audit asks for a pause: nothing more should be read from phones or servers. */
  get full(): boolean {
    return this.#full;
  }

  get exchanges(): number {
    return this.#exchanges;
  }

  get connections(): number {
    return this.#connections;
  }

  now(): number {
    return this.#clock();
  }

  nextExchange(): number {
    return ++this.#exchanges;
  }

  nextConnection(): number {
    return ++this.#connections;
  }

  emit(event: CaptureEvent): void {
    if (this.#sink.accept(event) || this.#full) return;
    this.#full = true;
    const release = () => {
      this.#full = false;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const go of waiting) go();
    };
    // A sink that can no longer say when it is ready must not stop the phone for good.
    this.#sink.whenReady().then(release, release);
  }

  /** Calls back once the audit has caught up. */
  whenReady(go: () => void): void {
    this.#waiting.push(go);
  }
}
