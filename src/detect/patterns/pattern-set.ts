import type { BytePatterns } from '../scan/byte-patterns.ts';
import type { Meaning, Pattern } from './pattern.ts';

/** What patterns of one make have in common: a hundred thousand of them are written in some hundred ways. */
export type Make = Pick<Pattern, 'surface' | 'valueBytes' | 'token' | 'standing'>;

/** The columns of a set: one entry for each pattern, and what the entries stand for. */
export interface PatternColumns extends BytePatterns {
  /** Indexes into {@link allMakes}. */
  readonly makes: Int32Array;
  /** Indexes into {@link allMeanings}. */
  readonly meanings: Int32Array;
  readonly remainders: Int32Array;
  readonly allMakes: readonly Make[];
  readonly allMeanings: readonly (readonly Meaning[])[];
}

/**
 * Patterns by their numbers, from 0: columns of numbers, and an object only for the few that are met.
 *
 * As objects, the hundred thousand patterns of a dozen identifiers take 35 MB of heap, and three times as much while they are made.
 */
export class PatternSet implements BytePatterns {
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly #columns: PatternColumns;
  readonly #met = new Map<number, Pattern>();

  constructor(columns: PatternColumns) {
    this.size = columns.starts.length - 1;
    this.bytes = columns.bytes;
    this.starts = columns.starts;
    this.#columns = columns;
  }

  /** What all patterns of the same make as this one share. */
  makeOf(number: number): Make {
    const { makes, allMakes } = this.#columns;
    return allMakes[makes[number] as number] as Make;
  }

  lengthOf(number: number): number {
    return (this.starts[number + 1] as number) - (this.starts[number] as number);
  }

  bytesOf(number: number): Uint8Array {
    return this.bytes.subarray(this.starts[number], this.starts[number + 1]);
  }

  /** The same object for the same number. */
  at(number: number): Pattern {
    const { meanings, allMeanings, remainders } = this.#columns;
    const met = this.#met.get(number) ?? {
      ...this.makeOf(number),
      bytes: this.bytesOf(number),
      remainders: remainders[number] as number,
      meanings: allMeanings[meanings[number] as number] as readonly Meaning[],
    };
    this.#met.set(number, met);
    return met;
  }
}
