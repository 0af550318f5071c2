import { fold } from './fold.ts';
import { type Place, WordTree } from './word-tree.ts';
import type { PolicyWords } from './words.ts';

/** Signs that writers put inside a term or leave out: `Android_ID`, `IP 地址`, `Wi-Fi`. */
export const LOOSE = /[\s_-]+/g;

/** The same of a UTF-16 unit of folded text, but for spaces that no policy has. */
export function isLoose(unit: number): boolean {
  return unit === 0x20 || unit === 0x2d || unit === 0x5f || (unit >= 9 && unit <= 13);
}

/** The words for data, folded and without loose signs, each with what it names. */
export class Surfaces {
  readonly tree: WordTree;
  /** 1 for each UTF-16 unit that one begins with. */
  readonly starts = new Uint8Array(0x1_0000);
  /** For each place which of the lists below names what ends there; 0 where nothing does. */
  private readonly named: Uint16Array;
  private readonly lists: (readonly string[])[] = [[], []];
  private readonly known = new Map<string, number>();
  private readonly words: PolicyWords;

  constructor(all: readonly (readonly string[])[], words: PolicyWords) {
    let letters = 0;
    for (const surfaces of all) for (const surface of surfaces) letters += surface.length;
    this.tree = new WordTree(letters);
    this.named = new Uint16Array(letters + 1);
    this.words = words;
  }

  /** What a word names that ends at a place: nothing for one that only looks like data; null where none ends. */
  idsAt(place: Place): readonly string[] | null {
    const list = this.named[place] as number;
    return list === 0 ? null : this.idsIn(list);
  }

  private idsIn(list: number): readonly string[] {
    return this.lists[list] as readonly string[];
  }

  /** @param list what the surface names, as {@link listOf} gave it. */
  add(surface: string, list: number): void {
    const place = this.placeOf(surface);
    const before = this.named[place] as number;
    if (before === 0 || before === NO_DATA) this.named[place] = list;
    else if (before !== list)
      this.named[place] = this.listOf([...new Set([...this.idsIn(before), ...this.idsIn(list)])]);
  }

  addNone(surface: string): void {
    const place = this.placeOf(surface);
    if (this.named[place] === 0) this.named[place] = NO_DATA;
  }

  private placeOf(surface: string, isFolded = false): Place {
    const { folder } = this.words;
    let place: Place = 0;
    for (let index = 0; index < surface.length; index++) {
      const unit = surface.charCodeAt(index);
      // Words of other regions are exchanged as a whole.
      if (!isFolded && folder.isTraditional(unit)) return this.placeOf(fold(surface, this.words), true);
      const folded = isFolded ? unit : folder.unit(unit);
      if (isLeftOut(folded)) continue;
      if (place === 0) this.starts[folded] = 1;
      place = this.tree.add(place, folded);
    }
    return place;
  }

  /** The list of these ids: there are as many lists as data types, and a few more. */
  listOf(ids: readonly string[]): number {
    const key = ids.join(' ');
    const known = this.known.get(key);
    if (known !== undefined) return known;
    this.known.set(key, this.lists.length);
    return this.lists.push(ids) - 1;
  }
}

/** The list of words that look like data and are none. */
const NO_DATA = 1;

/** What {@link LOOSE} takes out of a word. */
function isLeftOut(unit: number): boolean {
  return isLoose(unit) || (unit >= FIRST_WIDE_SPACE && unit <= LAST_WIDE_SPACE && /\s/.test(String.fromCharCode(unit)));
}

const FIRST_WIDE_SPACE = 0x1680;
const LAST_WIDE_SPACE = 0x205f;
