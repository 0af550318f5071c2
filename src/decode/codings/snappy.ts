/**
 * Undoes raw Snappy; null when the bytes are not whole Snappy, or would unpack to more than `bytesMax`.
 *
 * Every length is held against what is there before anything is copied, so that time and memory are bounded by the bytes and by
 * `bytesMax`, whatever the bytes say.
 * @see https://github.com/google/snappy/blob/main/format_description.txt
 */
export function unpackSnappy(bytes: Uint8Array, bytesMax: number): Uint8Array | null {
  const head = readLength(bytes);
  if (head === null || head.length === 0 || head.length > bytesMax) return null;
  const unpacked = new Uint8Array(head.length);
  let at = head.end;
  let filled = 0;
  while (at < bytes.length) {
    const element = readElement(bytes, at);
    if (element === null || filled + element.length > unpacked.length) return null;
    const { start, length, offset } = element;
    if (offset === 0) {
      if (start + length > bytes.length) return null;
      unpacked.set(bytes.subarray(start, start + length), filled);
      at = start + length;
    } else {
      if (offset > filled) return null;
      // Byte by byte: what is copied may be copied from itself.
      for (let i = 0; i < length; i++) unpacked[filled + i] = unpacked[filled + i - offset] as number;
      at = start;
    }
    filled += length;
  }
  return filled === unpacked.length ? unpacked : null;
}

/** A run of literal bytes (offset 0), or a copy of bytes so far back; `start` is the first byte behind the tag. */
interface Element {
  readonly start: number;
  readonly length: number;
  readonly offset: number;
}

function readElement(bytes: Uint8Array, at: number): Element | null {
  const tag = bytes[at] as number;
  const upper = tag >> 2;
  switch (tag & 3) {
    case 0: {
      if (upper < 60) return { start: at + 1, length: upper + 1, offset: 0 };
      const size = upper - 59;
      const length = littleEndian(bytes, at + 1, size);
      return length === null ? null : { start: at + 1 + size, length: length + 1, offset: 0 };
    }
    case 1: {
      const low = littleEndian(bytes, at + 1, 1);
      return low === null ? null : copy(at + 2, (upper & 7) + 4, ((tag >> 5) << 8) | low);
    }
    case 2:
      return copy(at + 3, upper + 1, littleEndian(bytes, at + 1, 2));
    default:
      return copy(at + 5, upper + 1, littleEndian(bytes, at + 1, 4));
  }
}

/** A copy from nowhere is none. */
function copy(start: number, length: number, offset: number | null): Element | null {
  return offset === null || offset === 0 ? null : { start, length, offset };
}

function littleEndian(bytes: Uint8Array, at: number, size: number): number | null {
  if (at + size > bytes.length) return null;
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] as number);
  return value;
}

/** The varint in front: how many bytes come out. */
function readLength(bytes: Uint8Array): { readonly length: number; readonly end: number } | null {
  let length = 0;
  for (let at = 0; at < 5 && at < bytes.length; at++) {
    const byte = bytes[at] as number;
    length += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return { length, end: at + 1 };
  }
  return null;
}
