import type { KnownValue } from './known-value.ts';
import { type Meaning, type Pattern, standingFor, type Token } from './pattern.ts';
import type { Surface } from './surface.ts';

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
  readonly #byBytes = new Map<string, { readonly pattern: Pattern; readonly meanings: Meaning[] }>();

  /** @param values those that the bytes give away: one, or all that were hashed together. */
  add(values: readonly KnownValue[], surfaces: readonly Surface[], facts: PatternFacts): void {
    for (const surface of surfaces) this.#add(values, surface, facts);
  }

  patterns(): readonly Pattern[] {
    return [...this.#byBytes.values()].map(({ pattern }) => pattern);
  }

  #add(values: readonly KnownValue[], surface: Surface, facts: PatternFacts): void {
    const { bytes } = surface;
    if (bytes.length === 0) return;
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    const present = this.#byBytes.get(key);
    if (present === undefined) {
      const meanings = values.map((value) => meaningOf(value, facts.transform));
      const { valueBytes, token } = facts;
      this.#byBytes.set(key, {
        pattern: { bytes, surface, valueBytes, token, standing: standingFor(facts.bits), meanings },
        meanings,
      });
      return;
    }
    for (const value of values) {
      const known = present.meanings.some(
        ({ dataType, valueIndex }) => dataType === value.dataType && valueIndex === value.valueIndex,
      );
      if (!known) present.meanings.push(meaningOf(value, facts.transform));
    }
  }
}

function meaningOf({ dataType, valueIndex, value }: KnownValue, transform: string): Meaning {
  return { dataType, valueIndex, value, transform };
}
