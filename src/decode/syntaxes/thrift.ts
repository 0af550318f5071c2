import { isText } from '../characters.ts';

/** One field of a struct; `text` is null for a byte string. Numbers are decimal. */
export interface ThriftField {
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly text: string | null;
  readonly kind: 'number' | 'string' | 'bytes';
}

const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const VARINTS = [4, 5, 6];
const DOUBLE = 7;
const BINARY = 8;
const FIELDS_MAX = 1000;

/**
 * Reads one flat struct in Thrift's compact protocol; null when the bytes are not exactly that. Lists, maps and structs inside
 * are not followed: no SDK we know sends them.
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export function readCompactThrift(bytes: Uint8Array): readonly ThriftField[] | null {
  const fields: ThriftField[] = [];
  let id = 0;
  for (let at = 0; at < bytes.length && fields.length < FIELDS_MAX; ) {
    const head = bytes[at++] as number;
    if (head === STOP) return at === bytes.length && fields.length > 0 ? fields : null;
    if (head >> 4 !== 0) {
      id += head >> 4;
    } else {
      const long = readVarint(bytes, at);
      if (long === null) return null;
      id = Number(zigzag(long.value));
      at = long.next;
    }
    const field = readField(bytes, at, id, head & 0x0f);
    if (field === null) return null;
    fields.push(field);
    at = field.end;
  }
  return null;
}

function readField(bytes: Uint8Array, at: number, id: number, type: number): ThriftField | null {
  if (type === TRUE || type === FALSE) return { id, start: at, end: at, text: String(type === TRUE), kind: 'number' };
  if (type === BYTE) {
    return at < bytes.length
      ? { id, start: at, end: at + 1, text: String(((bytes[at] as number) << 24) >> 24), kind: 'number' }
      : null;
  }
  if (type === DOUBLE) {
    if (at + 8 > bytes.length) return null;
    const value = new DataView(bytes.buffer, bytes.byteOffset + at, 8).getFloat64(0, true);
    return { id, start: at, end: at + 8, text: String(value), kind: 'number' };
  }
  const varint = readVarint(bytes, at);
  if (varint === null) return null;
  if (VARINTS.includes(type))
    return { id, start: at, end: varint.next, text: String(zigzag(varint.value)), kind: 'number' };
  const end = varint.next + Number(varint.value);
  if (type !== BINARY || end > bytes.length) return null;
  const content = bytes.subarray(varint.next, end);
  const text = isText(content) ? Buffer.from(content).toString('utf8') : null;
  return { id, start: varint.next, end, text, kind: text === null ? 'bytes' : 'string' };
}

function zigzag(value: bigint): bigint {
  return (value >> 1n) ^ -(value & 1n);
}

function readVarint(bytes: Uint8Array, start: number): { readonly value: bigint; readonly next: number } | null {
  let value = 0n;
  for (let at = start; at < bytes.length && at < start + 10; at++) {
    const byte = bytes[at] as number;
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - start));
    if (byte < 0x80) return { value, next: at + 1 };
  }
  return null;
}
