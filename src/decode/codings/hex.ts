import { bufferOf, HAS_LOWER, HAS_UPPER, hexDigit, isText } from '../characters.ts';
import { canStart, fileKindOf, magicOf } from '../magic.ts';
import type { Coding } from './coding.ts';

const DIGITS_MIN = 16;
/** Hex of bytes that are neither text nor a known form is opened when it is longer than any digest. */
const BINARY_DIGITS_MIN = 130;

/** Opens hexadecimal text that is more than a number or a digest; null otherwise. */
export function hexOf(bytes: Uint8Array, signs: number): Coding | null {
  if (bytes.length < DIGITS_MIN || bytes.length % 2 !== 0) return null;
  if (bytes.length < BINARY_DIGITS_MIN && !canStart(hexStart(bytes))) return null;
  const decoded = Buffer.from(bufferOf(bytes).toString('latin1'), 'hex');
  const onlyDigits = (signs & (HAS_UPPER | HAS_LOWER)) === 0;
  const known = onlyDigits
    ? isPlain(decoded)
    : isText(decoded) || magicOf(decoded) !== null || fileKindOf(decoded) !== null;
  return known || (!onlyDigits && decoded.length * 2 >= BINARY_DIGITS_MIN) ? { step: 'hex', bytes: decoded } : null;
}

/** The first three bytes as a number. */
function hexStart(bytes: Uint8Array): number {
  let start = 0;
  for (let at = 0; at < 6; at++) start = (start << 4) | hexDigit(bytes[at] as number);
  return start;
}

/** A number of sixteen digits is now and then the hex of something printable: letters and digits alone are believed then. */
function isPlain(bytes: Uint8Array): boolean {
  return bytes.every(
    (byte) => (byte >= 0x30 && byte <= 0x3a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a),
  );
}
