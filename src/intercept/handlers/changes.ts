import { isIP } from 'node:net';
import type { IContext } from 'http-mitm-proxy';
import type { Headers } from '../../model/exchange.ts';
import { originOf } from '../origin.ts';
import type { IncomingResponse, Origin, OutgoingRequest } from '../sides.ts';
import { editedHeaders, type HeaderObject, withoutField } from './header-edits.ts';

/** What goes to which server after the handlers have changed `ctx.proxyToServerRequestOptions`. */
export function asked(
  ctx: IContext,
  request: OutgoingRequest,
  origin: Origin,
  changesBody: boolean,
): [OutgoingRequest, Origin] {
  const options = ctx.proxyToServerRequestOptions as NonNullable<IContext['proxyToServerRequestOptions']>;
  const wanted: HeaderObject = { ...options.headers };
  const authority = String(wanted['host'] ?? request.authority);
  const original =
    request.version === '2' ? [['host', request.authority] as const, ...request.headers] : request.headers;
  const edited = editedHeaders(original, wanted);
  const port = Number(options.port ?? origin.port);
  const moved = options.host !== origin.host || port !== origin.port;
  const destination = moved
    ? originOf(origin.secure, options.host.toLowerCase(), port, isIP(options.host) === 0 ? options.host : null)
    : origin;
  const rechunked = changesBody && request.framing === 'length';
  const { method, path } = options;
  if (edited === null && !rechunked && method === request.method && path === request.target)
    return [request, destination];
  let headers = withoutHost(edited ?? original, request.version);
  if (rechunked) headers = withoutField(headers, 'content-length');
  if (rechunked && request.version !== '2') headers = [...headers, ['Transfer-Encoding', 'chunked']];
  const framing = rechunked ? 'chunked' : request.framing;
  return [{ ...request, method, target: path, authority, headers, framing, raw: null }, destination];
}

function withoutHost(headers: Headers, version: OutgoingRequest['version']): Headers {
  return version === '2' ? withoutField(headers, 'host') : headers;
}

/** What goes to the phone after the handlers have changed `ctx.serverToProxyResponse`. */
export function answered(ctx: IContext, response: IncomingResponse, changesBody: boolean): IncomingResponse {
  const { statusCode, statusMessage, headers } = ctx.serverToProxyResponse as NonNullable<
    IContext['serverToProxyResponse']
  >;
  const { head } = response;
  const status = statusCode ?? head.status;
  const edited = editedHeaders(head.headers, headers as HeaderObject);
  const rechunked = changesBody && response.framing === 'length';
  if (edited === null && !rechunked && status === head.status) return response;
  let lines = edited ?? head.headers;
  if (rechunked) lines = withoutField(lines, 'content-length');
  if (rechunked && head.httpVersion !== '2') lines = [...lines, ['Transfer-Encoding', 'chunked']];
  return {
    ...response,
    raw: null,
    framing: rechunked ? 'chunked' : response.framing,
    head: { ...head, status, reason: statusMessage ?? head.reason, headers: lines },
  };
}
