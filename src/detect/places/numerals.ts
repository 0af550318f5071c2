import type { Field, Layer } from '../../model/layer.ts';
import { valueSpan } from '../match.ts';

/** A number that stands in a layer. */
export interface Numeral {
  readonly value: number;
  /** Digits after the point; 0 for whole numbers, 7 and more for binary fractions. */
  readonly decimals: number;
  readonly start: number;
  readonly end: number;
  readonly field: Field | null;
  /** Position among the numbers and fields of the layer: what is near has near orders. */
  readonly order: number;
}

/** Longer texts are searched for known values, not for numbers. */
const TEXT_CHARACTERS_MAX = 4_096;
const BARE_BYTES_MAX = 65_536;

const BINARY_SYNTAXES = new Set(['protobuf', 'msgpack', 'cbor', 'thrift', 'grpc']);

/** Every number of a layer that could be a coordinate: at least four digits. */
export function* numeralsIn(layer: Layer): Generator<Numeral> {
  if (layer.fields.length === 0) {
    if (layer.bytes.length <= BARE_BYTES_MAX) yield* bareNumerals(layer);
    return;
  }
  let order = 0;
  for (const field of layer.fields) {
    order++;
    const { text } = field;
    if (BINARY_SYNTAXES.has(field.syntax)) yield* binaryNumerals(layer, field, order);
    if (text === null || text.length < 4 || text.length > TEXT_CHARACTERS_MAX) continue;
    const first = text.charCodeAt(0);
    const startsAsNumber = (first >= 48 && first <= 57) || first === 45;
    if (startsAsNumber && text.length <= 24 && NUMBER.test(text)) {
      const { start, end } = valueSpan(layer, field);
      yield numeralOf(text, start, end, field, order);
    } else if (text.length >= 9 && /\d/.test(text)) yield* embeddedNumerals(layer, field, text, order);
  }
}

const NUMBER = /^-?\d{1,9}(?:\.\d{1,17})?$|^-?\d{7,10}$/;
const NUMBERS = /(?<![\d.\w])-?\d{1,9}(?:\.\d{1,17})?(?![\d.]*\d)/g;

function numeralOf(text: string, start: number, end: number, field: Field | null, order: number): Numeral {
  const point = text.indexOf('.');
  return { value: Number(text), decimals: point === -1 ? 0 : text.length - point - 1, start, end, field, order };
}

/** Numbers inside a text: `114.0579,22.5431`. Only where the text stands as it is, so that offsets hold. */
function* embeddedNumerals(layer: Layer, field: Field, text: string, order: number): Generator<Numeral> {
  if (text.indexOf('.') === -1 && !/\d{7}/.test(text)) return;
  const span = valueSpan(layer, field);
  let within = 0;
  for (const match of text.matchAll(NUMBERS)) {
    if (match[0].length < 4) continue;
    const asIs = span.end - span.start === text.length;
    const start = asIs ? span.start + match.index : span.start;
    const end = asIs ? start + match[0].length : span.end;
    yield numeralOf(match[0], start, end, field, order + within / 1000);
    within++;
  }
}

/** Numbers in text that no parser took apart, and fractions in bytes that none could read. */
function* bareNumerals({ bytes }: Layer): Generator<Numeral> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters tell binary from text
  if (/[\u0000-\u0008\u000e-\u001f]/.test(text)) {
    yield* fractionsIn(bytes);
    return;
  }
  let order = 0;
  for (const match of text.matchAll(NUMBERS)) {
    order++;
    if (match[0].length >= 4) yield numeralOf(match[0], match.index, match.index + match[0].length, null, order);
  }
}

/** Eight- and four-byte floating point of either byte order at every offset, as far as it may be a coordinate. */
function* fractionsIn(bytes: Uint8Array): Generator<Numeral> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 4 <= bytes.length; at++) {
    for (const size of [8, 4]) {
      if (at + size > bytes.length) continue;
      for (const little of [true, false]) {
        const value = size === 8 ? view.getFloat64(at, little) : view.getFloat32(at, little);
        const width = Math.abs(value);
        if (!(width >= 0.5 && width <= 3e7)) continue;
        yield { value, decimals: size === 8 ? 9 : 5, start: at, end: at + size, field: null, order: at / 12 };
      }
    }
  }
}

/** What a binary number may also be: its text is only the likeliest reading of its bytes. */
function* binaryNumerals({ bytes }: Layer, field: Field, order: number): Generator<Numeral> {
  const { start, end, text } = field;
  const size = end - start;
  const at = { start, end, field, order };
  if (size === 8 || size === 4) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, size);
    for (const little of [true, false]) {
      const fraction = size === 8 ? view.getFloat64(0, little) : view.getFloat32(0, little);
      if (Math.abs(fraction) >= 0.5 && Math.abs(fraction) <= 3e7) {
        yield { value: fraction, decimals: size === 8 ? 9 : 5, ...at };
      }
      const whole = size === 8 ? Number(view.getBigInt64(0, little)) : view.getInt32(0, little);
      if (Math.abs(whole) >= 1e5 && Math.abs(whole) <= 1.8e9) yield { value: whole, decimals: 0, ...at };
    }
  }
  // A varint of a signed type is zigzag-coded: 2n for n, 2n - 1 for -n.
  if (field.syntax === 'protobuf' && text !== null && /^\d{6,10}$/.test(text)) {
    const zigzag = Number(text);
    yield { value: zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2, decimals: 0, ...at };
  }
}
