import { GAP_KINDS } from '../model/gaps.ts';

/** What the values of a field are. */
export type FieldKind = 'text' | 'number' | 'time' | 'phase' | 'size';

export interface FilterField {
  readonly kind: FieldKind;
  /** For docs/filters.md. */
  readonly about: string;
  readonly example: string;
  /** Where the field lives: the exchange, one of its findings, one of its gaps. */
  readonly of: 'exchange' | 'finding' | 'gap';
  /** The only values there are; empty: any. */
  readonly values: readonly string[];
}

const PARTIES = ['sdk', 'first-party', 'third-party'];
const PHASES = ['before-consent', 'after-consent', 'refused', 'unknown'];
const PLACES = ['url', 'header', 'cookie', 'body', 'websocket'];
const MATCHES = ['known-value', 'self-checking', 'structure'];

/** Every field of the filter language, in the order of docs/filters.md. */
export const FILTER_FIELDS = {
  id: field('exchange', 'number', 'number of the exchange (or of the finding or gap, in their lists)', 'id=17'),
  capture: field('exchange', 'text', 'name of the capture', 'capture=night-1'),
  time: field('exchange', 'time', 'when it started, ISO 8601; UTC when no zone is given', 'time>=2026-11-21T20:00'),
  duration: field('exchange', 'number', 'milliseconds from start to end', 'duration>1000'),
  phase: field('exchange', 'phase', 'what the marks make of the moment', 'phase=before-consent', PHASES),
  device: field('exchange', 'text', 'name of the device that sent it', 'device=pixel-7'),
  sdk: field('exchange', 'text', 'id of the SDK that received it', 'sdk=umeng,getui'),
  recipient: field('exchange', 'text', 'id or name of whoever received it', 'recipient~友盟'),
  party: field('exchange', 'text', 'kind of the recipient', 'party=third-party', PARTIES),
  host: field('exchange', 'text', 'host name or address', 'host~umeng'),
  port: field('exchange', 'number', 'port', 'port!=443'),
  scheme: field('exchange', 'text', 'scheme of the URL', 'scheme=http', ['http', 'https', 'ws', 'wss']),
  method: field('exchange', 'text', 'method', 'method=POST'),
  path: field('exchange', 'text', 'path of the URL, without the query', 'path~/^\\/v[12]\\//'),
  query: field('exchange', 'text', 'query of the URL, with its question mark', 'query~imei='),
  status: field('exchange', 'number', 'status of the response; absent when there was none', 'status>=400'),
  error: field('exchange', 'text', 'why it failed', 'error~reset'),
  sent: field('exchange', 'size', 'bytes of the request body', 'sent>1000000'),
  received: field('exchange', 'size', 'bytes of the response body', 'received<100'),
  findings: field('exchange', 'number', 'how many findings it has', 'findings>0'),
  type: field('finding', 'text', 'data type', 'type=imei,oaid'),
  transform: field('finding', 'text', 'how the value was dressed', 'transform~md5'),
  place: field('finding', 'text', 'part of the exchange', 'place=url', PLACES),
  field: field('finding', 'text', 'path of the field', 'field="header.idmd5"'),
  direction: field('finding', 'text', 'way that the value went', 'direction=response', ['request', 'response']),
  match: field('finding', 'text', 'how sure the match is', 'match=known-value', MATCHES),
  value: field('finding', 'text', 'the whole value that was recognised', 'value=867532051234567'),
  gap: field('gap', 'text', 'kind of a gap', 'gap=decode-failed', Object.keys(GAP_KINDS)),
} as const satisfies Record<string, FilterField>;

export type FieldName = keyof typeof FILTER_FIELDS;

function field(
  of: FilterField['of'],
  kind: FieldKind,
  about: string,
  example: string,
  values: readonly string[] = [],
): FilterField {
  return { of, kind, about, example, values };
}
