import type { IContext } from 'http-mitm-proxy';
import type { RequestHead } from '../../model/exchange.ts';
import type { Exchange } from '../exchange.ts';
import type { Origin, OutgoingRequest } from '../sides.ts';
import type { HandlerResponse } from './handler-response.ts';
import { headerObject } from './header-edits.ts';

/** The context that handlers are called with, with as much of Node's objects as they read and change. */
export function newContext(
  exchange: Exchange,
  head: RequestHead,
  request: OutgoingRequest,
  origin: Origin,
  phoneAddress: string,
  response: HandlerResponse,
): IContext {
  const all = request.version === '2' ? [['host', request.authority] as const, ...head.headers] : head.headers;
  const forServer = headerObject(all);
  for (const name of Object.keys(forServer)) if (name.startsWith('proxy-')) delete forServer[name];
  const ctx = {
    uuid: String(exchange.id),
    isSSL: origin.secure,
    connectRequest: undefined,
    clientToProxyRequest: {
      method: request.method,
      url: request.target,
      headers: headerObject(all),
      rawHeaders: all.flat(),
      httpVersion: request.version === '2' ? '2.0' : request.version,
      socket: { remoteAddress: phoneAddress, encrypted: origin.secure },
    },
    proxyToClientResponse: response,
    proxyToServerRequest: undefined,
    serverToProxyResponse: undefined,
    proxyToServerRequestOptions: {
      method: request.method,
      path: request.target,
      host: origin.host,
      port: origin.port,
      headers: forServer,
      agent: undefined,
    },
    requestFilters: [],
    responseFilters: [],
    responseContentPotentiallyModified: false,
    addRequestFilter: noFilter,
    addResponseFilter: noFilter,
  } as unknown as IContext;
  const added: Record<string, unknown> = {};
  for (const name of ADDED) {
    const list: unknown[] = [];
    added[`${name}Handlers`] = list;
    added[name] = (handle: unknown) => {
      list.push(handle);
      if (name === 'onResponseData') ctx.responseContentPotentiallyModified = true;
      return ctx;
    };
  }
  const use = (module: Record<string, unknown>) => {
    for (const name of ADDED) if (module[name] !== undefined) (added[name] as (handle: unknown) => void)(module[name]);
    return ctx;
  };
  return Object.assign(ctx, added, { use });
}

const ADDED = [
  'onError',
  'onRequest',
  'onRequestHeaders',
  'onRequestData',
  'onRequestEnd',
  'onResponse',
  'onResponseHeaders',
  'onResponseData',
  'onResponseEnd',
] as const;

function noFilter(): never {
  throw new TypeError(
    'telltale takes no stream filters: change the pieces of a body in onRequestData or onResponseData',
  );
}
