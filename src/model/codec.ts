/**
 * How far a codec is proven: read from an SDK's code, tried on samples that we made after that code, or seen to open real traffic.
 */
export type CodecProof = 'read-from-code' | 'own-sample' | 'wire';

/** Where a key, an IV or another value of a step comes from. Exactly one of the first seven names it; the rest refine it. */
export interface CodecValue {
  /** Constants. */
  readonly text?: string;
  readonly hex?: string;
  readonly base64?: string;
  /** A header of the request, by name. */
  readonly header?: string;
  /** A parameter of the request's query, by name. */
  readonly query?: string;
  /** A field of the compact Thrift struct that the coded bytes are, by number. */
  readonly thrift?: number;
  /** Values one after the other. */
  readonly concat?: readonly CodecValue[];
  /** True: bytes of the coded value itself, before any step. */
  readonly coded?: boolean;
  /** What the characters so far mean: bytes written in hex, or a decimal number of which the lowest byte counts. */
  readonly as?: 'hex' | 'low-byte';
  /** Part of the bytes, from the first to before the second; after `as`. */
  readonly slice?: readonly [number, number];
}

/** One step from the wire towards the text. Undoes what the SDK did. */
export type CodecStep =
  | { readonly step: 'drop'; readonly bytes: number }
  /** Keeps what stands before the last mark. */
  | { readonly step: 'cut'; readonly mark: string }
  | { readonly step: 'base64'; readonly alphabet?: string }
  | { readonly step: 'gzip' | 'deflate' | 'snappy' }
  | { readonly step: 'rc4'; readonly key: CodecValue }
  /** Each byte is combined with the key's, in turn; with its own position too where the SDK does so. */
  | { readonly step: 'xor'; readonly key: CodecValue; readonly position?: boolean }
  | { readonly step: 'aes-ecb'; readonly key: CodecValue }
  | { readonly step: 'aes-cbc'; readonly key: CodecValue; readonly iv: CodecValue }
  /** Goes on with a field of a struct in the compact Thrift protocol. */
  | { readonly step: 'thrift'; readonly field: number };

/** What must hold before a variant is tried. When it holds and the steps fail, the bytes are opaque. */
export interface CodecCondition {
  /** Hex of the first bytes of what is coded. */
  readonly starts?: string;
  /** A header of the request whose value matches; another name may stand for the same header. */
  readonly header?: { readonly names: readonly string[]; readonly matches: string };
  /** A query parameter that must be there. */
  readonly query?: string;
  /** A field of the compact Thrift struct that the coded bytes are, and its value as text; null: it must be absent. */
  readonly thrift?: { readonly field: number; readonly is: string | null };
}

/** One way in which an SDK codes what it sends. */
export interface CodecVariant {
  readonly name: string;
  /** One sentence for people. */
  readonly about: string;
  readonly proven: CodecProof;
  /** Public places where the way was read: `github:owner/repo@commit:path`, or a URL. */
  readonly sources: readonly string[];
  /** The whole body, or values of its fields whose path and text match. */
  readonly at: 'body' | { readonly path: string; readonly value: string };
  readonly when: readonly CodecCondition[];
  readonly steps: readonly CodecStep[];
  /** What must come out, or the bytes stay closed. */
  readonly gives: 'json' | 'text' | 'json-or-protobuf';
}

/** Undoes what one SDK does to its bodies: one file of signatures/codecs/. */
export interface CodecDefinition {
  /** The id of the SDK's signature. */
  readonly name: string;
  readonly variants: readonly CodecVariant[];
  /** What was looked for and could not be sourced. */
  readonly missing: string | null;
}

export type Codecs = ReadonlyMap<string, CodecDefinition>;
