/** Compressed forms that announce themselves in their first bytes. */
export type Magic = 'gzip' | 'zlib' | 'zstd' | 'zip';

/** What the first bytes announce; null when they announce nothing we open. */
export function magicOf(bytes: Uint8Array): Magic | null {
  const [a, b, c, d] = bytes;
  if (a === 0x1f && b === 0x8b && c === 0x08) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  if (a === 0x50 && b === 0x4b && c === 0x03 && d === 0x04) return 'zip';
  // RFC 1950: method 8, window up to 32 KiB, header divisible by 31, no preset dictionary.
  if (
    a !== undefined &&
    b !== undefined &&
    (a & 0x0f) === 8 &&
    a >> 4 <= 7 &&
    ((a << 8) | b) % 31 === 0 &&
    (b & 0x20) === 0
  ) {
    return bytes.length > 6 ? 'zlib' : null;
  }
  return null;
}
