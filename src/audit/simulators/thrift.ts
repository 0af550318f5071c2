/** Types of the Thrift compact protocol that are written here. */
const COMPACT = { i32: 5, binary: 8, stop: 0 } as const;

/**
 * Writes a struct in the Thrift compact protocol: each field as the distance from the one before it and its type in one byte,
 * numbers as zigzag varints, strings and bytes with their length before them.
 *
 * @param fields number and value, in rising order, each at most 15 above the one before.
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export function compactStruct(fields: readonly (readonly [number, string | number | Uint8Array])[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let last = 0;
  for (const [id, value] of fields) {
    const type = typeof value === 'number' ? COMPACT.i32 : COMPACT.binary;
    parts.push(Uint8Array.of(((id - last) << 4) | type));
    last = id;
    if (typeof value === 'number') parts.push(varint(zigzag(value)));
    else {
      const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
      parts.push(varint(bytes.length), bytes);
    }
  }
  return Buffer.concat([...parts, Uint8Array.of(COMPACT.stop)]);
}

function zigzag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return Uint8Array.from([...bytes, rest]);
}
