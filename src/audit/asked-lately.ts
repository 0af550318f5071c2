/** Keys of which it is known that they were asked for lately; a power of two. */
const ASKED_MAX = 4_096;
/** Characters of a key that are looked at. */
const SAMPLES_MAX = 128;

/**
 * Tells keys that come again from the many that never do: to remember each of them a while would leave the collector of garbage more
 * work than all the rest. May take a new key for one that came before, and forgets.
 */
export class AskedLately {
  /** Hashes of the keys asked for lately, each at a place of its own. */
  readonly #hashes = new Int32Array(ASKED_MAX);

  /** Whether a key was asked for before; now it is. */
  wasAsked(key: string): boolean {
    const step = Math.ceil(key.length / SAMPLES_MAX);
    let hash = key.length;
    for (let at = 0; at < key.length; at += step) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
    const place = (hash >>> 16) & (ASKED_MAX - 1);
    const was = this.#hashes[place] === hash;
    this.#hashes[place] = hash;
    return was;
  }
}
