import { HAS_LOWER, HAS_UPPER, isText } from '../characters.ts';
import { canStart, magicOf } from '../magic.ts';
import type { Coding } from './coding.ts';

const CHARACTERS_MIN = 16;
const EQUALS = 0x3d;

/** Opens RFC 4648 base32 of text or of a known compressed form; null otherwise. */
export function base32Of(bytes: Uint8Array, signs: number): Coding | null {
  const cases = signs & (HAS_UPPER | HAS_LOWER);
  if (bytes.length < CHARACTERS_MIN || cases === 0 || cases === (HAS_UPPER | HAS_LOWER)) return null;
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === EQUALS) length--;
  const rest = length % 8;
  if (bytes.length - length > 6 || rest === 1 || rest === 3 || rest === 6) return null;
  if (!canStart(base32Start(bytes))) return null;
  const decoded = decode(bytes.subarray(0, length));
  return decoded !== null && (isText(decoded) || magicOf(decoded) !== null) ? { step: 'base32', bytes: decoded } : null;
}

/** The first three bytes as a number. */
function base32Start(bytes: Uint8Array): number {
  let start = 0;
  for (let at = 0; at < 5; at++) start = (start << 5) | (digitOf(bytes[at] as number) & 31);
  return start >> 1;
}

function digitOf(character: number): number {
  return character >= 0x61 ? character - 0x61 : character >= 0x41 ? character - 0x41 : character - 0x18;
}

function decode(characters: Uint8Array): Uint8Array | null {
  const decoded = new Uint8Array(Math.floor((characters.length * 5) / 8));
  let held = 0;
  let bits = 0;
  let length = 0;
  for (const character of characters) {
    const value = digitOf(character);
    if (value < 0 || value > 31) return null;
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      decoded[length++] = (held >> bits) & 0xff;
    }
  }
  return (held & ((1 << bits) - 1)) === 0 ? decoded : null;
}
