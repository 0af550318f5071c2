import type { Gap } from './gaps.ts';

/**
 * One run of bytes reached by decoding. The body as sent is the first layer (empty chain); unpacking gzip makes a second one,
 * a base64 string inside its JSON a third, and so on.
 *
 * Steps of a chain are written `gzip`, `json:header.idmd5`, `form:data`, `base64`, `percent`, `protobuf:1.3`. A step with a colon
 * is a locator: it names a field of the layer before it. A locator stands in a chain only when a coding follows that changes the
 * field's bytes (or when the field's text differs from the bytes that stand in the layer, where the chain then ends with
 * `text`); a field found in place is named by {@link Field} and stays in the layer's own coordinates.
 */
export interface Layer {
  readonly chain: readonly string[];
  readonly bytes: Uint8Array;
  /** Fields that were parsed out of these bytes, in the order of their start; empty for a plain byte run. */
  readonly fields: readonly Field[];
  /** Index of the layer this one was decoded from; -1 for the first. */
  readonly parent: number;
  /** Bytes of the parent that this layer was decoded from; the whole parent for a content coding. */
  readonly parentStart: number;
  readonly parentEnd: number;
}

/** A named value within a layer. Offsets count the layer's bytes; `end` is exclusive; quotes and escapes' backslashes are inside. */
export interface Field {
  /** Dotted path: `header.idmd5`, `list.0.mac`; the parameter's name in a form or query; the number path in protobuf. */
  readonly path: string;
  /** How the path was read: `json`, `form`, `query`, `cookie`, `multipart`, `xml`, `protobuf`, `msgpack`, `cbor`, `header`, `path`. */
  readonly syntax: string;
  readonly start: number;
  readonly end: number;
  /** The value as text (numbers as written); null for a binary value. */
  readonly text: string | null;
}

/** What was read, and where reading stopped. */
export interface DecodedBody {
  readonly layers: readonly Layer[];
  readonly gaps: readonly Gap[];
}

/** One searchable part of a request or response head: the URL, one header's value, or the cookies. */
export interface HeadPart {
  readonly place: 'url' | 'header' | 'cookie';
  /** The header's name as sent; null for the URL. */
  readonly name: string | null;
  /** Span in the first layer of {@link DecodedHead}; offsets of findings count from `start`. */
  readonly start: number;
  readonly end: number;
}

/** The parts of a head joined into one layer, so that one scan covers all of them, and the layers found inside them. */
export interface DecodedHead extends DecodedBody {
  readonly parts: readonly HeadPart[];
}
