import { inflateSync } from 'node:zlib';
import { bufferOf, isText } from './characters.ts';
import { gunzipMember } from './codings/gzip-member.ts';
import type { Unpacked } from './codings/unpacked.ts';
import { unpackZlib } from './codings/zlib.ts';
import { unpackZstd } from './codings/zstd.ts';
import { magicOf } from './magic.ts';
import { noteOpaque } from './opaque.ts';
import { noteStop } from './open-compressed.ts';
import type { OpenLayer, Unpacking } from './unpacking.ts';

/** A head of a protocol's own, with lengths, versions and marks, is short; zlib's two bytes stand everywhere by chance. */
const ZLIB_HEAD_BYTES_MAX = 64;
/** Beginnings in one layer that are tried. → `limit-layers` */
const TRIES_MAX = 64;
/** What a cut stream gave must be text of at least this length to count: nothing else proves that it was one. */
const CUT_TEXT_BYTES_MIN = 16;

/**
 * Opens gzip, zlib and Zstandard streams that stand somewhere in a binary form that nobody could read, such as behind a length, a
 * version or a mark. A stream counts when its check sum holds, or when it breaks off and what came out is text. They are numbered from
 * 0 in the step `packed:2`. What stands beside them may be opaque as any other bytes.
 *
 * @returns false when there is none.
 */
export function openPackedWithin(unpacking: Unpacking, layer: OpenLayer): boolean {
  const { bytes } = layer;
  let number = 0;
  let read = 0;
  let tries = 0;
  for (let at = nextBeginning(bytes, 1); at < bytes.length; at = nextBeginning(bytes, Math.max(at + 1, read))) {
    if (tries++ === TRIES_MAX) {
      unpacking.limit('limit-layers', layer, bytes.length - at, TRIES_MAX);
      break;
    }
    if (unpacking.deadline.passed()) break;
    const found = streamAt(unpacking, bytes.subarray(at));
    if (found === null) continue;
    const { step, unpacked } = found;
    const locator = `packed:${number++}`;
    if (!unpacking.child(layer, at, at + unpacked.read, [locator, step], unpacked.bytes)) break;
    if (unpacked.stopped !== 'end') noteStop(unpacking, layer, step, unpacked, bytes.length - at);
    noteOpaque(unpacking, layer, read, at);
    read = at + unpacked.read;
  }
  if (number > 0) noteOpaque(unpacking, layer, read, bytes.length);
  return number > 0;
}

const GZIP = Uint8Array.of(0x1f, 0x8b, 0x08);
const ZSTD = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd);

/** Where the next stream may begin; the length of the bytes when nothing announces one. */
function nextBeginning(bytes: Uint8Array, from: number): number {
  const buffer = bufferOf(bytes);
  let next = bytes.length;
  for (const magic of [GZIP, ZSTD]) {
    const at = buffer.indexOf(magic, from);
    if (at !== -1) next = Math.min(next, at);
  }
  for (let at = from; at < Math.min(next, ZLIB_HEAD_BYTES_MAX); at++) {
    if (bytes[at] === ZLIB_METHOD && magicOf(bytes.subarray(at)) === 'zlib') return at;
  }
  return next;
}

/** Deflate with a window of 32 KiB, which every writer of zlib takes. */
const ZLIB_METHOD = 0x78;

interface Stream {
  readonly step: string;
  readonly unpacked: Unpacked;
}

function streamAt(unpacking: Unpacking, packed: Uint8Array): Stream | null {
  const { bytesLeft, deadline } = unpacking;
  const magic = magicOf(packed);
  if (magic === 'zlib') {
    const unpacked = inflateOne(packed, bytesLeft);
    return unpacked === null ? null : { step: 'deflate', unpacked };
  }
  if (magic !== 'gzip' && magic !== 'zstd') return null;
  const whole = magic === 'gzip' ? gunzipMember(packed, bytesLeft) : null;
  if (whole !== null) return { step: magic, unpacked: whole };
  const unpacked =
    magic === 'gzip' ? unpackZlib('gzip', packed, bytesLeft, deadline) : unpackZstd(packed, bytesLeft, deadline);
  const { bytes, stopped } = unpacked;
  if (stopped === 'end' && bytes.length > 0) return { step: magic, unpacked };
  const known = stopped === 'too-large' || bytes.length >= CUT_TEXT_BYTES_MIN;
  return known && bytes.length > 0 && isText(bytes)
    ? { step: magic, unpacked: { ...unpacked, read: unpacked.read || packed.length } }
    : null;
}

/** One zlib stream, whatever stands behind it; null when its check sum does not hold. */
function inflateOne(packed: Uint8Array, bytesMax: number): Unpacked | null {
  try {
    const { buffer, engine } = inflateSync(packed, {
      maxOutputLength: Math.max(1, bytesMax),
      info: true,
    }) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    return buffer.length === 0 ? null : { bytes: buffer, read: engine.bytesWritten, stopped: 'end' };
  } catch {
    return null;
  }
}
