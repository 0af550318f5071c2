import type { OutgoingRequest } from '../sides.ts';
import type { Http1Request } from './head.ts';
import { relayedHeaders } from './relayed-headers.ts';

/**
 * A request as it goes on to the server: its very bytes where nothing has to be taken out.
 * @param path the target as the server gets it. @param atProxy the phone sent it to a proxy.
 */
export function outgoing(head: Http1Request, path: string, atProxy: boolean): OutgoingRequest {
  const clean = head.clean && path === head.target;
  return {
    method: head.method,
    target: path,
    version: head.minor === 0 ? '1.0' : '1.1',
    authority: head.host ?? '',
    headers: clean ? head.headers : relayedHeaders(head.headers, { atProxy, switching: keepsUpgrade(head.upgrade) }),
    raw: clean ? head.raw : null,
    framing: head.framing,
    upgrade: head.upgrade,
    keepAlive: head.keepAlive,
  };
}

/** An upgrade to HTTP/2 without TLS would take the conversation out of our hands (RFC 9113 §3.1 withdrew it); it is not passed on. */
function keepsUpgrade(upgrade: string | null): boolean {
  return upgrade !== null && !/(?:^|,)\s*h2c\b/i.test(upgrade);
}
