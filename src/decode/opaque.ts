import { HAS_CONTROL, HAS_HIGH, SIGNS_OF } from './characters.ts';
import type { OpenLayer, Unpacking } from './unpacking.ts';

/** Shorter runs cannot be told from counters and flags. */
const BODY_BYTES_MIN = 48;
/** Within a document, shorter blobs are keys, signatures and digests, unless they are most of what is sent. */
const VALUE_BYTES_MIN = 512;
const SAMPLE_BYTES_MAX = 65_536;
/** Share of the most that so many bytes could have. Ciphertext and compressed bytes reach 0.89 or more, text and plain structures 0.8. */
const ENTROPY_SHARE_MIN = 0.86;
/** Ciphertext has 37 % printable bytes. */
const PRINTABLE_SHARE_MAX = 0.6;

/** Notes a gap when bytes that no decoder opened look encrypted or compressed. */
export function noteOpaque(unpacking: Unpacking, layer: OpenLayer): void {
  const { bytes } = layer;
  if (bytes.length < BODY_BYTES_MIN || isStreamedMedia(layer)) return;
  if (bytes.length < VALUE_BYTES_MIN && !isMostOfTheBody(unpacking, layer)) return;
  const sample = bytes.length > SAMPLE_BYTES_MAX ? bytes.subarray(0, SAMPLE_BYTES_MAX) : bytes;
  const { entropy, printable } = measure(sample);
  if (entropy < ENTROPY_SHARE_MIN * Math.min(8, Math.log2(sample.length)) || printable > PRINTABLE_SHARE_MAX) return;
  unpacking.gap('opaque-body', layer, bytes.length, `${bytes.length} bytes, ${entropy.toFixed(2)} bits a byte`);
}

/** Sound, moving pictures and fonts come in pieces without a signature of their own; pictures do not. */
function isStreamedMedia(layer: OpenLayer): boolean {
  return /^(?:video|audio|font)\//.test(layer.declared?.name ?? '');
}

/** Half of the body as sent, or of the document that was unpacked from it, allowing for base64's third. */
function isMostOfTheBody(unpacking: Unpacking, layer: OpenLayer): boolean {
  if (layer.parent === -1) return true;
  const parent = unpacking.layers[layer.parent] as OpenLayer;
  return layer.parentEnd - layer.parentStart >= parent.bytes.length / 2 && isMostOfTheBody(unpacking, parent);
}

/** Bits a byte that the frequencies of single bytes leave, and the share of printable ones. */
export function measure(bytes: Uint8Array): { readonly entropy: number; readonly printable: number } {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte] = (counts[byte] as number) + 1;
  let entropy = 0;
  let printable = 0;
  counts.forEach((count, byte) => {
    if (count === 0) return;
    entropy -= (count / bytes.length) * Math.log2(count / bytes.length);
    if (((SIGNS_OF[byte] as number) & (HAS_CONTROL | HAS_HIGH)) === 0) printable += count;
  });
  return { entropy, printable: printable / bytes.length };
}
