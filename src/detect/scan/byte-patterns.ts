/** Byte patterns, numbered from 0, in one piece of memory. */
export interface BytePatterns {
  /** All patterns, one after the other. */
  readonly bytes: Uint8Array;
  /** Where each starts in {@link bytes}; one more entry at the end. */
  readonly starts: Int32Array;
}

export function bytePatterns(patterns: readonly Uint8Array[]): BytePatterns {
  const starts = new Int32Array(patterns.length + 1);
  patterns.forEach((pattern, number) => {
    starts[number + 1] = (starts[number] as number) + pattern.length;
  });
  const bytes = new Uint8Array(starts[patterns.length] as number);
  patterns.forEach((pattern, number) => {
    bytes.set(pattern, starts[number] as number);
  });
  return { bytes, starts };
}
