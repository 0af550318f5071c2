import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
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
  return readMessage(bytes, 0, '', 0, values) && values.length > 0 ? values : null;
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

/** Reads the message that `bytes` are from the first to the last; false, and no values, when they are none. */
function readMessage(
  bytes: Uint8Array,
  offset: number,
  prefix: string,
  depth: number,
  values: ProtobufValue[],
): boolean {
  const mark = values.length;
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len && values.length < VALUES_MAX) {
      const [number, wireType] = reader.tag();
      if (number > FIELD_NUMBER_MAX || !readValue(reader, wireType, offset, `${prefix}${number}`, depth, values)) {
        values.length = mark;
        return false;
      }
    }
    return true;
  } catch {
    // The reader throws where it can read no further. That is the answer here: these bytes are something else.
    values.length = mark;
    return false;
  }
}

/** Reads the value that follows a tag; false for wire types that no message has had since groups went out of use. */
function readValue(
  reader: BinaryReader,
  wireType: WireType,
  offset: number,
  path: string,
  depth: number,
  values: ProtobufValue[],
): boolean {
  const from = reader.pos;
  switch (wireType) {
    case WireType.Varint: {
      const text = reader.uint64().toString();
      values.push({ path, start: offset + from, end: offset + reader.pos, text, kind: 'varint' });
      return true;
    }
    case WireType.Bit64:
    case WireType.Bit32: {
      const value = reader.skip(wireType);
      const text = fixedText(value, 0, value.length);
      values.push({ path, start: offset + from, end: offset + reader.pos, text, kind: 'fixed' });
      return true;
    }
    case WireType.LengthDelimited: {
      const content = reader.bytes();
      readDelimited(content, offset + reader.pos - content.length, path, depth, values);
      return true;
    }
    default:
      return false;
  }
}

function readDelimited(content: Uint8Array, start: number, path: string, depth: number, values: ProtobufValue[]): void {
  const end = start + content.length;
  const text = isText(content);
  const maybeMessage = content.length > 0 && depth < NESTING_MAX && (!text || content[0] === NEWLINE);
  if (maybeMessage && readMessage(content, start, `${path}.`, depth + 1, values)) return;
  const kind = text ? 'string' : 'bytes';
  values.push({ path, start, end, text: text ? Buffer.from(content).toString('utf8') : null, kind });
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
