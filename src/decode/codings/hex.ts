import { bufferOf, HAS_LOWER, HAS_UPPER, hexDigit, isText, NOT_HEX } from '../characters.ts';
import { canBeText, fileKindOf, isKnownStart, magicOf } from '../magic.ts';
import type { Coding } from './coding.ts';

const DIGITS_MIN = 16;
/** Hex of bytes that are neither text nor a known form is opened when it is longer than any digest. */
const BINARY_DIGITS_MIN = 130;

/** Opens hexadecimal text that is more than a number or a digest; null otherwise. */
export function hexOf(bytes: Uint8Array, signs: number): Coding | null {
  if (isBareHex(bytes, 0, bytes.length, signs & ~NOT_HEX)) return null;
  const decoded = Buffer.from(bufferOf(bytes).toString('latin1'), 'hex');
  const onlyDigits = (signs & (HAS_UPPER | HAS_LOWER)) === 0;
  const known = onlyDigits
    ? isPlain(decoded)
    : isText(decoded) || magicOf(decoded) !== null || fileKindOf(decoded) !== null;
  return known || (!onlyDigits && decoded.length * 2 >= BINARY_DIGITS_MIN) ? { step: 'hex', bytes: decoded } : null;
}

/** Whether a run of hex digits is a number or a digest, without decoding it: most are. */
export function isBareHex(bytes: Uint8Array, start: number, end: number, signs: number): boolean {
  if ((signs & NOT_HEX) !== 0) return false;
  const digits = end - start;
  if (digits < DIGITS_MIN || digits % 2 !== 0) return true;
  if (digits >= BINARY_DIGITS_MIN || isKnownStart((byteAt(bytes, start) << 8) | byteAt(bytes, start + 2))) return false;
  for (let at = start; at < end; at += 2) if (!canBeText(byteAt(bytes, at))) return true;
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
