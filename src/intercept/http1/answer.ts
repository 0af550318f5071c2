import type { Headers } from '../../model/exchange.ts';
import { responseForHttp1 } from '../http2/translate.ts';
import type { IncomingResponse } from '../sides.ts';
import { headerLines } from './message-writer.ts';
import { reasonPhrase } from './reason.ts';
import { keepsUpgrade, relayedHeaders } from './relayed-headers.ts';

/**
 * The head of an answer as it goes to a phone that speaks HTTP/1: the server's very bytes where nothing has to be put right.
 * @param dechunk the phone speaks HTTP/1.0, which has no chunks: its body ends with the connection.
 */
export function relayedHead(response: IncomingResponse, dechunk: boolean): Buffer | string {
  const { head } = response;
  if (response.raw !== null && !dechunk) return response.raw;
  const fromHttp2 = head.httpVersion === '2';
  const headers = fromHttp2
    ? responseForHttp1(head.headers, response.framing === 'chunked' && !dechunk)
    : relayedHeaders(head.headers, { switching: keepsUpgrade(response.upgrade), dropCoding: dechunk });
  const reason = fromHttp2 ? reasonPhrase(head.status) : head.reason;
  return `HTTP/1.1 ${head.status} ${reason}\r\n${headerLines(headers)}`;
}

/** The head of an answer of the proxy's own. */
export function ownHead(status: number, bodyBytes: number, extra: Headers, keepAlive: boolean): string {
  return `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n${headerLines([
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Length', String(bodyBytes)],
    ['Cache-Control', 'no-store'],
    ...extra,
    ['Connection', keepAlive ? 'keep-alive' : 'close'],
  ])}`;
}
