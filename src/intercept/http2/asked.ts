import type { Headers, RequestHead } from '../../model/exchange.ts';
import type { Framing } from '../http1/head.ts';
import { askedHost, originOfRequest, type Target, type TargetRefusal, targetOfHttp2 } from '../request-target.ts';
import type { Origin, OutgoingRequest } from '../sides.ts';
import type { Http2Route } from './phone.ts';
import { fieldValue, headersFromHttp2, pseudoHeader } from './translate.ts';

/** The head of a request as it came on a stream. */
export interface Asked {
  readonly method: string;
  readonly scheme: string;
  /** `:authority`, or Host where that is missing. */
  readonly authority: string;
  readonly path: string;
  readonly headers: Headers;
  readonly framing: Framing;
}

/** A request as it goes on, and as the audit hears of it. */
export interface Relayed {
  readonly request: OutgoingRequest;
  readonly origin: Origin;
  readonly described: RequestHead;
}

/** @param raw names and values in turn, as Node gives them. @param withoutBody the stream ends with its head. */
export function askedOf(raw: readonly string[], withoutBody: boolean): Asked {
  const headers = headersFromHttp2(raw);
  const length = fieldValue(headers, 'content-length');
  return {
    method: pseudoHeader(raw, ':method') ?? '',
    scheme: pseudoHeader(raw, ':scheme') ?? '',
    authority: pseudoHeader(raw, ':authority') ?? fieldValue(headers, 'host') ?? '',
    path: pseudoHeader(raw, ':path') ?? '/',
    headers,
    framing: withoutBody ? 'none' : length === null ? 'chunked' : 'length',
  };
}

/** Where it goes: in a tunnel all requests go to one place; one that was sent to the proxy says so itself. */
export function targetOf(route: Http2Route, { scheme, authority, path }: Asked): Target | TargetRefusal {
  if (route.kind === 'proxy') return targetOfHttp2(scheme, authority, path);
  return { secure: route.secure, host: route.host, port: route.port, path };
}

/** What is meant for the proxy does not go on. */
export function relayedOf(route: Http2Route, target: Target, asked: Asked): Relayed {
  const { method, authority, framing } = asked;
  const { port, path, secure } = target;
  const headers =
    route.kind === 'proxy' ? asked.headers.filter(([name]) => name !== 'proxy-authorization') : asked.headers;
  const host = askedHost(target.host, route.kind === 'fixed' ? route.serverName : null, authority);
  const scheme = secure ? 'https' : 'http';
  return {
    request: {
      method,
      target: path,
      version: '2',
      authority,
      headers,
      raw: null,
      framing,
      upgrade: null,
      keepAlive: true,
    },
    origin: originOfRequest(route, target, host, true),
    described: { method, scheme, host, port, target: path, httpVersion: '2', headers },
  };
}
