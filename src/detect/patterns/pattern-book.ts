import type { KnownValue } from './known-value.ts';
import { type Meaning, type Pattern, standingFor, type Token } from './pattern.ts';
import type { Surface, SurfaceKind } from './surface.ts';

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

  readonly #kinds = new Map<string, SurfaceKind>();

  /** @param values those that the bytes give away: one, or all that were hashed together. */
  add(values: readonly KnownValue[], surfaces: readonly Surface[], facts: PatternFacts): void {
    for (const surface of surfaces) this.#add(values, surface, facts);
  }

  /** All patterns, their bytes in one piece: as they come, each keeps alive the 8 KB that it was cut from. */
  patterns(): readonly Pattern[] {
    const all = [...this.#byBytes.values()].map(({ pattern }) => pattern);
    const packed = new Uint8Array(all.reduce((sum, { bytes }) => sum + bytes.length, 0));
    let at = 0;
    return all.map((pattern) => {
      const bytes = packed.subarray(at, at + pattern.bytes.length);
      bytes.set(pattern.bytes);
      at += bytes.length;
      return { ...pattern, bytes };
    });
  }

  /** A hundred thousand patterns are written in some twenty ways. */
  #kindOf({ name, alignment }: Surface): SurfaceKind {
    const key = `${name} ${alignment}`;
    const kind = this.#kinds.get(key) ?? { name, alignment };
    this.#kinds.set(key, kind);
    return kind;
  }

  #add(values: readonly KnownValue[], surface: Surface, facts: PatternFacts): void {
    const { bytes } = surface;
    if (bytes.length === 0) return;
    const written = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    // Neighbouring addresses may differ only in what stands beside the same characters.
    const key = surface.remainders ? `${written} ${surface.remainders}` : written;
    const present = this.#byBytes.get(key);
    if (present === undefined) {
      const meanings = values.map((value) => meaningOf(value, facts.transform));
      const { valueBytes, token } = facts;
      this.#byBytes.set(key, {
        pattern: {
          bytes,
          surface: this.#kindOf(surface),
          valueBytes,
          remainders: surface.remainders ?? 0,
          token,
          standing: standingFor(facts.bits),
          meanings,
        },
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
