import { bufferOf, HAS_CONTROL, HAS_HIGH, hexDigit, isSpace, isText } from '../characters.ts';
import type { Coding } from './coding.ts';

/** Fewer numbers are no id: an address has six bytes. */
export const OCTETS_MIN = 6;
/** Small numbers in a row are as often counts or colours; from here on they are opened whatever they are. */
const ANY_OCTETS_MIN = 16;
/** Six pairs are an address as it is usually written, unless each has `0x` in front. */
const HEX_PAIRS_MIN = 7;

/** Whether a number, as written in a list, can be a byte: 0 to 255, or -128 to 127 as Java writes it. */
export function isOctet(digits: string): boolean {
  if (!/^-?\d{1,3}$/.test(digits)) return false;
  const number = Number(digits);
  return number >= -128 && number <= 255;
}

/** The bytes that a list of numbers stands for; null when it is hardly bytes: too few, or only small numbers that make no text. */
export function bytesOfNumbers(numbers: readonly number[]): Uint8Array | null {
  if (numbers.length < OCTETS_MIN) return null;
  const bytes = Uint8Array.from(numbers, (number) => number & 255);
  return bytes.length >= ANY_OCTETS_MIN || bytes.some((byte) => byte > 127) || isText(bytes) ? bytes : null;
}

/** Opens bytes written one by one: `35:36:37`, `35 36 37`, `0x35,0x36`, `51, 53, -40`; null for anything else. */
export function octetsOf(bytes: Uint8Array, signs: number): Coding | null {
  if ((signs & (HAS_HIGH | HAS_CONTROL)) !== 0 || !mayBeOctets(bytes)) return null;
  const [low, high] = withoutBrackets(bytes);
  const hex = hexPairs(bytes, low, high);
  const decimal = decimals(bytes, low, high);
  // `51,53` is both. Pairs behind colons and spaces are hex, numbers behind commas are not, unless only the other reads as text.
  const [first, second] = bytes.indexOf(COMMA, low) === -1 ? [hex, decimal] : [decimal, hex];
  const chosen = first !== null && (second === null || isText(first) || !isText(second)) ? first : second;
  return chosen === null ? null : { step: 'octets', bytes: chosen };
}

const COMMA = 0x2c;
const ZERO = 0x30;
const LETTER_X = 0x78;
const MINUS = 0x2d;
const OPENERS = '[{(<';
const CLOSERS = ']})>';

/** Told from the first few bytes, which nearly every text fails at. */
function mayBeOctets(bytes: Uint8Array): boolean {
  let at = 0;
  while (at < 4 && (isSpace(bytes[at] as number) || OPENERS.includes(String.fromCharCode(bytes[at] as number)))) at++;
  if (bytes[at] === MINUS) at++;
  if (bytes[at] === ZERO && ((bytes[at + 1] as number) | 0x20) === LETTER_X) return true;
  let digits = 0;
  while (digits < 4 && hexDigit(bytes[at + digits] ?? 0) >= 0) digits++;
  return digits >= 1 && digits <= 3 && isSeparator(bytes[at + digits] ?? 0);
}

function isSeparator(byte: number): boolean {
  return isSpace(byte) || byte === COMMA || byte === 0x3a || byte === 0x3b || byte === 0x7c || byte === MINUS;
}

function withoutBrackets(bytes: Uint8Array): readonly [low: number, high: number] {
  let low = 0;
  let high = bytes.length;
  while (low < high && isSpace(bytes[low] as number)) low++;
  while (low < high && isSpace(bytes[high - 1] as number)) high--;
  const kind = OPENERS.indexOf(String.fromCharCode(bytes[low] ?? 0));
  if (kind >= 0 && bytes[high - 1] === CLOSERS.charCodeAt(kind)) return [low + 1, high - 1];
  return [low, high];
}

/** Pairs of hex digits, each behind `0x` or none, with one and the same separator between all. */
function hexPairs(bytes: Uint8Array, low: number, high: number): Uint8Array | null {
  const octets: number[] = [];
  let separator: string | null = null;
  let prefixed = 0;
  let at = low;
  while (at < high && isSpace(bytes[at] as number)) at++;
  for (;;) {
    if (bytes[at] === ZERO && ((bytes[at + 1] as number) | 0x20) === LETTER_X) {
      prefixed++;
      at += 2;
    }
    const [left, right] = [hexDigit(bytes[at] ?? 0), hexDigit(bytes[at + 1] ?? 0)];
    if (at + 2 > high || left < 0 || right < 0) return null;
    octets.push(left * 16 + right);
    at += 2;
    let next = at;
    while (next < high && next - at < 4 && isSeparator(bytes[next] as number)) next++;
    if (next >= high) break;
    const written = bufferOf(bytes).toString('latin1', at, next);
    separator ??= written;
    if (written === '' || written !== separator) return null;
    at = next;
  }
  return octets.length >= (prefixed > 0 ? OCTETS_MIN : HEX_PAIRS_MIN) ? Uint8Array.from(octets) : null;
}

/** Decimal numbers of bytes with commas, semicolons, bars or spaces between them. */
function decimals(bytes: Uint8Array, low: number, high: number): Uint8Array | null {
  const numbers: number[] = [];
  for (let at = low; at < high; ) {
    const byte = bytes[at] as number;
    if (isSpace(byte) || byte === COMMA || byte === 0x3b || byte === 0x7c) {
      at++;
      continue;
    }
    let end = at + 1;
    while (end < high && (bytes[end] as number) >= ZERO && (bytes[end] as number) <= 0x39) end++;
    const digits = bufferOf(bytes).toString('latin1', at, Math.min(end, at + 5));
    if (!isOctet(digits)) return null;
    numbers.push(Number(digits));
    at = end;
  }
  return bytesOfNumbers(numbers);
}
