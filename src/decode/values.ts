import {
  bufferOf,
  HAS_AMPERSAND,
  HAS_DIGIT,
  HAS_EQUALS,
  HAS_LOWER,
  HAS_OPENER,
  HAS_PERCENT,
  HAS_SLASH_OR_DASH,
  HAS_UPPER,
  isSpace,
  isText,
  NOT_BASE64,
  NOT_BASE64URL,
  NOT_HEX,
} from './characters.ts';
import { decodePercent, hasPercentCode } from './codings/percent.ts';
import { magicOf } from './magic.ts';
import type { OpenLayer, Unpacking } from './unpacking.ts';

/** A further coding that a piece of text is in, and what it holds. */
export interface Coding {
  readonly step: string;
  readonly bytes: Uint8Array;
}

/** Shorter base64 is found by the scanner's own patterns, and too often a word. */
const BASE64_CHARACTERS_MIN = 16;
/** Padding vouches for shorter ones. */
const PADDED_BASE64_CHARACTERS_MIN = 8;
/** Base64 of bytes that are neither text nor a known form is opened from here on: shorter ones are keys and digests. */
const BINARY_BASE64_CHARACTERS_MIN = 44;

/**
 * Looks at one value that a parser found at `start..end` of a layer: opens the coding it is in, if any.
 *
 * @param value the value's own bytes where they differ from those in the layer (escapes undone); null when it stands there as is.
 * @param locator the step that leads to the value: `json:header.mac`.
 */
export function considerValue(
  unpacking: Unpacking,
  layer: OpenLayer,
  locator: string,
  start: number,
  end: number,
  value: Uint8Array | null,
  signs: number,
): void {
  if (value === null && end - start < PADDED_BASE64_CHARACTERS_MIN) return;
  const bytes = value ?? layer.bytes.subarray(start, end);
  const coding = codingOf(bytes, signs);
  if (coding !== null) {
    unpacking.child(layer, start, end, [locator, coding.step], coding.bytes);
  } else if (value !== null || isStructured(bytes, signs)) {
    unpacking.child(layer, start, end, [locator, 'text'], bytes);
  }
}

/** The coding that a piece of text is in; null when it is in none that can be told. */
export function codingOf(bytes: Uint8Array, signs: number): Coding | null {
  if ((signs & HAS_PERCENT) !== 0 && hasPercentCode(bytes, 0, bytes.length)) {
    return { step: 'percent', bytes: decodePercent(bytes, 0, bytes.length, false) };
  }
  if ((signs & NOT_BASE64) === 0 || (signs & NOT_BASE64URL) === 0) return base64Of(bytes, signs);
  return null;
}

function base64Of(bytes: Uint8Array, signs: number): Coding | null {
  if ((signs & NOT_HEX) === 0) return null;
  const text = base64Text(bytes, signs);
  if (text === null) return null;
  const decoded = Buffer.from(text, 'base64');
  if (decoded.length < 4) return null;
  const mixed = (signs & HAS_UPPER) !== 0 && (signs & HAS_LOWER) !== 0 && (signs & HAS_DIGIT) !== 0;
  if (magicOf(decoded) !== null || isText(decoded) || (mixed && text.length >= BINARY_BASE64_CHARACTERS_MIN)) {
    return { step: (signs & NOT_BASE64) === 0 ? 'base64' : 'base64url', bytes: decoded };
  }
  return null;
}

/** The characters without line breaks, when their number and their padding can be base64. */
function base64Text(bytes: Uint8Array, signs: number): string | null {
  if (bytes.length < PADDED_BASE64_CHARACTERS_MIN) return null;
  const text = bufferOf(bytes)
    .toString('latin1')
    .replace(/[\r\n]+/g, '');
  const characters = (signs & HAS_EQUALS) === 0 ? text.length : text.indexOf('=');
  const padding = text.length - characters;
  if (padding > 2 || characters % 4 === 1) return null;
  if (padding === 0) return characters < BASE64_CHARACTERS_MIN ? null : text;
  return text.length % 4 === 0 && /^=+$/.test(text.slice(characters)) ? text : null;
}

const QUESTION = 0x3f;

/** Whether a piece of text is itself a document or a URL with parameters, worth a layer of its own to name its fields. */
export function isStructured(bytes: Uint8Array, signs: number): boolean {
  if ((signs & HAS_OPENER) !== 0 && isWrapped(bytes)) return true;
  if ((signs & HAS_EQUALS) === 0) return false;
  return (signs & HAS_AMPERSAND) !== 0 || ((signs & HAS_SLASH_OR_DASH) !== 0 && bytes.includes(QUESTION));
}

/** `{…}`, `[…]` or `<…>`. */
export function isWrapped(bytes: Uint8Array): boolean {
  let from = 0;
  let to = bytes.length - 1;
  while (from < to && isSpace(bytes[from] as number)) from++;
  while (to > from && isSpace(bytes[to] as number)) to--;
  const pair = ((bytes[from] as number) << 8) | (bytes[to] as number);
  return to > from && (pair === 0x7b7d || pair === 0x5b5d || pair === 0x3c3e);
}
