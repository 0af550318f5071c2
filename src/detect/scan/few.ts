import { isAscii } from 'node:buffer';
import { type BytePatterns, bytePatterns } from './byte-patterns.ts';

/**
 * So few patterns that each byte of the input can be asked whether one begins there.
 *
 * They are put into eight buckets, one bit each. A table for each of a pattern's first four bytes tells by the low half of a byte,
 * and another by its high half, in which buckets a pattern has such a byte there; what all eight leave over is compared.
 *
 * @see Hyperscan's "Teddy" for the idea: masks of nibbles, looked up sixteen at a time by a shuffle.
 */
export interface FewPlan {
  readonly kind: 'few';
  /** The kernel's pattern numbers → those of the set; patterns of one bucket follow each other. */
  readonly numbers: Int32Array;
  readonly stride: 1;
  /** Bytes that are looked at. */
  readonly gram: 4;
  /** Whether none of the patterns is ASCII. */
  readonly binary: boolean;
  readonly lengthMax: number;
  /** For each of four bytes 16 entries by the low half, then 16 by the high half. */
  readonly halves: Uint8Array;
  /** Where the patterns of each bucket begin; one more at the end. */
  readonly buckets: Int32Array;
  readonly patterns: BytePatterns;
}

/** Of more, too many places would have to be compared. */
export const FEW_MAX = 64;

const BUCKETS = 8;

/** @param numbers of the patterns that are looked for, {@link FEW_MAX} at most. */
export function planFew({ bytes, starts }: BytePatterns, numbers: readonly number[]): FewPlan {
  const bytesOf = (number: number) => Buffer.from(bytes.subarray(starts[number], starts[number + 1]));
  // Patterns that begin alike share a bucket, so that its tables let little else through.
  const sorted = [...numbers].sort((one, other) => Buffer.compare(bytesOf(one), bytesOf(other)));
  const buckets = Int32Array.from({ length: BUCKETS + 1 }, (_, bucket) =>
    Math.floor((bucket * sorted.length) / BUCKETS),
  );
  const halves = new Uint8Array(4 * 32);
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    for (const number of sorted.slice(buckets[bucket], buckets[bucket + 1])) {
      bytesOf(number)
        .subarray(0, 4)
        .forEach((byte, position) => {
          for (const entry of [position * 32 + (byte & 15), position * 32 + 16 + (byte >> 4)])
            halves[entry] = (halves[entry] as number) | (1 << bucket);
        });
    }
  }
  return {
    kind: 'few',
    numbers: Int32Array.from(sorted),
    stride: 1,
    gram: 4,
    binary: sorted.every((number) => !isAscii(bytesOf(number))),
    lengthMax: Math.max(0, ...sorted.map((number) => bytesOf(number).length)),
    halves,
    buckets,
    patterns: bytePatterns(sorted.map(bytesOf)),
  };
}
