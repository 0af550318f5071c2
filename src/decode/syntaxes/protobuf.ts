import { isText } from '../characters.ts';

/** One value of a message; `text` is null for bytes that are neither text nor a message. */
export interface ProtobufValue {
  /** Field numbers from the outside in: `1.3`. */
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly text: string | null;
  readonly kind: 'varint' | 'fixed' | 'string' | 'bytes';
}

const NESTING_MAX = 32;
const VALUES_MAX = 100_000;
/** The format allows 2²⁹ − 1; no schema that people write by hand comes near. */
const FIELD_NUMBER_MAX = 100_000;
/** Random bytes now and then read as a message with a word of four letters, hardly ever with two. */
const PLAUSIBLE_TEXT_BYTES_MIN = 8;
const NEWLINE = 0x0a;

/**
 * Reads a protobuf message without its schema; null when the bytes are not one from the first to the last.
 *
 * What a length stands before is a message when it reads as one to its end, text when it is valid UTF-8, bytes otherwise. Text that
 * also reads as a message is text, unless it starts with a line feed, which is what a first field of a message looks like.
 */
export function readProtobuf(bytes: Uint8Array): readonly ProtobufValue[] | null {
  const values: ProtobufValue[] = [];
  return readMessage(bytes, 0, bytes.length, '', 0, values) && values.length > 0 ? values : null;
}

/**
 * Whether values look like something that was meant, and not like random bytes that happen to read as a message: at least a
 * third of what is no byte string is text.
 */
export function isPlausibleProtobuf(values: readonly ProtobufValue[], length: number): boolean {
  let text = 0;
  let other = length;
  for (const { kind, start, end } of values) {
    if (kind === 'string' && end - start >= 4) text += end - start;
    if (kind === 'bytes') other -= end - start;
  }
  return text >= PLAUSIBLE_TEXT_BYTES_MIN && text * 3 >= other;
}

function readMessage(
  bytes: Uint8Array,
  start: number,
  end: number,
  prefix: string,
  depth: number,
  values: ProtobufValue[],
): boolean {
  const mark = values.length;
  for (let at = start; at < end; ) {
    if (values.length >= VALUES_MAX) return true;
    const tag = readVarint(bytes, at, end);
    if (tag === null || typeof tag.value !== 'number') return undo(values, mark);
    const number = Math.floor(tag.value / 8);
    if (number < 1 || number > FIELD_NUMBER_MAX) return undo(values, mark);
    const next = readValue(bytes, tag.next, end, tag.value % 8, `${prefix}${number}`, depth, values);
    if (next === -1) return undo(values, mark);
    at = next;
  }
  return true;
}

function undo(values: ProtobufValue[], mark: number): false {
  values.length = mark;
  return false;
}

/** Reads the value that follows a tag; where the next tag starts, or -1. */
function readValue(
  bytes: Uint8Array,
  at: number,
  end: number,
  wireType: number,
  path: string,
  depth: number,
  values: ProtobufValue[],
): number {
  if (wireType === 0) {
    const varint = readVarint(bytes, at, end);
    if (varint === null) return -1;
    values.push({ path, start: at, end: varint.next, text: varint.value.toString(), kind: 'varint' });
    return varint.next;
  }
  if (wireType === 1 || wireType === 5) {
    const next = at + (wireType === 1 ? 8 : 4);
    if (next > end) return -1;
    values.push({ path, start: at, end: next, text: fixedText(bytes, at, next), kind: 'fixed' });
    return next;
  }
  if (wireType !== 2) return -1;
  const length = readVarint(bytes, at, end);
  if (length === null || length.value > end - length.next) return -1;
  const next = length.next + Number(length.value);
  readDelimited(bytes, length.next, next, path, depth, values);
  return next;
}

function readDelimited(
  bytes: Uint8Array,
  start: number,
  end: number,
  path: string,
  depth: number,
  values: ProtobufValue[],
): void {
  const content = bytes.subarray(start, end);
  const text = isText(content);
  const maybeMessage = end > start && depth < NESTING_MAX && (!text || content[0] === NEWLINE);
  if (maybeMessage && readMessage(bytes, start, end, `${path}.`, depth + 1, values)) return;
  const kind = text ? 'string' : 'bytes';
  values.push({ path, start, end, text: text ? Buffer.from(content).toString('utf8') : null, kind });
}

/** Up to ten bytes, least significant group first; null when it breaks off or is longer. A bigint where a number is not exact. */
function readVarint(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly value: number | bigint; readonly next: number } | null {
  let value = 0;
  for (let at = start, scale = 1; at < end && at < start + 7; at++, scale *= 128) {
    const byte = bytes[at] as number;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next: at + 1 };
  }
  let wide = BigInt(value);
  for (let at = start + 7; at < end && at < start + 10; at++) {
    const byte = bytes[at] as number;
    wide |= BigInt(byte & 0x7f) << BigInt(7 * (at - start));
    if (byte < 0x80) return { value: BigInt.asUintN(64, wide), next: at + 1 };
  }
  return null;
}

/** Four or eight bytes as the number that a schema would most likely make of them: a fraction where it reads well, else an integer. */
export function fixedText(bytes: Uint8Array, start: number, end: number): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  const wide = end - start === 8;
  const fraction = wide ? view.getFloat64(0, true) : view.getFloat32(0, true);
  const size = Math.abs(fraction);
  if (Number.isFinite(fraction) && size >= 1e-6 && size <= 1e15)
    return wide ? String(fraction) : String(Number(fraction.toPrecision(7)));
  return wide ? view.getBigUint64(0, true).toString() : String(view.getUint32(0, true));
}
