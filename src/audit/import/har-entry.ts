import type { CaptureEvent, Direction, Headers, RequestHead, ResponseHead } from '../../model/exchange.ts';
import { bytesOf, type HarBody, requestBodyOf, responseBodyOf } from './har-bodies.ts';
import { type Fields, fieldsOf, latin1Of, listOf, numberOf, textOf } from './har-fields.ts';

/** The next free numbers of one capture. */
export interface Numbering {
  nextExchange: number;
  nextConnection: number;
}

/** The events of one HAR entry, in the order in which a relay would give them. */
export function* exchangeEvents(
  entry: Fields,
  url: string,
  startedAt: number,
  connection: number,
  exchange: number,
): Generator<CaptureEvent> {
  const request = fieldsOf(entry['request']);
  const response = fieldsOf(entry['response']);
  const endedAt = startedAt + Math.max(0, numberOf(entry['time']) ?? 0);
  const head = requestHead(request, url);
  yield { type: 'request-started', exchange, connection, at: startedAt, head };
  yield* body(exchange, 'request', requestBodyOf(request), startedAt);
  yield { type: 'request-ended', exchange, at: startedAt, trailers: [], cut: null };
  const status = numberOf(response['status']) ?? 0;
  const answered = status > 0;
  if (answered) {
    const at = Math.min(endedAt, startedAt + waited(fieldsOf(entry['timings'])));
    const serverAddress = textOf(entry['serverIPAddress']) || null;
    yield { type: 'response-started', exchange, at, head: responseHead(response, status), serverAddress };
    yield* body(exchange, 'response', responseBodyOf(response), endedAt);
    yield { type: 'response-ended', exchange, at: endedAt, trailers: [], cut: null };
  }
  for (const message of listOf(entry['_webSocketMessages']).map(fieldsOf))
    yield messageEvent(exchange, message, startedAt);
  const reason = textOf(response['_error']) ?? textOf(entry['_error']);
  yield {
    type: 'exchange-ended',
    exchange,
    at: endedAt,
    error: reason || (answered ? null : 'no response in the file'),
  };
}

function* body(exchange: number, direction: Direction, found: HarBody, at: number): Generator<CaptureEvent> {
  if (found.bytes !== null) {
    if (found.bytes.length > 0)
      yield direction === 'request'
        ? { type: 'request-bytes', exchange, bytes: found.bytes }
        : { type: 'response-bytes', exchange, bytes: found.bytes };
  } else if (found.missing !== null) {
    const { bytes: bytesUnread, why: detail } = found.missing;
    yield {
      type: 'gap',
      at,
      connection: null,
      exchange,
      host: null,
      port: null,
      gap: { kind: 'body-missing', at: [direction, 'body'], bytesUnread, detail },
      facts: {},
    };
  }
}

function requestHead(request: Fields, url: string): RequestHead {
  return {
    method: latin1Of(textOf(request['method']) || 'GET'),
    ...urlParts(url),
    httpVersion: httpVersion(request['httpVersion']),
    headers: headersOf(request['headers']),
  };
}

/** Scheme, host (lower case), port and target of an absolute URL. */
export function urlParts(url: string): Pick<RequestHead, 'scheme' | 'host' | 'port' | 'target'> {
  const [, scheme = '', authority = '', rest = ''] = /^([a-z]+):\/\/([^/?#]*)([^#]*)/i.exec(url) ?? [];
  const named = scheme.toLowerCase() as RequestHead['scheme'];
  const [, host = '', port] = /^(?:[^@]*@)?(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(authority) ?? [];
  const secure = named === 'https' || named === 'wss';
  return {
    scheme: named,
    host: latin1Of(host.replace(/^\[|\]$/g, '').toLowerCase()),
    port: port === undefined ? (secure ? 443 : 80) : Number(port),
    target: latin1Of(rest.startsWith('/') ? rest : `/${rest}`),
  };
}

function responseHead(response: Fields, status: number): ResponseHead {
  return {
    status,
    reason: latin1Of(textOf(response['statusText']) ?? ''),
    httpVersion: httpVersion(response['httpVersion']),
    headers: headersOf(response['headers']),
  };
}

/** HTTP/2's pseudo headers stand in the list of some writers; the URL says the same. */
function headersOf(value: unknown): Headers {
  return listOf(value)
    .map(fieldsOf)
    .map(({ name, value: text }) => [latin1Of(textOf(name) ?? ''), latin1Of(textOf(text) ?? '')] as const)
    .filter(([name]) => name !== '' && !name.startsWith(':'));
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

const OPCODES: Readonly<Record<number, 'text' | 'binary' | 'close' | 'ping' | 'pong'>> = {
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
};

/** Chrome's form, which the others took over: binary data in base64, time in seconds since 1970. */
function messageEvent(exchange: number, message: Fields, startedAt: number): CaptureEvent {
  const kind = OPCODES[numberOf(message['opcode']) ?? 1] ?? 'binary';
  const seconds = numberOf(message['time']);
  const encoding = textOf(message['encoding']) ?? (kind === 'text' ? null : 'base64');
  return {
    type: 'message',
    exchange,
    at: seconds === null ? startedAt : seconds > 1e8 ? seconds * 1_000 : startedAt + seconds * 1_000,
    direction: textOf(message['type']) === 'receive' ? 'response' : 'request',
    kind,
    bytes: bytesOf(textOf(message['data']) ?? '', encoding),
  };
}
