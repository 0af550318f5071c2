/** The moment at which the decoding of one body stops, wherever it is. */
export class Deadline {
  readonly #at: number;

  constructor(milliseconds: number) {
    this.#at = performance.now() + milliseconds;
  }

  passed(): boolean {
    return performance.now() > this.#at;
  }
}
