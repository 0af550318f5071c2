import { ByteIndex, grown } from './byte-index.ts';
import type { KnownValue } from './known-value.ts';
import { MeaningLists } from './meaning-lists.ts';
import { type Standing, standingFor, type Token } from './pattern.ts';
import { type Make, PatternSet } from './pattern-set.ts';
import type { Surface, SurfaceName } from './surface.ts';

/** What patterns of one make have in common. */
export interface PatternFacts {
  /** Name of the transform. */
  readonly transform: string;
  /** Bytes of the value before the surface. */
  readonly valueBytes: number;
  /** Chance of an accidental match, as a power of two. */
  readonly bits: number;
  readonly token: Token;
}

/** Gathers patterns by their bytes. The first transform that a value is given for the same bytes stays: simple ones come first. */
export class PatternBook {
  /** Neighbouring addresses may differ only in what stands beside the same characters: remainders count like bytes. */
  readonly #index = new ByteIndex();
  readonly #meanings = new MeaningLists();
  readonly #allMakes: Make[] = [];
  readonly #makeNumbers = new Map<number, number>();
  #makesOf = new Int32Array(4_096);
  #meaningsOf = new Int32Array(4_096);

  /** @param values those that the bytes give away: one, or all that were hashed together. */
  add(values: readonly KnownValue[], surfaces: readonly Surface[], facts: PatternFacts): void {
    const meanings = values.map((value) => this.#meanings.meaning(value, facts.transform));
    for (const surface of surfaces) {
      if (surface.bytes.length > 0) this.#add(meanings, surface, facts);
    }
  }

  /** All patterns, in the order in which they first came. */
  patterns(): PatternSet {
    const { size } = this.#index;
    return new PatternSet({
      ...this.#index.entries(),
      makes: this.#makesOf.slice(0, size),
      meanings: this.#meaningsOf.slice(0, size),
      allMakes: this.#allMakes,
      allMeanings: this.#meanings.lists,
    });
  }

  #add(meanings: readonly number[], surface: Surface, facts: PatternFacts): void {
    const { size } = this.#index;
    const number = this.#index.enter(surface.bytes, surface.remainders ?? 0);
    if (number === size) this.#begin(number, surface, facts);
    let list = this.#meaningsOf[number] as number;
    for (const meaning of meanings) list = this.#meanings.with(list, meaning);
    this.#meaningsOf[number] = list;
  }

  #begin(number: number, surface: Surface, facts: PatternFacts): void {
    if (number === this.#makesOf.length) {
      this.#makesOf = grown(this.#makesOf, new Int32Array(2 * number));
      this.#meaningsOf = grown(this.#meaningsOf, new Int32Array(2 * number));
    }
    this.#makesOf[number] = this.#make(surface, facts);
    this.#meaningsOf[number] = MeaningLists.NONE;
  }

  #make({ name, alignment }: Surface, { valueBytes, bits, token }: PatternFacts): number {
    const standing = standingFor(bits);
    const written = SURFACES[name] * 8 + alignment;
    const key = ((valueBytes * 128 + written) * 4 + TOKENS[token]) * 4 + STANDINGS[standing];
    const known = this.#makeNumbers.get(key);
    if (known !== undefined) return known;
    this.#makeNumbers.set(key, this.#allMakes.length);
    return this.#allMakes.push({ surface: { name, alignment }, valueBytes, token, standing }) - 1;
  }
}

/** Words as numbers, below 16, 4 and 4: a text as the key of a make would have to be put together for each pattern. */
const SURFACES: Readonly<Record<SurfaceName, number>> = {
  text: 0,
  hex: 1,
  base64: 2,
  percent: 3,
  'percent-twice': 4,
  base32: 5,
  'unicode-escape': 6,
  'utf-16le': 7,
  'utf-16be': 8,
  reversed: 9,
};
const TOKENS: Readonly<Record<Token, number>> = { digits: 0, 'imei-body': 1, word: 2, bytes: 3 };
const STANDINGS: Readonly<Record<Standing, number>> = { anywhere: 0, token: 1, 'whole-field': 2 };
