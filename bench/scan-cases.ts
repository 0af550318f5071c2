/** The search that cannot be wrong: every pattern at every position. */
export function naiveHits(patterns: readonly Uint8Array[], input: Uint8Array): { pattern: number; start: number }[] {
  const buffer = Buffer.from(input);
  const hits: { pattern: number; start: number }[] = [];
  patterns.forEach((pattern, number) => {
    for (let at = buffer.indexOf(pattern); at !== -1; at = buffer.indexOf(pattern, at + 1)) {
      hits.push({ pattern: number, start: at });
    }
  });
  return hits;
}

/**
 * Patterns that share prefixes and overlap, an input made mostly of them and their pieces, and cuts anywhere. Small alphabets
 * make near misses and overlaps likely; large ones exercise the filter, and in between text makes it skip. Few patterns and many
 * are looked for in different ways. Some texts are UTF-16, and some lie between random bytes.
 *
 * @param given patterns of an earlier case, for another input of their kind.
 */
export function randomCase(
  below: (bound: number) => number,
  given: readonly Uint8Array[] | null = null,
): {
  patterns: Uint8Array[];
  input: Uint8Array;
  chunks: Uint8Array[];
} {
  const alphabet = [2, 4, 16, 256][below(4)] as number;
  const lengthMin = [4, 6, 8, 9, 15, 16][below(6)] as number;
  const isWide = below(4) === 0;
  const bytes = (size: number, of = below(8) === 0 ? 256 : alphabet) =>
    Uint8Array.from({ length: size }, (_, at) =>
      of === 256 ? below(of) : isWide && at % 2 === 1 ? 0 : 97 + below(of),
    );
  const between = below(4) === 0 ? 256 : undefined;
  const patterns: Uint8Array[] = given === null ? [] : [...given];
  const count = below(8) === 0 ? 65 + below(30) : 1 + below(12);
  for (let i = given === null ? count : 0; i > 0; i--) {
    const base = patterns.length > 0 && below(3) === 0 ? (patterns[below(patterns.length)] as Uint8Array) : bytes(0);
    const size = lengthMin + below(below(4) === 0 ? 120 : 16);
    const shared = base.subarray(0, below(base.length + 1));
    patterns.push(Buffer.concat([shared, bytes(Math.max(0, size - shared.length))]));
  }
  const pieces: Uint8Array[] = [];
  for (let i = below(12); i > 0; i--) {
    const pattern = patterns[below(patterns.length)] as Uint8Array;
    const from = below(3) === 0 ? below(pattern.length) : 0;
    const to = below(3) === 0 ? from + below(pattern.length - from + 1) : pattern.length;
    pieces.push(pattern.subarray(from, to), bytes(below(3) === 0 ? below(60) : 0, between));
  }
  const input = Buffer.concat(pieces);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < input.length; ) {
    const size = 1 + below(below(2) === 0 ? 4 : 90);
    chunks.push(input.subarray(at, at + size));
    at += size;
  }
  return { patterns, input, chunks };
}
