import { bufferOf, HAS_LOWER, HAS_UPPER, hexDigit, isText, NOT_HEX } from '../characters.ts';
import { canBeText, fileKindOf, isKnownStart, magicOf } from '../magic.ts';
import { utf16Of } from './charset.ts';
import type { Coding } from './coding.ts';

const DIGITS_MIN = 16;
/** Hex of bytes that are neither text nor a known form is opened when it is longer than any digest. */
const BINARY_DIGITS_MIN = 130;
/** Shorter hex is opened from here on when it looks like text under a short key. */
const MASKED_DIGITS_MIN = 34;
const DIGEST_DIGITS: ReadonlySet<number> = new Set([40, 48, 56, 64, 96, 128]);
/** Highest bits that must agree. */
const AGREEING_MIN = 14;

/** Opens hexadecimal text that is more than a number or a digest; null otherwise. */
export function hexOf(bytes: Uint8Array, signs: number): Coding | null {
  if (isBareHex(bytes, 0, bytes.length, signs & ~NOT_HEX)) return null;
  const decoded = Buffer.from(bufferOf(bytes).toString('latin1'), 'hex');
  const onlyDigits = (signs & (HAS_UPPER | HAS_LOWER)) === 0;
  const known = onlyDigits
    ? isPlain(decoded) || (decoded.length >= DIGITS_MIN && isText(decoded)) || utf16Of(decoded) !== null
    : isText(decoded) || magicOf(decoded) !== null || fileKindOf(decoded) !== null || utf16Of(decoded) !== null;
  const digits = bytes.length;
  return known || (!onlyDigits && (digits >= BINARY_DIGITS_MIN || mayBeMasked(bytes, 0, digits)))
    ? { step: 'hex', bytes: decoded }
    : null;
}

/** Whether a run of hex digits is a number or a digest, without decoding it: most are. */
export function isBareHex(bytes: Uint8Array, start: number, end: number, signs: number): boolean {
  if ((signs & NOT_HEX) !== 0) return false;
  const digits = end - start;
  if (digits < DIGITS_MIN || digits % 2 !== 0) return true;
  if (
    digits >= BINARY_DIGITS_MIN ||
    mayBeMasked(bytes, start, end) ||
    isKnownStart((byteAt(bytes, start) << 8) | byteAt(bytes, start + 2))
  )
    return false;
  // Zeros are the other half of each character in UTF-16.
  for (let at = start; at < end; at += 2) {
    const byte = byteAt(bytes, at);
    if (byte !== 0 && !canBeText(byte)) return true;
  }
  return false;
}

/**
 * Whether the highest bits of the bytes repeat after one to sixteen, as those of ASCII under a repeating XOR key do. Of random bytes one
 * run in some hundreds does.
 */
function mayBeMasked(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < MASKED_DIGITS_MIN || DIGEST_DIGITS.has(end - start)) return false;
  const count = Math.min(32, (end - start) >> 1);
  let high = 0;
  for (let i = 0; i < count; i++) high |= (hexDigit(bytes[start + 2 * i] as number) >> 3) << i;
  for (let period = 1; period <= Math.min(count >> 1, count - AGREEING_MIN); period++) {
    const compared = count - period;
    if (((high ^ (high >>> period)) & (2 ** compared - 1)) === 0) return true;
  }
  return false;
}

function byteAt(bytes: Uint8Array, at: number): number {
  return (hexDigit(bytes[at] as number) << 4) | hexDigit(bytes[at + 1] as number);
}

/** A number of sixteen digits is now and then the hex of something printable: letters and digits alone are believed then. */
function isPlain(bytes: Uint8Array): boolean {
  return bytes.every(
    (byte) => (byte >= 0x30 && byte <= 0x3a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a),
  );
}
