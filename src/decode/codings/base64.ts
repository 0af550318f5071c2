import {
  base64Digit,
  bufferOf,
  HAS_DIGIT,
  HAS_EQUALS,
  HAS_LOWER,
  HAS_PLUS,
  HAS_SLASH_OR_DASH,
  HAS_UPPER,
  isText,
  NOT_BASE64,
} from '../characters.ts';
import { canStart, fileKindOf, magicOf } from '../magic.ts';
import { utf16Of } from './charset.ts';
import type { Coding } from './coding.ts';
import { lzStringOf } from './lz-string.ts';

/** Shorter base64 is found by the scanner's own patterns, and too often a word. */
const CHARACTERS_MIN = 16;
/** Padding vouches for shorter ones. */
const PADDED_CHARACTERS_MIN = 8;
/**
 * Base64 of bytes that are neither text nor a known form is opened from here on: when signs that words lack vouch for it, and when
 * only upper case, lower case and digits together do.
 */
const BINARY_CHARACTERS_MIN = 24;
const BINARY_LETTERS_MIN = 44;

/** Opens base64 or base64url, with or without padding and line breaks; null when the text is hardly base64. */
export function base64Of(bytes: Uint8Array, signs: number): Coding | null {
  const text = characters(bytes, signs);
  if (text === null) return null;
  const certain = isCertain(text, signs);
  if (!certain && !canStart(base64Start(text))) return lzStringOf(bytes, signs);
  const decoded = Buffer.from(text, 'base64');
  if (decoded.length < 4) return null;
  if (!isText(decoded) && magicOf(decoded) === null && fileKindOf(decoded) === null && utf16Of(decoded) === null) {
    return lzStringOf(bytes, signs) ?? (certain ? coding(decoded, signs) : null);
  }
  return coding(decoded, signs);
}

function coding(decoded: Uint8Array, signs: number): Coding {
  return { step: (signs & NOT_BASE64) === 0 ? 'base64' : 'base64url', bytes: decoded };
}

/** The first three bytes as a number. */
function base64Start(text: string): number {
  return (digitOf(text, 0) << 18) | (digitOf(text, 1) << 12) | (digitOf(text, 2) << 6) | digitOf(text, 3);
}

function digitOf(text: string, at: number): number {
  return base64Digit(text.charCodeAt(at)) & 0x3f;
}

function isCertain(text: string, signs: number): boolean {
  const letters = HAS_UPPER | HAS_LOWER;
  if ((signs & letters) !== letters) return false;
  if ((signs & HAS_DIGIT) !== 0 && text.length >= BINARY_LETTERS_MIN) return true;
  if ((signs & (HAS_EQUALS | HAS_PLUS)) === 0 && ((signs & HAS_SLASH_OR_DASH) === 0 || (signs & HAS_DIGIT) === 0))
    return false;
  return text.length >= BINARY_CHARACTERS_MIN && text.length % 4 === 0;
}

/** The characters without line breaks, when their number and their padding can be base64. */
function characters(bytes: Uint8Array, signs: number): string | null {
  if (bytes.length < PADDED_CHARACTERS_MIN) return null;
  let text = bufferOf(bytes).toString('latin1');
  if (text.includes('\n') || text.includes('\r')) text = text.replace(/[\r\n]+/g, '');
  const length = (signs & HAS_EQUALS) === 0 ? text.length : text.indexOf('=');
  const padding = text.length - length;
  if (padding > 2 || length % 4 === 1) return null;
  if (padding === 0) return length < CHARACTERS_MIN ? null : text;
  return text.length % 4 === 0 && text.endsWith('='.repeat(padding)) ? text : null;
}
