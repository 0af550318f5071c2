import type { CaptureEvent, Direction, Headers, RequestHead, ResponseHead } from '../../model/exchange.ts';
import { type HarBody, requestBodyOf, responseBodyOf } from './har-bodies.ts';
import { countOf, type Fields, fieldsOf, latin1Of, numberOf, pairsOf, textOf, timeWithin } from './har-fields.ts';
import { messageEvents } from './har-messages.ts';
import type { HarTarget } from './har-target.ts';

/** The next free numbers of one capture. */
export interface Numbering {
  nextExchange: number;
  nextConnection: number;
}

/** The events of one HAR entry, in the order in which a relay would give them. */
export function* exchangeEvents(
  entry: Fields,
  target: HarTarget,
  startedAt: number,
  connection: number,
  exchange: number,
): Generator<CaptureEvent> {
  const request = fieldsOf(entry['request']);
  const response = fieldsOf(entry['response']);
  const endedAt = timeWithin(startedAt + Math.max(0, numberOf(entry['time']) ?? 0));
  const head = requestHead(request, target);
  yield { type: 'request-started', exchange, connection, at: startedAt, head };
  const cut = yield* body(exchange, 'request', requestBodyOf(request), startedAt);
  yield { type: 'request-ended', exchange, at: startedAt, trailers: [], cut };
  const status = countOf(response['status']) ?? 0;
  const answered = status > 0 && status < 1_000;
  if (answered) {
    const at = Math.min(endedAt, timeWithin(startedAt + waited(fieldsOf(entry['timings']))));
    const serverAddress = textOf(entry['serverIPAddress'])?.replace(/^\[|\]$/g, '') || null;
    yield { type: 'response-started', exchange, at, head: responseHead(response, status), serverAddress };
    const cut = yield* body(exchange, 'response', responseBodyOf(response, head.method), endedAt);
    yield { type: 'response-ended', exchange, at: endedAt, trailers: [], cut };
  }
  const { events, error } = messageEvents(entry, exchange, startedAt);
  yield* events;
  const reason = errorOf(entry, response) ?? error ?? (answered ? null : 'no response in the file');
  yield { type: 'exchange-ended', exchange, at: endedAt, error: reason };
}

/** Chrome, mitmproxy and HTTP Toolkit, BrowserMob, and Charles, which says COMPLETE of all that went well. */
function errorOf(entry: Fields, response: Fields): string | null {
  const charles = textOf(response['_charlesStatus']);
  const named = [response['_error'], entry['_error'], response['_errorMessage'], entry['_errorMessage']];
  return (
    named.map(textOf).find((text) => text !== null && text !== '') ??
    (charles === null || charles === 'COMPLETE' ? null : `Charles: ${charles}`)
  );
}

/** @returns why the body breaks off. */
function* body(
  exchange: number,
  direction: Direction,
  found: HarBody,
  at: number,
): Generator<CaptureEvent, string | null> {
  const { bytes, cut, missing } = found;
  if (bytes.length > 0)
    yield direction === 'request'
      ? { type: 'request-bytes', exchange, bytes }
      : { type: 'response-bytes', exchange, bytes };
  if (missing !== null)
    yield {
      type: 'gap',
      at,
      connection: null,
      exchange,
      host: null,
      port: null,
      gap: { kind: 'body-missing', at: [direction, 'body'], bytesUnread: missing.bytes, detail: missing.why },
      facts: {},
    };
  return cut;
}

function requestHead(request: Fields, target: HarTarget): RequestHead {
  return {
    method: latin1Of(textOf(request['method']) || 'GET'),
    ...target,
    httpVersion: httpVersion(request['httpVersion']),
    headers: headersOf(request, 'cookie'),
  };
}

function responseHead(response: Fields, status: number): ResponseHead {
  return {
    status,
    reason: latin1Of(textOf(response['statusText']) ?? ''),
    httpVersion: httpVersion(response['httpVersion']),
    headers: headersOf(response, 'set-cookie'),
  };
}

/**
 * HTTP/2's pseudo headers stand in the list of some writers; the URL says the same. Cookies that stand in their own list only are
 * put where they were sent.
 */
function headersOf(head: Fields, cookieHeader: 'cookie' | 'set-cookie'): Headers {
  const headers = pairsOf(head['headers'])
    .map(([name, value]) => [latin1Of(name), latin1Of(value)] as const)
    .filter(([name]) => name !== '' && !name.startsWith(':'));
  if (headers.some(([name]) => name.toLowerCase() === cookieHeader)) return headers;
  const cookies = pairsOf(head['cookies']).map(([name, value]) => latin1Of(`${name}=${value}`));
  if (cookies.length === 0) return headers;
  const values = cookieHeader === 'cookie' ? [cookies.join('; ')] : cookies;
  return [...headers, ...values.map((value) => [cookieHeader, value] as const)];
}

/** `HTTP/1.1`, `http/2.0`, `h2`, `h3` → `1.1`, `2`, `2`, `3`. */
function httpVersion(value: unknown): string {
  const found = /(\d)(?:\.(\d))?/.exec(textOf(value) ?? '');
  if (found === null) return '1.1';
  const [, major = '1', minor] = found;
  return Number(major) >= 2 ? major : `${major}.${minor ?? '1'}`;
}

/** Milliseconds from the start to the first byte of the response. */
function waited(timings: Fields): number {
  return ['blocked', 'dns', 'connect', 'send', 'wait']
    .map((name) => numberOf(timings[name]) ?? 0)
    .reduce((sum, part) => sum + Math.max(0, part), 0);
}
