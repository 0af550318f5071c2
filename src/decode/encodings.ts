import { isText } from './characters.ts';
import type { BodyDescription } from './decode-body.ts';
import { type CompressedForm, openCompressed } from './open-compressed.ts';
import type { OpenLayer, Unpacking } from './unpacking.ts';

/** The forms that each Content-Encoding token is tried in: many senders of `deflate` leave the zlib wrapper off. */
const FORMS: Readonly<Record<string, readonly CompressedForm[]>> = {
  gzip: ['gzip'],
  'x-gzip': ['gzip'],
  deflate: ['zlib', 'deflate-raw'],
  br: ['br'],
  zstd: ['zstd'],
};

/**
 * Takes off what Content-Encoding says was put on, the last one first, each as a layer.
 *
 * @returns false when nothing could be taken off: the bytes are then looked at as they are.
 */
export function openEncodings(unpacking: Unpacking, sent: OpenLayer, about: BodyDescription): boolean {
  let layer = sent;
  for (const token of [...about.contentEncodings].reverse()) {
    if (layer.bytes.length === 0) break;
    const forms = FORMS[token];
    if (forms === undefined) {
      unpacking.gap('coding-unknown', layer, layer.bytes.length, token.slice(0, 40));
      break;
    }
    const before = unpacking.layers.length;
    // Exporters of recordings unpack the body and leave the header: a text is read as it stands, and nothing of it stays unread.
    const text = about.whole && isText(layer.bytes);
    if (!forms.some((form) => openCompressed(unpacking, layer, form, text))) {
      if (text) break;
      unpacking.gap('decode-failed', layer, layer.bytes.length, null, token);
      break;
    }
    layer.closed = true;
    if (unpacking.layers.length === before) break;
    layer = unpacking.layers[before] as OpenLayer;
  }
  return layer !== sent;
}
