import type { OutgoingRequest } from '../sides.ts';
import type { Http1Request } from './head.ts';
import { keepsUpgrade, relayedHeaders } from './relayed-headers.ts';

/**
 * A request as it goes on to the server: its very bytes where nothing has to be taken out.
 * @param path the target as the server gets it. @param atProxy the phone sent it to a proxy.
 */
export function outgoing(head: Http1Request, path: string, atProxy: boolean): OutgoingRequest {
  const clean = head.clean && path === head.target;
  const headers = clean
    ? head.headers
    : relayedHeaders(head.headers, { atProxy, switching: keepsUpgrade(head.upgrade) });
  const named = head.host ?? /^[^/]+:\/\/([^/?]+)/.exec(head.target)?.[1] ?? null;
  return {
    method: head.method,
    target: path,
    version: head.minor === 0 ? '1.0' : '1.1',
    authority: named ?? '',
    // HTTP/1.0 need not say Host, and the path alone does not tell whose it is.
    headers: head.host === null && named !== null ? [['Host', named], ...headers] : headers,
    raw: clean ? head.raw : null,
    framing: head.framing,
    upgrade: head.upgrade,
    keepAlive: head.keepAlive,
  };
}
