import {
  bufferOf,
  HAS_AMPERSAND,
  HAS_BACKSLASH,
  HAS_EQUALS,
  HAS_OPENER,
  HAS_PERCENT,
  HAS_SLASH_OR_DASH,
  isSpace,
  NOT_BASE32,
  NOT_BASE64,
  NOT_BASE64URL,
  NOT_HEX,
} from './characters.ts';
import { base32Of } from './codings/base32.ts';
import { base64Of } from './codings/base64.ts';
import type { Coding } from './codings/coding.ts';
import { decodeEntities, escapedTextOf } from './codings/escapes.ts';
import { hexOf } from './codings/hex.ts';
import { jwtOf } from './codings/jwt.ts';
import { lzStringOf } from './codings/lz-string.ts';
import { octetsOf } from './codings/octets.ts';
import { decodePercent, hasPercentCode } from './codings/percent.ts';
import { quotedPrintableOf } from './codings/quoted-printable.ts';
import { pairSeparatorOf } from './syntaxes/pair-list.ts';

/** A piece of text that is nothing but one coded blob, by its alphabet: hex, bytes one by one, base64, base32, a JWT, lz-string. */
export function blobOf(bytes: Uint8Array, signs: number): Coding | null {
  if ((signs & NOT_HEX) === 0) return hexOf(bytes, signs);
  const first = bytes[0];
  if (first === 0x30 && ((bytes[1] ?? 0) | 0x20) === 0x78) return prefixedHexOf(bytes, signs) ?? octetsOf(bytes, signs);
  if ((signs & NOT_BASE64) === 0 || (signs & NOT_BASE64URL) === 0) {
    return base64Of(bytes, signs) ?? ((signs & NOT_BASE32) === 0 ? base32Of(bytes, signs) : null);
  }
  if (first === 0x65 && bytes[1] === 0x79) return jwtOf(bytes);
  if (first === 0x64 && bytes[1] === 0x61) return dataUrlOf(bytes);
  return octetsOf(bytes, signs) ?? lzStringOf(bytes, signs);
}

/** Text whose characters are written in another way: percent codes, entities, backslash escapes, quoted-printable. */
export function escapedOf(bytes: Uint8Array, signs: number): Coding | null {
  if ((signs & HAS_PERCENT) !== 0 && hasPercentCode(bytes, 0, bytes.length)) {
    return { step: 'percent', bytes: decodePercent(bytes, 0, bytes.length, false) };
  }
  if ((signs & HAS_AMPERSAND) !== 0) {
    const decoded = decodeEntities(bufferOf(bytes).toString('utf8'));
    if (decoded !== null) return { step: 'html', bytes: Buffer.from(decoded, 'utf8') };
  }
  if ((signs & HAS_BACKSLASH) !== 0) {
    const decoded = escapedTextOf(bytes);
    if (decoded !== null) return { step: 'escapes', bytes: decoded };
  }
  if ((signs & HAS_EQUALS) !== 0) {
    const decoded = quotedPrintableOf(bytes);
    if (decoded !== null) return { step: 'quoted-printable', bytes: decoded };
  }
  return null;
}

/** RFC 2397 with base64 content. */
function dataUrlOf(bytes: Uint8Array): Coding | null {
  const head = bufferOf(bytes).toString('latin1', 0, 200);
  const prefix = /^data:[\w.+/;=-]*;base64,/.exec(head);
  if (prefix === null) return null;
  return { step: 'data-url', bytes: Buffer.from(bufferOf(bytes).toString('latin1', prefix[0].length), 'base64') };
}

function prefixedHexOf(bytes: Uint8Array, signs: number): Coding | null {
  const digits = bytes.subarray(2);
  return /^[0-9a-fA-F]+$/.test(bufferOf(digits).toString('latin1')) ? hexOf(digits, signs) : null;
}

/** `callback({…})` and the lines that keep JSON from being run as a script; null for anything else. */
export function wrappedJsonOf(bytes: Uint8Array): Coding | null {
  const body = bufferOf(bytes);
  const head = body.toString('latin1', 0, 200);
  const guard = /^\s*(?:\)\]\}',?|for\s*\(;;\);|while\s*\(1\);)\s*(?=[{[])/.exec(head);
  if (guard !== null) return { step: 'jsonp', bytes: bytes.subarray(guard[0].length) };
  const call = /^\s*(?:\/\*\*\/)?[\w.$]{1,100}\(\s*(?=[{["])/.exec(head);
  if (call === null) return null;
  const tail = /\)\s*;?\s*$/.exec(body.toString('latin1', Math.max(0, bytes.length - 20)));
  if (tail === null) return null;
  return { step: 'jsonp', bytes: bytes.subarray(call[0].length, bytes.length - tail[0].length) };
}

const QUESTION = 0x3f;

/** Whether a piece of text is itself a document, a list of pairs, or a URL with parameters: worth a layer to name its fields. */
export function isStructured(bytes: Uint8Array, signs: number): boolean {
  if ((signs & HAS_OPENER) !== 0 && isWrapped(bytes)) return true;
  if ((signs & HAS_EQUALS) === 0) return false;
  if ((signs & HAS_SLASH_OR_DASH) !== 0 && bytes.includes(QUESTION)) return true;
  return bytes.length >= 8 && pairSeparatorOf(bytes) !== null;
}

/** `{…}`, `[…]` or `<…>`. */
function isWrapped(bytes: Uint8Array): boolean {
  let from = 0;
  let to = bytes.length - 1;
  while (from < to && isSpace(bytes[from] as number)) from++;
  while (to > from && isSpace(bytes[to] as number)) to--;
  const pair = ((bytes[from] as number) << 8) | (bytes[to] as number);
  return to > from && (pair === 0x7b7d || pair === 0x5b5d || pair === 0x3c3e);
}
