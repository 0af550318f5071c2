import type { Field, Layer } from '../../model/layer.ts';
import type { FractionTable } from './fraction-table.ts';
import { DIGIT, KIND, OTHER, type WantedNumbers } from './wanted-numbers.ts';

/**
 * Told of each number of a layer that could be a coordinate. `decimals`: digits after the point; 0 for whole numbers, 5 and more
 * for binary fractions. `order`: how many numbers or fields came before it; what is near has near orders.
 */
export type TakeNumeral = (value: number, decimals: number, start: number, end: number, order: number) => void;

const BARE_BINARY_BYTES_MAX = 65_536;

const BINARY_SYNTAXES = new Set(['protobuf', 'msgpack', 'cbor', 'thrift', 'grpc']);

/** Every number of a layer that may be a wanted one: written out in text, or as bytes. */
export function takeNumerals(layer: Layer, wanted: WantedNumbers, fractions: FractionTable, take: TakeNumeral): void {
  const { bytes, fields } = layer;
  const first = fields[0];
  if (first === undefined) {
    if (!isBinary(bytes)) takeWritten(bytes, 0, bytes.length, 0, wanted, take);
    else if (bytes.length <= BARE_BINARY_BYTES_MAX) fractions.takeFrom(bytes, take);
  } else if (!BINARY_SYNTAXES.has(first.syntax)) takeWritten(bytes, 0, bytes.length, 0, wanted, take);
  else for (let i = 0; i < fields.length; i++) takeBinary(bytes, fields[i] as Field, i, wanted, take);
}

/** A control character that text does not have, near the beginning. */
function isBinary(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length && i < 512; i++) {
    const byte = bytes[i] as number;
    if (byte < 9 || (byte > 13 && byte < 32)) return true;
  }
  return false;
}

/** Digits of a number that may be a coordinate: `22.5`, `-122.419416`, `1200215190`. */
const WHOLE_DIGITS_MAX = 10;
const DECIMALS_MAX = 17;

/**
 * Numbers as text writes them, in one pass over the bytes: this runs over all traffic. What follows a letter, a digit or a point is
 * no number of its own, nor is what has two points.
 */
function takeWritten(
  bytes: Uint8Array,
  from: number,
  to: number,
  orderFrom: number,
  wanted: WantedNumbers,
  take: TakeNumeral,
): void {
  let order = orderFrom;
  let counted = from;
  wanted.begins.sift(bytes, from, to, (start) => {
    if (!wanted.canStart(bytes[start] as number, bytes[start + 1] ?? 0)) return;
    const wholeEnd = digitsEnd(bytes, start, to);
    const end = numeralEnd(bytes, start, wholeEnd, to);
    if (end === NONE) return;
    const decimals = Math.max(0, end - wholeEnd - 1);
    const isNegative = start > from && bytes[start - 1] === MINUS;
    const size = numberIn(bytes, start, wholeEnd, end);
    const value = isNegative ? -size : size;
    if (!wanted.isNear(value, decimals)) return;
    // How many numbers lie between matters only where one is near.
    order += countWritten(bytes, counted, start, to, from) + 1;
    counted = end;
    take(value, decimals, isNegative ? start - 1 : start, end, order);
  });
}

const NUMERAL_BYTES_MIN = 4;

const NONE = -1;

/** Where the number ends that starts at `start`; {@link NONE} when it is none that could be a coordinate. */
function numeralEnd(bytes: Uint8Array, start: number, wholeEnd: number, to: number): number {
  let end = wholeEnd;
  if (end + 1 < to && bytes[end] === POINT && KIND[bytes[end + 1] as number] === DIGIT) {
    end = digitsEnd(bytes, end + 1, to);
    if (end + 1 < to && bytes[end] === POINT && KIND[bytes[end + 1] as number] === DIGIT) return NONE;
  }
  return end - start < NUMERAL_BYTES_MIN || wholeEnd - start > WHOLE_DIGITS_MAX || end - wholeEnd - 1 > DECIMALS_MAX
    ? NONE
    : end;
}

/** How many numbers that could be a coordinate start within `from..until` of a run that ends at `to`. */
function countWritten(bytes: Uint8Array, from: number, until: number, to: number, runStart: number): number {
  let count = 0;
  let before = from > runStart ? (KIND[bytes[from - 1] as number] as number) : OTHER;
  for (let start = from; start < until; start++) {
    const kind = KIND[bytes[start] as number] as number;
    if (kind === DIGIT && before === OTHER) {
      if (numeralEnd(bytes, start, digitsEnd(bytes, start, to), to) !== NONE) count++;
    }
    before = kind;
  }
  return count;
}

const POINT = 46;
const MINUS = 45;

function digitsEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && KIND[bytes[at] as number] === DIGIT) at++;
  return at;
}

function numberIn(bytes: Uint8Array, start: number, wholeEnd: number, end: number): number {
  let value = 0;
  for (let i = start; i < wholeEnd; i++) value = value * 10 + (bytes[i] as number) - 48;
  let unit = 0.1;
  for (let i = wholeEnd + 1; i < end; i++, unit /= 10) value += ((bytes[i] as number) - 48) * unit;
  return value;
}

/** What a binary field may be: text with numbers, a fraction or whole number in its bytes, a zigzag-coded varint. */
function takeBinary(bytes: Uint8Array, field: Field, order: number, wanted: WantedNumbers, take: TakeNumeral): void {
  const { start, end, text } = field;
  const size = end - start;
  if (size === 8 || size === 4) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, size);
    for (const little of [true, false]) {
      const fraction = size === 8 ? view.getFloat64(0, little) : view.getFloat32(0, little);
      if (isCoordinateSized(fraction)) take(fraction, size === 8 ? 9 : 5, start, end, order);
      const whole = size === 8 ? Number(view.getBigInt64(0, little)) : view.getInt32(0, little);
      if (Math.abs(whole) >= 1e5 && Math.abs(whole) <= 1.8e9) take(whole, 0, start, end, order);
    }
  }
  if (text === null) return;
  // MessagePack and CBOR have their own byte in front of a fraction's.
  const isWrittenOut = text.length === size && text.charCodeAt(0) === bytes[start];
  if (!isWrittenOut && FRACTION.test(text)) take(Number(text), size >= 8 ? 9 : 5, start, end, order);
  if (isWrittenOut) takeWritten(bytes, start, end, order - 1, wanted, take);
  if (!/^\d{5,10}$/.test(text)) return;
  take(Number(text), 0, start, end, order);
  // A varint of a signed type is zigzag-coded: 2n for n, 2n - 1 for -n.
  const zigzag = Number(text);
  take(zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2, 0, start, end, order);
}

const FRACTION = /^-?\d{1,8}\.\d+$/;

/** Degrees, or metres of a map: neither next to nothing nor beyond the earth. */
function isCoordinateSized(value: number): boolean {
  const size = Math.abs(value);
  return size >= 0.5 && size <= 3e7;
}
