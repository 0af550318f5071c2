/** Steps that may take their time, one after the other. */
export class Turns {
  readonly #waiting: ((done: () => void) => void)[] = [];
  readonly #drained: () => void;
  #busy = false;
  #stopped = false;

  /** @param drained called whenever nothing is left to do after something had to wait. */
  constructor(drained: () => void) {
    this.#drained = drained;
  }

  get idle(): boolean {
    return !this.#busy;
  }

  /** @returns whether the step is over already. */
  take(step: (done: () => void) => void): boolean {
    if (this.#stopped) return true;
    this.#waiting.push(step);
    if (!this.#busy) this.#run(false);
    return !this.#busy;
  }

  /** Forgets what waits; what is under way leads nowhere. */
  stop(): void {
    this.#stopped = true;
    this.#waiting.length = 0;
  }

  #run(late: boolean): void {
    this.#busy = true;
    for (let step = this.#waiting.shift(); step !== undefined; step = this.#waiting.shift()) {
      let over = false;
      let returned = false;
      step(() => {
        if (over || this.#stopped) return;
        over = true;
        if (returned) this.#run(true);
      });
      returned = true;
      if (!over) return;
    }
    this.#busy = false;
    if (late) this.#drained();
  }
}
