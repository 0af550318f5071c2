import lzString from 'lz-string';
import {
  base64Digit,
  bufferOf,
  HAS_AMPERSAND,
  HAS_CONTROL,
  HAS_DOT,
  HAS_HIGH,
  HAS_OPENER,
  HAS_PERCENT,
  HAS_SPACE,
} from '../characters.ts';
import type { Coding } from './coding.ts';

const CHARACTERS_MIN = 16;
/** The library cannot be stopped, and n characters may unpack to about n²/8: eight thousand to some megabytes. */
const CHARACTERS_MAX = 8192;

/**
 * Opens text that lz-string packed to base64 or to its form for URLs.
 *
 * Almost anything unpacks to something. What proves it is that packing the result again gives the same text.
 */
export function lzStringOf(bytes: Uint8Array, signs: number): Coding | null {
  if (bytes.length < CHARACTERS_MIN || bytes.length > CHARACTERS_MAX) return null;
  if ((signs & (HAS_PERCENT | HAS_HIGH | HAS_CONTROL | HAS_SPACE | HAS_DOT | HAS_AMPERSAND | HAS_OPENER)) !== 0)
    return null;
  if (!startsWithAscii(bytes)) return null;
  try {
    const text = unpack(bufferOf(bytes).toString('latin1'));
    return text === null ? null : { step: 'lz-string', bytes: Buffer.from(text, 'utf8') };
  } catch {
    // The library trips over bytes that it did not make.
    return null;
  }
}

/**
 * Whether the first code stands for a printable ASCII character: two zero bits, then the character's eight, lowest first. Spares
 * nine in ten other words the attempt.
 */
function startsWithAscii(bytes: Uint8Array): boolean {
  const bits = (base64Digit(bytes[0] as number) << 6) | base64Digit(bytes[1] as number);
  if (bits < 0 || bits >> 10 !== 0) return false;
  let character = 0;
  for (let bit = 0; bit < 8; bit++) character |= ((bits >> (9 - bit)) & 1) << bit;
  return character >= 0x20 && character < 0x7f;
}

function unpack(packed: string): string | null {
  if (/^[A-Za-z0-9+/]+={0,3}$/.test(packed)) {
    const text = lzString.decompressFromBase64(packed);
    if (isPlain(text) && lzString.compressToBase64(text) === packed) return text;
  }
  if (/^[A-Za-z0-9+$-]+$/.test(packed)) {
    const text = lzString.decompressFromEncodedURIComponent(packed);
    if (isPlain(text) && lzString.compressToEncodedURIComponent(text) === packed) return text;
  }
  return null;
}

function isPlain(text: unknown): text is string {
  return typeof text === 'string' && /^[\t\r\n\u0020-\u007e\u00a0-\ud7ff\uf900-\ufffd]{4,}$/.test(text);
}
