import type { Headers } from '../../model/exchange.ts';
import { connectionTokens } from '../http1/relayed-headers.ts';
import type { OutgoingRequest } from '../sides.ts';

/** Between the two versions of HTTP: RFC 9113 §8.2 and §8.3, RFC 9110 §7.6.1. */

/** Fields that speak of an HTTP/1 connection and are malformed in HTTP/2 (RFC 9113 §8.2.2). */
const OF_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** Fields that Node sends once only, and refuses as a list. */
const SENT_ONCE = new Set([
  'access-control-allow-credentials',
  'access-control-max-age',
  'access-control-request-method',
  'age',
  'authorization',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-md5',
  'content-range',
  'content-type',
  'date',
  'dnt',
  'etag',
  'expires',
  'from',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'range',
  'referer',
  'retry-after',
  'tk',
  'upgrade-insecure-requests',
  'user-agent',
  'x-content-type-options',
]);

/** Header lines of a request that came over HTTP/2, for a server that speaks HTTP/1. */
export function requestForHttp1(request: OutgoingRequest): Headers {
  const lines: [string, string][] = [['host', request.authority]];
  const cookies: string[] = [];
  let cookieAt = -1;
  for (const [name, value] of request.headers) {
    if (name === 'host') continue;
    if (name !== 'cookie') lines.push([name, value]);
    else {
      // HTTP/2 may send the crumbs of one Cookie field apart (§8.2.3); HTTP/1 may not.
      if (cookieAt === -1) cookieAt = lines.push(['cookie', '']) - 1;
      cookies.push(value);
    }
  }
  if (cookieAt !== -1) lines[cookieAt] = ['cookie', cookies.join('; ')];
  if (request.framing === 'chunked') lines.push(['transfer-encoding', 'chunked']);
  return lines;
}

/** Header lines of a response that came over HTTP/2, for a phone that speaks HTTP/1. */
export function responseForHttp1(headers: Headers, chunked: boolean): Headers {
  return chunked ? [...headers, ['transfer-encoding', 'chunked']] : headers;
}

/** Node's form of headers: repeated fields as a list, in the place of the first. */
export type Http2Headers = Record<string, string | string[]>;

/**
 * Headers for an HTTP/2 message, their names lower case, fields of the connection left out.
 *
 * Node 20 takes an object, so repeated fields move together; a repeated field that may stand only once keeps its first value.
 */
export function headersForHttp2(headers: Headers, pseudo: Record<string, string>): Http2Headers {
  const named = connectionTokens(headers);
  const result: Http2Headers = { ...pseudo };
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (OF_CONNECTION.has(lower) || (named.has(lower) && lower !== 'te')) continue;
    if (lower === 'te' && value.toLowerCase() !== 'trailers') continue;
    const before = result[lower];
    if (before === undefined) result[lower] = value;
    else if (!SENT_ONCE.has(lower)) result[lower] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  return result;
}

/** What a trailer may not say (RFC 9110 §6.5.1) and a receiver of HTTP/2 resets the stream for: how long the body is, and where it goes. */
const NEVER_IN_TRAILERS = new Set(['content-length', 'host', 'te']);

/** As {@link headersForHttp2}, for trailers; HTTP/1 says in them what HTTP/2 takes for malformed. */
export function trailersForHttp2(trailers: Headers): Http2Headers {
  return headersForHttp2(
    trailers.filter(([name]) => !NEVER_IN_TRAILERS.has(name.toLowerCase())),
    {},
  );
}

/** A flat list of names and values as Node gives them, without pseudo-headers. */
export function headersFromHttp2(raw: readonly string[]): Headers {
  const headers: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] as string;
    if (!name.startsWith(':')) headers.push([name, raw[at + 1] as string]);
  }
  return headers;
}

export function pseudoHeader(raw: readonly string[], wanted: string): string | null {
  for (let at = 0; at + 1 < raw.length; at += 2) if (raw[at] === wanted) return raw[at + 1] as string;
  return null;
}

export function fieldValue(headers: Headers, wanted: string): string | null {
  for (const [name, value] of headers) if (name.length === wanted.length && name.toLowerCase() === wanted) return value;
  return null;
}
