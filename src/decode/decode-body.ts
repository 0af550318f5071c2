import type { Codecs } from '../model/codec.ts';
import type { RequestHead } from '../model/exchange.ts';
import type { DecodedBody } from '../model/layer.ts';
import type { AuditLimits } from '../model/limits.ts';
import { CodecRunner } from './codecs/codec-runner.ts';
import { openEncodings } from './encodings.ts';
import { lookInto } from './look-into.ts';
import { parseMediaType } from './media-type.ts';
import { type OpenLayer, Unpacking } from './unpacking.ts';

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
 *
 * @param codecs the SDK codecs that `about.codec` may name.
 */
export function decodeBody(
  bytes: Uint8Array,
  about: BodyDescription,
  limits: AuditLimits,
  codecs?: Codecs,
): DecodedBody {
  const codec = about.codec === null ? undefined : codecs?.get(about.codec);
  const unpacking = new Unpacking(limits, codec === undefined ? null : new CodecRunner(codec, about.head));
  const kept = bytes.length > limits.decodedInputBytesMax ? bytes.subarray(0, limits.decodedInputBytesMax) : bytes;
  const sent = unpacking.begin(kept, parseMediaType(about.contentType));
  if (kept !== bytes) {
    unpacking.gap('limit-body-bytes', sent, bytes.length - kept.length, `limit ${limits.decodedInputBytesMax}`);
  }
  unpacking.run((layer) => {
    const wrapped = layer === sent && about.contentEncodings.length > 0;
    if (unpacking.codec !== null && isBody(layer) && unpacking.codec.openBody(unpacking, layer, wrapped)) return;
    if (layer !== sent || !openEncodings(unpacking, sent, about)) lookInto(unpacking, layer);
  });
  return unpacking.result();
}

/** Whether a layer is the body itself, as sent or with some of its content codings taken off. */
function isBody(layer: OpenLayer): boolean {
  return layer.chain.every((step) => CONTENT_STEPS.has(step));
}

const CONTENT_STEPS: ReadonlySet<string> = new Set(['gzip', 'deflate', 'br', 'zstd']);
