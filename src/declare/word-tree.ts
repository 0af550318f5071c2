/** A place in a {@link WordTree}: the letters so far. 0 is the root. */
export type Place = number;

/**
 * Words by their letters, so that all words that begin at one place of a text are found in one walk.
 *
 * Kept in arrays, 10 bytes a place: thousands of objects would be most of what reading a first policy costs.
 */
export class WordTree {
  /** For each first letter where it leads. */
  private readonly first = new Uint32Array(0x1_0000);
  /** For each place its last letter, one place that goes on from it, and the next that goes on from the same place as itself. */
  private readonly letter: Uint16Array;
  private readonly further: Uint32Array;
  private readonly beside: Uint32Array;
  private count = 1;

  /** @param lettersMax letters of all words that will be added. */
  constructor(lettersMax: number) {
    this.letter = new Uint16Array(lettersMax + 1);
    this.further = new Uint32Array(lettersMax + 1);
    this.beside = new Uint32Array(lettersMax + 1);
  }

  /** Where a UTF-16 unit leads from a place; 0 where no word goes on with it. */
  next(place: Place, unit: number): Place {
    if (place === 0) return this.first[unit] as number;
    let next = this.further[place] as number;
    while (next !== 0 && this.letter[next] !== unit) next = this.beside[next] as number;
    return next;
  }

  /** The same for a word that is being added. */
  add(place: Place, unit: number): Place {
    const known = this.next(place, unit);
    if (known !== 0) return known;
    const added = this.count++;
    this.letter[added] = unit;
    if (place === 0) this.first[unit] = added;
    else {
      this.beside[added] = this.further[place] as number;
      this.further[place] = added;
    }
    return added;
  }
}
