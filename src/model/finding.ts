import type { Direction } from './exchange.ts';
import type { Phase } from './mark.ts';
import type { Recipient } from './recipient.ts';

export type Place = 'url' | 'header' | 'cookie' | 'body' | 'websocket';

/** How sure a match is: a value of the device profile, a form that proves itself (check digits), or a form under a telling key name. */
export type MatchKind = 'known-value' | 'self-checking' | 'structure';

/** A data type seen in one part of an exchange, before it is known who received it. */
export interface Detection {
  readonly dataType: string;
  /** Key of the profile value that matched: index into the profile's list, for evidence; null when no known value is behind it. */
  readonly valueIndex: number | null;
  readonly direction: Direction;
  readonly place: Place;
  /** Field path in the layer (`header.idmd5`), header or cookie name, query parameter; null for bytes outside any field. */
  readonly field: string | null;
  /** The layer's chain, and as its last step the locator of the field when there is one: `['gzip', 'json:header.idmd5']`. */
  readonly decodeChain: readonly string[];
  /** Of the matched bytes within the layer that the chain's codings lead to; for url, header, cookie within that text. */
  readonly offset: number;
  readonly length: number;
  /** `plain`, `md5-hex`, `sha256-base64`, `percent`, … */
  readonly transform: string;
  readonly match: MatchKind;
  /** The whole value that was recognised (never the hash). Only the evidence file may hold it. */
  readonly value: string;
  /** For places that repeat (websocket messages): which one, from 0; null elsewhere. */
  readonly message: number | null;
}

/** A finding as scripts and reports see it. The JSON form of docs/json.md is made by {@link findingToJson}. */
export interface Finding {
  readonly id: number;
  readonly exchange: number;
  readonly capture: string;
  /** Milliseconds since 1970. */
  readonly observedAt: number;
  readonly phase: Phase;
  readonly recipient: Recipient;
  readonly host: string;
  readonly method: string;
  readonly url: string;
  readonly direction: Direction;
  readonly place: Place;
  readonly field: string | null;
  readonly decodeChain: readonly string[];
  readonly offset: number;
  readonly length: number;
  readonly dataType: string;
  readonly transform: string;
  readonly match: MatchKind;
  readonly valueMasked: string;
  readonly message: number | null;
}

/** The stable JSON form of a finding. */
export function findingToJson(finding: Finding): Record<string, unknown> {
  return {
    id: finding.id,
    exchange: finding.exchange,
    capture: finding.capture,
    observed_at: new Date(finding.observedAt).toISOString(),
    phase: finding.phase,
    recipient: finding.recipient,
    host: finding.host,
    method: finding.method,
    url: finding.url,
    direction: finding.direction,
    place: finding.place,
    field: finding.field,
    decode_chain: finding.decodeChain,
    offset: finding.offset,
    length: finding.length,
    data_type: finding.dataType,
    transform: finding.transform,
    match: finding.match,
    value_masked: finding.valueMasked,
    ...(finding.message === null ? {} : { message: finding.message }),
  };
}

/**
 * Hides the middle of a value: the first four and last three characters stay of a long one, fewer of a short one.
 * Never shows more than half of it.
 */
export function maskValue(value: string): string {
  const characters = [...value];
  if (characters.length < 4) return '…';
  const head = Math.min(4, Math.floor(characters.length / 3.5));
  const tail = Math.min(3, Math.floor(characters.length / 4));
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - tail).join('')}`;
}
