import { crc32, inflateRawSync } from 'node:zlib';
import type { Unpacked } from './unpacked.ts';

const HEAD_BYTES = 10;
const TRAILER_BYTES = 8;
const HAS_HEAD_CRC = 0x02;
const HAS_EXTRA = 0x04;
const HAS_NAME = 0x08;
const HAS_COMMENT = 0x10;

/**
 * Unpacks the first member of a gzip stream (RFC 1952), whatever stands behind it: Node's own call refuses a stream with other bytes
 * behind it and drops what it had.
 *
 * @returns null when it is damaged, cut or larger than `bytesMax`.
 */
export function gunzipMember(packed: Uint8Array, bytesMax: number): Unpacked | null {
  const head = headLength(packed);
  if (head === null) return null;
  try {
    const { buffer, engine } = inflateRawSync(packed.subarray(head), {
      maxOutputLength: Math.max(1, bytesMax),
      info: true,
    }) as unknown as { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
    const end = head + engine.bytesWritten;
    const trailer = Buffer.from(packed.subarray(end, end + TRAILER_BYTES));
    if (buffer.length === 0 || trailer.length < TRAILER_BYTES || trailer.readUInt32LE(0) !== crc32(buffer)) return null;
    return { bytes: buffer, read: end + TRAILER_BYTES, stopped: 'end' };
  } catch {
    return null;
  }
}

function headLength(packed: Uint8Array): number | null {
  const flags = packed[3] ?? 0xff;
  if ((flags & 0xe0) !== 0) return null;
  let at = HEAD_BYTES;
  if ((flags & HAS_EXTRA) !== 0) at += 2 + ((packed[at] ?? 0) | ((packed[at + 1] ?? 0) << 8));
  for (const text of [HAS_NAME, HAS_COMMENT]) {
    if ((flags & text) === 0) continue;
    const zero = packed.indexOf(0, at);
    if (zero === -1) return null;
    at = zero + 1;
  }
  if ((flags & HAS_HEAD_CRC) !== 0) at += 2;
  return at < packed.length ? at : null;
}
