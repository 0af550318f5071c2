import type { Unpacked } from './codings/unpacked.ts';
import { unpackZlib } from './codings/zlib.ts';
import { unpackZstd } from './codings/zstd.ts';
import type { Magic } from './magic.ts';
import { readZip } from './syntaxes/zip.ts';
import { locatorOf, type OpenLayer, type Unpacking } from './unpacking.ts';

const STEPS = { gzip: 'gzip', zlib: 'deflate', 'deflate-raw': 'deflate', br: 'br', zstd: 'zstd' } as const;

export type CompressedForm = keyof typeof STEPS;

/**
 * Opens a layer that is compressed as a whole; false when not one byte came out, so that the bytes are something else.
 *
 * @param text whether the bytes are a text as they stand: the beginning of many a text passes for raw deflate, its end does not.
 */
export function openCompressed(unpacking: Unpacking, layer: OpenLayer, form: CompressedForm, text = false): boolean {
  const { bytes } = layer;
  const step = STEPS[form];
  const unpacked = unpack(unpacking, bytes, form);
  if (text && unpacked.stopped !== 'end') return false;
  if (unpacked.bytes.length === 0 && unpacked.stopped !== 'too-large') return false;
  if (unpacked.bytes.length > 0 && !unpacking.child(layer, 0, bytes.length, [step], unpacked.bytes, layer.declared))
    return true;
  noteStop(unpacking, layer, step, unpacked, bytes.length);
  return true;
}

function unpack(unpacking: Unpacking, bytes: Uint8Array, form: CompressedForm): Unpacked {
  return form === 'zstd'
    ? unpackZstd(bytes, unpacking.bytesLeft, unpacking.deadline)
    : unpackZlib(form, bytes, unpacking.bytesLeft, unpacking.deadline);
}

/** Notes why unpacking did not reach the end. */
export function noteStop(
  unpacking: Unpacking,
  layer: OpenLayer,
  step: string,
  unpacked: Unpacked,
  packedLength: number,
): void {
  const unread = Math.max(0, packedLength - unpacked.read);
  if (unpacked.stopped === 'cut') unpacking.gap('body-cut', layer, null, null, step);
  if (unpacked.stopped === 'damaged') unpacking.gap('decode-failed', layer, unread, null, step);
  if (unpacked.stopped !== 'too-large') return;
  const { limits } = unpacking;
  if (unpacking.deadline.passed()) unpacking.limit('limit-time', layer, unread, limits.decodeMsMax, step);
  else unpacking.limit('limit-decoded-bytes', layer, unread, limits.decodedBytesMax, step);
}

/** Opens what announces itself in its first bytes. */
export function openMagic(unpacking: Unpacking, layer: OpenLayer, magic: Magic): boolean {
  return magic === 'zip' ? openZip(unpacking, layer) : openCompressed(unpacking, layer, magic);
}

/** Each file of the archive is a field (its packed bytes) and a layer (what they unpack to). */
function openZip(unpacking: Unpacking, layer: OpenLayer): boolean {
  const entries = readZip(layer.bytes, unpacking.limits.layersMax);
  for (const { name, start, end, method } of entries) {
    if (!unpacking.field(layer, name, 'zip', start, end, null)) return true;
    const packed = layer.bytes.subarray(start, end);
    if (method === 'unknown') {
      unpacking.gap('coding-unknown', layer, packed.length, 'encrypted or in an unknown method', locatorOf(layer));
    } else if (packed.length > 0) {
      const unpacked =
        method === 'stored'
          ? ({ bytes: packed, read: packed.length, stopped: 'end' } as const)
          : unpack(unpacking, packed, 'deflate-raw');
      const step = method === 'stored' ? 'bytes' : 'deflate';
      if (unpacked.bytes.length > 0 && !unpacking.child(layer, start, end, [locatorOf(layer), step], unpacked.bytes))
        return true;
      noteStop(unpacking, layer, locatorOf(layer), unpacked, packed.length);
    }
  }
  return entries.length > 0;
}
