import type { RequestHead } from '../model/exchange.ts';
import type { DecodedBody } from '../model/layer.ts';
import type { AuditLimits } from '../model/limits.ts';
import { openEncodings } from './encodings.ts';
import { lookInto } from './look-into.ts';
import { parseMediaType } from './media-type.ts';
import { Unpacking } from './unpacking.ts';

/** What is known of a body from outside. */
export interface BodyDescription {
  readonly contentType: string | null;
  /** Content-Encoding tokens, lower case, in the order in which the sender applied them. */
  readonly contentEncodings: readonly string[];
  /** False when the body was cut, or only its beginning is here. */
  readonly whole: boolean;
  /** Name of the SDK codec to try; null when the recipient has none. */
  readonly codec: string | null;
  /** What a codec may need from the head; null when there is none. */
  readonly head: RequestHead | null;
}

/**
 * Unpacks one body as far as it can be unpacked, names its fields, and says where it could not look.
 *
 * The first layer is the body as sent. A gap's `at` is the chain of the layer it happened in and the step that failed; who calls
 * puts direction and place before it. Never throws, whatever the bytes are.
 */
export function decodeBody(bytes: Uint8Array, about: BodyDescription, limits: AuditLimits): DecodedBody {
  const unpacking = new Unpacking(limits);
  const kept = bytes.length > limits.decodedInputBytesMax ? bytes.subarray(0, limits.decodedInputBytesMax) : bytes;
  const sent = unpacking.begin(kept, parseMediaType(about.contentType));
  if (kept !== bytes) {
    unpacking.gap('limit-body-bytes', sent, bytes.length - kept.length, `limit ${limits.decodedInputBytesMax}`);
  }
  unpacking.run((layer) => {
    if (layer !== sent || !openEncodings(unpacking, sent, about)) lookInto(unpacking, layer);
  });
  return unpacking.result();
}
