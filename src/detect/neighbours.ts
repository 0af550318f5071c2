import type { Pattern } from './patterns/pattern.ts';

/** What stands right before and after a value, as character codes; -1 where nothing of its kind does. */
export interface Neighbours {
  readonly before: number;
  readonly after: number;
}

/**
 * Reads the characters beside a match through the pattern's own surface: beside `MTM4…` in base64 stands what the next sextets
 * decode to, not the next letter.
 *
 * @param low first and @param high past the last byte that belongs to the same run; beyond them nothing stands.
 */
export function neighboursOf(pattern: Pattern, bytes: Uint8Array, at: number, low: number, high: number): Neighbours {
  const end = at + pattern.bytes.length;
  const code = (index: number) => (index >= low && index < high ? (bytes[index] as number) : -1);
  const { surface, valueBytes } = pattern;
  switch (surface.name) {
    case 'hex':
      return { before: hexPair(code(at - 2), code(at - 1)), after: hexPair(code(end), code(end + 1)) };
    case 'base64':
      return base64Neighbours(code, at, surface.alignment, valueBytes);
    case 'percent':
    case 'percent-twice': {
      const prefix = surface.name === 'percent' ? '%' : '%25';
      const before = escaped(code, at - prefix.length - 2, prefix);
      const after = escaped(code, end, prefix);
      return { before: before === -1 ? code(at - 1) : before, after: after === -1 ? code(end) : after };
    }
    case 'unicode-escape': {
      const escapedBefore = code(at - 6) === BACKSLASH && code(at - 5) === LETTER_U;
      const before = escapedBefore ? escaped(code, at - 6, '\\u00') : code(at - 1);
      const after = escaped(code, end, '\\u00');
      return { before, after: after === -1 ? code(end) : after };
    }
    case 'utf-16le':
      return { before: code(at - 1) === 0 ? code(at - 2) : -1, after: code(end + 1) === 0 ? code(end) : -1 };
    case 'utf-16be':
      return { before: code(at - 2) === 0 ? code(at - 1) : -1, after: code(end) === 0 ? code(end + 1) : -1 };
    default:
      return { before: code(at - 1), after: code(end) };
  }
}

/**
 * Whether the characters beside a match of base64 or base32 hold what the value's first and last byte leave over for them. Another value that
 * differs only there has the same characters in between. What is no such character contradicts nothing.
 */
export function remaindersFit(
  { surface, remainders, bytes: { length } }: Pattern,
  bytes: Uint8Array,
  at: number,
): boolean {
  if (remainders === 0) return true;
  const size = surface.name === 'base64' ? 6 : 5;
  const digit = size === 6 ? sextet : quintet;
  const lead = remainders >> 24;
  const before = lead === 0 ? -1 : digit(bytes[at - 1] ?? -1);
  if (before !== -1 && (before & ((1 << lead) - 1)) !== ((remainders >> 16) & 0xff)) return false;
  const rest = (remainders >> 8) & 0xff;
  const after = rest === 0 ? -1 : digit(bytes[at + length] ?? -1);
  return after === -1 || after >> (size - rest) === (remainders & 0xff);
}

const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

type Code = (index: number) => number;

function base64Neighbours(code: Code, at: number, alignment: number, valueBytes: number): Neighbours {
  const quartet = at - ([0, 2, 3][alignment] as number);
  const previous = alignment === 0 ? byteOf(code, quartet - 4, 2) : byteOf(code, quartet, alignment - 1);
  const total = alignment + valueBytes;
  return { before: previous, after: byteOf(code, quartet + Math.floor(total / 3) * 4, total % 3) };
}

/** Byte 0, 1 or 2 of the three that a base64 quartet stands for; -1 when it is not there. */
function byteOf(code: Code, quartet: number, which: number): number {
  const left = sextet(code(quartet + which));
  const right = sextet(code(quartet + which + 1));
  if (left === -1 || right === -1) return -1;
  return ((left << (2 + which * 2)) | (right >> (4 - which * 2))) & 255;
}

function sextet(code: number): number {
  if (code >= 65 && code <= 90) return code - 65;
  if (code >= 97 && code <= 122) return code - 71;
  if (code >= 48 && code <= 57) return code + 4;
  if (code === 43 || code === 45) return 62;
  return code === 47 || code === 95 ? 63 : -1;
}

function quintet(code: number): number {
  if (code >= 50 && code <= 55) return code - 24;
  const lower = code | 32;
  return lower >= 97 && lower <= 122 ? lower - 97 : -1;
}

/** The byte that two hex digits after a prefix stand for; -1 when that is not what stands there. */
function escaped(code: Code, at: number, prefix: string): number {
  for (let i = 0; i < prefix.length; i++) if (code(at + i) !== prefix.charCodeAt(i)) return -1;
  return hexPair(code(at + prefix.length), code(at + prefix.length + 1));
}

function hexPair(high: number, low: number): number {
  const left = hexDigit(high);
  const right = hexDigit(low);
  return left === -1 || right === -1 ? -1 : left * 16 + right;
}

function hexDigit(code: number): number {
  if (isDigit(code)) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isWord(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

export function isHex(code: number): boolean {
  return hexDigit(code) !== -1;
}
