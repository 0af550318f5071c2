/** Paths that are remembered, over all bodies; a power of two. */
const REMEMBERED_MAX = 16_384;
/** Longer paths, and those whose last names take more bytes, are made anew each time. */
const PATH_LENGTH_MAX = 256;

/** The names of what is remembered, as they stood there, one behind the other. When it is full, all is forgotten. */
const NAMES = new Uint8Array(512 * 1024);
let namesUsed = 0;

/**
 * The path of a field, from which those below it are reached.
 *
 * Traffic repeats the same few names. A path met before is recognised by the bytes of its last name, without making a string of
 * them, and every field of that path shares one string, so that looking it up later costs no hashing. Each path has two places where
 * it may be remembered; a new one takes the first, and the one that had it moves to the second: nothing but speed depends on it.
 */
export class PathNode {
  readonly path: string;
  readonly #parent: PathNode | null;
  /** Where its last name stands in {@link NAMES}; of an item of a list, its number. */
  readonly #name: number;
  /** Bytes of the name; -1 of an item. */
  readonly #size: number;
  /** Tells its children from those of others. */
  readonly #seed: number;

  constructor(path: string, parent: PathNode | null, name: number, size: number, seed: number) {
    this.path = path;
    this.#parent = parent;
    this.#name = name;
    this.#size = size;
    this.#seed = seed;
  }

  /** The item of that number in the list that stands here. */
  item(index: number): PathNode {
    const seed = mixed(this.#seed, index);
    const met = this.#isItem(MET[seed & PLACES], index) ?? this.#isItem(MET[(seed & PLACES) ^ 1], index);
    return met ?? this.#remember(new PathNode(this.#pathTo(String(index)), this, index, -1, seed));
  }

  /** The member whose name stands between two offsets, when it was met before. `hash` is {@link nameHash} of these bytes. */
  known(bytes: Uint8Array, start: number, end: number, hash: number): PathNode | null {
    const place = mixed(this.#seed, hash) & PLACES;
    return this.#isMember(MET[place], bytes, start, end) ?? this.#isMember(MET[place ^ 1], bytes, start, end);
  }

  /** The member of a name; `name` is what the bytes between the offsets say. */
  member(bytes: Uint8Array, start: number, end: number, hash: number, name: string): PathNode {
    const size = end - start;
    const seed = mixed(this.#seed, hash);
    if (size > PATH_LENGTH_MAX) return new PathNode(this.#pathTo(name), this, 0, size, seed);
    if (namesUsed + size > NAMES.length) {
      MET.fill(undefined);
      namesUsed = 0;
    }
    NAMES.set(bytes.subarray(start, end), namesUsed);
    const node = new PathNode(this.#pathTo(name), this, namesUsed, size, seed);
    namesUsed += size;
    return this.#remember(node);
  }

  #isItem(met: PathNode | undefined, index: number): PathNode | null {
    return met !== undefined && met.#parent === this && met.#size === -1 && met.#name === index ? met : null;
  }

  #isMember(met: PathNode | undefined, bytes: Uint8Array, start: number, end: number): PathNode | null {
    if (met === undefined || met.#parent !== this || met.#size !== end - start) return null;
    const name = met.#name - start;
    for (let at = start; at < end; at++) if (NAMES[name + at] !== bytes[at]) return null;
    return met;
  }

  #pathTo(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  #remember(node: PathNode): PathNode {
    if (node.path.length > PATH_LENGTH_MAX) return node;
    const place = node.#seed & PLACES;
    MET[place ^ 1] = MET[place];
    MET[place] = node;
    return node;
  }
}

const PLACES = REMEMBERED_MAX - 1;
const MET: (PathNode | undefined)[] = new Array(REMEMBERED_MAX).fill(undefined);

/** The path of a whole body. */
export const PATH_ROOT = new PathNode('', null, 0, -1, 0);

/** Of a name's length and four of its bytes: names that agree in all of these are rare, and still told apart. */
export function nameHash(bytes: Uint8Array, start: number, end: number): number {
  const outer = ((bytes[start] as number) << 8) | (bytes[end - 1] as number);
  const inner = ((bytes[(start + end) >> 1] as number) << 8) | (bytes[end - 2] as number);
  return Math.imul((outer << 16) ^ inner, 0x85ebca6b) ^ (end - start);
}

function mixed(seed: number, hash: number): number {
  const mix = Math.imul(seed ^ hash, 0x9e3779b1);
  return mix ^ (mix >>> 15);
}
