import { isUtf8 } from 'node:buffer';
import { HAS_CONTROL } from './characters.ts';
import { gbkOf, utf16Of } from './codings/charset.ts';
import { fileKindOf, magicOf } from './magic.ts';
import { noteOpaque } from './opaque.ts';
import { openDeclaredBinary, openUndeclaredBinary } from './open-binary.ts';
import { openMagic } from './open-compressed.ts';
import { openJson, openMultipart, openText } from './open-text.ts';
import { openPackedWithin } from './packed-within.ts';
import { type OpenLayer, signsOfLayer, type Unpacking } from './unpacking.ts';
import { considerRuns } from './values.ts';

const BRACE = 0x7b;

/** Finds out what a layer's bytes are, names their fields, and opens what is coded within. */
export function lookInto(unpacking: Unpacking, layer: OpenLayer): void {
  const { bytes } = layer;
  if (bytes.length === 0) return;
  // A zero behind the brace: UTF-16.
  const mayBeJson = bytes[0] === BRACE && bytes[1] !== 0 && layer.declared?.charset !== 'gbk';
  if (mayBeJson && isUtf8(bytes) && openJson(unpacking, layer)) return;
  const magic = magicOf(bytes);
  if (magic !== null && openMagic(unpacking, layer, magic)) return;
  const kind = fileKindOf(bytes);
  if (kind !== null) {
    if (kind === 'archive')
      unpacking.gap('coding-unknown', layer, bytes.length, 'an archive or compressed form that is not opened');
    return;
  }
  if (openDeclaredBinary(unpacking, layer)) return;
  if (isUtf8(withoutCutCharacter(bytes))) openUtf8(unpacking, layer);
  else openOther(unpacking, layer);
}

/** Binary messages of small numbers and ASCII are valid UTF-8 too; control characters give them away. */
function openUtf8(unpacking: Unpacking, layer: OpenLayer): void {
  const control = (signsOfLayer(layer) & HAS_CONTROL) !== 0;
  if (control && (openCharset(unpacking, layer) || openUndeclaredBinary(unpacking, layer))) return;
  openText(unpacking, layer);
}

/** Bytes that are not UTF-8: another charset, a form with files, or a binary message. */
function openOther(unpacking: Unpacking, layer: OpenLayer): void {
  if (openCharset(unpacking, layer)) return;
  if (openMultipart(unpacking, layer)) return;
  if (layer.bytes[0] === BRACE && openJson(unpacking, layer)) return;
  if (openUndeclaredBinary(unpacking, layer)) return;
  considerRuns(unpacking, layer);
  if (!openPackedWithin(unpacking, layer)) noteOpaque(unpacking, layer);
}

const GB_CHARSET = /^gb(?:k|2312|18030)$/;

function openCharset(unpacking: Unpacking, layer: OpenLayer): boolean {
  const { bytes, declared } = layer;
  const coding = utf16Of(bytes) ?? gbkOf(bytes, GB_CHARSET.test(declared?.charset ?? ''));
  if (coding === null) return false;
  const charset = declared === null ? null : { ...declared, charset: null };
  unpacking.child(layer, 0, bytes.length, [coding.step], coding.bytes, charset);
  return true;
}

/** Leaves out a last character that was cut in two. */
function withoutCutCharacter(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < needed ? bytes.subarray(0, bytes.length - back) : bytes;
    }
  }
  return bytes;
}
