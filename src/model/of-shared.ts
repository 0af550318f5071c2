/** Values remembered of each kind; all are forgotten beyond. */
const VALUES_MAX = 500;

/**
 * What was made of values that are shared, such as the head that thousands of exchanges have. A value that is frozen is shared: it
 * cannot change, and is worth remembering; of others nothing is kept.
 */
export class OfShared<Shared extends object, Made> {
  readonly #make: (shared: Shared) => Made;
  readonly #made = new Map<Shared, Made>();

  constructor(make: (shared: Shared) => Made) {
    this.#make = make;
  }

  of(shared: Shared): Made {
    const known = this.#made.get(shared);
    if (known !== undefined) return known;
    const made = this.#make(shared);
    if (Object.isFrozen(shared)) {
      if (this.#made.size >= VALUES_MAX) this.#made.clear();
      this.#made.set(shared, made);
    }
    return made;
  }

  /** What the values are made with has changed. */
  forget(): void {
    this.#made.clear();
  }
}
