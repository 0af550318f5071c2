import { isDigit, isHex, isWord, neighboursOf, remaindersFit } from './neighbours.ts';
import type { Pattern } from './patterns/pattern.ts';
import { luhnDigit } from './patterns/spelling.ts';

/** The run of bytes that a match is judged in: a layer, a part of a head, or what is there of a stream. */
export interface Surroundings {
  readonly bytes: Uint8Array;
  /** The run's first byte and the one past its last. */
  readonly low: number;
  readonly high: number;
  /** The field around the match; -1 when it lies in none. */
  readonly fieldStart: number;
  readonly fieldEnd: number;
}

/**
 * Whether a match stands where a pattern of its strength counts.
 *
 * A token stands alone: no digit beside digits, no letter or digit beside anything else, where the edges of a field (and of
 * the run) part it from what is outside. Raw bytes must begin or end a field, or follow a byte that says their length.
 */
export function standsAsValue(pattern: Pattern, at: number, around: Surroundings): boolean {
  if (!remaindersFit(pattern, around.bytes, at)) return false;
  if (pattern.standing === 'anywhere') return true;
  const end = at + pattern.bytes.length;
  const fillsField = at === around.fieldStart && end === around.fieldEnd;
  if (fillsField || pattern.standing === 'whole-field') return fillsField;
  if (pattern.token === 'bytes' && pattern.surface.name === 'text') {
    const atEdge = at === around.fieldStart || end === around.fieldEnd || (at === around.low && end === around.high);
    return atEdge || followsItsLength(pattern, at, around);
  }
  if (followsItsLength(pattern, at, around)) return true;
  const low = around.fieldStart === -1 ? around.low : around.fieldStart;
  const high = around.fieldStart === -1 ? around.high : around.fieldEnd;
  const { before: beside, after } = neighboursOf(pattern, around.bytes, at, low, high);
  const before = isLengthByte(pattern, at, around) ? -1 : beside;
  if (pattern.token === 'digits' || pattern.token === 'imei-body') {
    if (isDigit(before) || isFraction(before, at, around)) return false;
    return !isDigit(after) || (pattern.token === 'imei-body' && isSoftwareVersion(pattern, end, high, around.bytes));
  }
  if (isWord(before) || isWord(after)) return false;
  return !continuesGroups(pattern, before, after, at, end, around);
}

/** Two more digits make an IMEISV; not when the first is the check digit, for then it is an IMEI with a digit too many. */
function isSoftwareVersion(pattern: Pattern, end: number, high: number, bytes: Uint8Array): boolean {
  if (pattern.surface.name !== 'text' || end + 2 > high || !isDigit(bytes[end + 1] as number)) return false;
  if (end + 2 < high && isDigit(bytes[end + 2] as number)) return false;
  const next = String.fromCharCode(bytes[end] as number);
  const written = pattern.meanings.some(({ value }) => value.replace(/\D/g, '').charAt(14) === next);
  return !written && next !== luhnDigit(Buffer.from(pattern.bytes).toString('latin1'));
}

/** `0.867532051234567` is a fraction, not an IMEI. */
function isFraction(before: number, at: number, { bytes, low }: Surroundings): boolean {
  return before === 46 && at - 2 >= low && isDigit(bytes[at - 2] as number);
}

/** A separator inside the value that goes on outside it, with more behind it: part of a longer group, as in an IPv6 address. */
function continuesGroups(
  pattern: Pattern,
  before: number,
  after: number,
  at: number,
  end: number,
  { bytes, low, high }: Surroundings,
): boolean {
  if (pattern.surface.name !== 'text') return false;
  const goesOn = (separator: number, beyond: number, step: 1 | -1) => {
    if ((separator !== COLON && separator !== DASH) || !pattern.bytes.includes(separator)) return false;
    let digits = 0;
    for (let i = beyond; i >= low && i < high && isWord(bytes[i] as number); i += step) {
      if (++digits > GROUP_DIGITS_MAX || !isHex(bytes[i] as number)) return false;
    }
    return digits > 0;
  };
  return goesOn(before, at - 2, -1) || goesOn(after, end + 1, 1);
}

const COLON = 58;
const DASH = 45;
/** Of a group in an IPv6 address; `mac:` and `id-` in front of a value are no groups. */
const GROUP_DIGITS_MAX = 4;

/** A letter or digit behind a zero byte is the low byte of a length: text has no zeros. */
function isLengthByte({ surface }: Pattern, at: number, { bytes, low }: Surroundings): boolean {
  return at - 2 >= low && bytes[at - 2] === 0 && !surface.name.startsWith('utf-16');
}

/**
 * A length before a string or byte run, as binary formats write it: one byte, or two in either order. A single byte that could
 * as well be a letter or digit is no length.
 */
function followsItsLength(pattern: Pattern, at: number, { bytes, low }: Surroundings): boolean {
  const size = pattern.bytes.length;
  if (at - 1 < low) return false;
  const last = bytes[at - 1] as number;
  if (last === size && !isWord(size)) return true;
  if (at - 2 < low) return false;
  const first = bytes[at - 2] as number;
  return first * 256 + last === size || (first + last * 256 === size && size > 255);
}
