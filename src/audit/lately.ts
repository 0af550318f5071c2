/**
 * A map that forgets what was not asked for lately. To move each entry to the end of one map when it is asked for would leave a hole
 * in it each time, and the map be made anew every few hundred.
 */
export class Lately<Key, Value> {
  readonly #half: number;
  #newer = new Map<Key, Value>();
  #older = new Map<Key, Value>();

  /** @param max entries that are held; half of them at least are those asked for last. */
  constructor(max: number) {
    this.#half = max / 2;
  }

  get(key: Key): Value | undefined {
    const newer = this.#newer.get(key);
    if (newer !== undefined) return newer;
    const older = this.#older.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: Key, value: Value): void {
    if (this.#newer.size >= this.#half && !this.#newer.has(key)) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(key, value);
  }
}
