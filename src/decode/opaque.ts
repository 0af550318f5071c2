import { BYTE_KERNEL_BYTES, type Measures } from './byte-kernel.ts';
import { byteKernel, HAS_CONTROL, HAS_HIGH, SIGNS_OF } from './characters.ts';
import type { OpenLayer, Unpacking } from './unpacking.ts';

/** One block of a cipher, which an id fits in. */
const BODY_BYTES_MIN = 16;
/** Shorter runs have little to tell ciphertext from counters and flags by: hardly a byte may come twice. */
const FEW_BYTES_MAX = 47;
const FEW_BYTES_SHARE_MIN = 0.9;
/** Within a document, shorter blobs are keys, signatures and digests, unless they are most of what is sent. */
const VALUE_BYTES_MIN = 257;
const SAMPLE_BYTES_MAX = BYTE_KERNEL_BYTES;
/**
 * Share of the most entropy that so many bytes could have. Ciphertext and compressed bytes have 0.89 or more, text under a short
 * XOR key 0.6 or more, padding and counters less.
 */
const ENTROPY_SHARE_MIN = 0.6;
/** Runs of at least this many printable bytes count as text that a reader, or a search, would see. Keep in step with byte-kernel.as. */
const VISIBLE_RUN_MIN = 4;
/** Random bytes have 5 % of such runs by chance; binary forms that carry words have a third or more. */
const VISIBLE_SHARE_MAX = 0.25;

/**
 * Notes a gap when bytes that no decoder opened do not show what they carry: encrypted, or in an unknown form.
 *
 * @param start and `end` of the bytes in question, where the rest of the layer was opened.
 */
export function noteOpaque(unpacking: Unpacking, layer: OpenLayer, start = 0, end = layer.bytes.length): void {
  const bytes = layer.bytes.subarray(start, end);
  if (bytes.length < BODY_BYTES_MIN || isKnownByItsType(layer)) return;
  if (bytes.length < VALUE_BYTES_MIN && !(bytes.length >= layer.bytes.length / 2 && isMostOfTheBody(unpacking, layer)))
    return;
  const sample = bytes.length > SAMPLE_BYTES_MAX ? bytes.subarray(0, SAMPLE_BYTES_MAX) : bytes;
  const { counts, visible } = byteKernel()?.measure(sample) ?? measured(sample);
  const entropy = entropyOf(counts, sample.length);
  const share = bytes.length <= FEW_BYTES_MAX ? FEW_BYTES_SHARE_MIN : ENTROPY_SHARE_MIN;
  if (entropy < share * Math.min(8, Math.log2(sample.length))) return;
  if (visible > VISIBLE_SHARE_MAX * sample.length) return;
  unpacking.gap('opaque-body', layer, bytes.length, `${bytes.length} bytes, ${entropy.toFixed(2)} bits a byte`);
}

/**
 * Sound, moving pictures and fonts come in pieces without a signature of their own; pictures do not. Certificates and what is said
 * of them (OCSP) are public and have a form that nobody needs to open here.
 */
function isKnownByItsType(layer: OpenLayer): boolean {
  if (/^(?:video|audio|font)\/|^application\/(?:ocsp-|pkix-|x-x509-|pkcs7-)/.test(layer.declared?.name ?? ''))
    return true;
  return TRANSPORT_PACKETS.every((at) => layer.bytes[at] === TRANSPORT_SYNC);
}

/** MPEG transport streams, in which films come in pieces, have packets of 188 bytes (ISO/IEC 13818-1) and no mark but this. */
const TRANSPORT_SYNC = 0x47;
const TRANSPORT_PACKETS = [0, 188, 376];

/** Half of the body as sent, or of the document that was unpacked from it. */
function isMostOfTheBody(unpacking: Unpacking, layer: OpenLayer): boolean {
  if (layer.parent === -1) return true;
  const parent = unpacking.layers[layer.parent] as OpenLayer;
  return layer.parentEnd - layer.parentStart >= parent.bytes.length / 2 && isMostOfTheBody(unpacking, parent);
}

/** Bits a byte, by the frequencies of single bytes. */
function entropyOf(counts: Uint32Array, length: number): number {
  let entropy = 0;
  for (const count of counts) if (count > 0) entropy -= (count / length) * Math.log2(count / length);
  return entropy;
}

/** {@link ByteKernel.measure} where the engine has no kernel. */
export function measured(bytes: Uint8Array): Measures {
  const counts = new Uint32Array(256);
  let visible = 0;
  let run = 0;
  // By index: for-of over bytes takes four times as long.
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    counts[byte] = (counts[byte] as number) + 1;
    run = ((SIGNS_OF[byte] as number) & (HAS_CONTROL | HAS_HIGH)) === 0 ? run + 1 : 0;
    // The byte that makes a run long enough counts for those before it, each further one for itself.
    if (run >= VISIBLE_RUN_MIN) visible += run === VISIBLE_RUN_MIN ? VISIBLE_RUN_MIN : 1;
  }
  return { counts, visible };
}
