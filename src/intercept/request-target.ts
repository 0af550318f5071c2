import { isIP } from 'node:net';
import type { TargetAccess } from './access.ts';
import { type Authority, originOf, parseAbsoluteTarget, parseAuthority } from './origin.ts';
import { LOCAL_HOST, type Route } from './relay.ts';
import type { Origin } from './sides.ts';

/** Where one request goes. */
export interface Target {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** As it goes on to the server: path and query, or `*`. */
  readonly path: string;
}

/** Why a request goes nowhere, as the status that answers it and one sentence for people. */
export interface TargetRefusal {
  readonly status: 400 | 403;
  readonly sentence: string;
}

const BAD_TARGET: TargetRefusal = {
  status: 400,
  sentence: 'The request does not name a target that a proxy can reach, such as http://example.com/.',
};

export function isRefused<Good extends object>(target: Good | TargetRefusal): target is TargetRefusal {
  return 'sentence' in target;
}

/** Where an HTTP/1 request goes: its target may be absolute, a path, `*`, or (inside a tunnel) the `host:port` of CONNECT. */
export function targetOfRequest(
  route: Route,
  { method, target, host }: { readonly method: string; readonly target: string; readonly host: string | null },
): Target | TargetRefusal {
  const isPath = target.startsWith('/') || target === '*';
  if (route.kind === 'fixed') {
    if (!isPath && method !== 'CONNECT' && parseAbsoluteTarget(target) === null) return BAD_TARGET;
    return { secure: route.secure, host: route.host, port: route.port, path: target };
  }
  if (!isPath) {
    const named = parseAbsoluteTarget(target) ?? BAD_TARGET;
    // OPTIONS of a whole server, which only the last proxy may write as `*` (RFC 9112 §3.2.4).
    return method === 'OPTIONS' && /^[^/]+:\/\/[^/?]+$/.test(target) ? { ...named, path: '*' } : named;
  }
  // Sent to the proxy itself, whatever name it was reached by.
  if (route.kind === 'proxy') return { secure: false, host: LOCAL_HOST, port: 80, path: target };
  const authority = parseAuthority(host ?? '', 80);
  if (authority === null) return { status: 400, sentence: 'The request does not name its host.' };
  return { secure: false, host: authority.host, port: route.port, path: target };
}

/** Where a tunnel goes that a phone asks the proxy for. Names are looked at when they resolve. */
export function targetOfConnect(targets: TargetAccess, text: string): Authority | TargetRefusal {
  const target = parseAuthority(text, null);
  if (target === null) return { status: 400, sentence: 'CONNECT needs a host and a port, such as example.com:443.' };
  if (isIP(target.host) === 0 || targets.isOwnListener(target.host, target.port)) return target;
  const refusal = targets.refusal(target.host, target.port);
  return refusal === null ? target : { status: 403, sentence: `${target.host} ${refusal}.` };
}

/** Whether the proxy's own pages are meant. */
export function isLocal(targets: TargetAccess, { host, port }: Authority): boolean {
  return host === LOCAL_HOST || (isIP(host) !== 0 && targets.isOwnListener(host, port));
}

/**
 * The host as the app meant it. An app that resolves names itself connects to an address and says the name in SNI or Host; a
 * name that it connects to counts more than what it writes into a header.
 */
export function askedHost(host: string, serverName: string | null, authority: string | null): string {
  if (isIP(host) === 0) return host;
  if (serverName !== null) return serverName;
  const named = authority === null ? null : parseAuthority(authority, 80);
  return named?.host ?? host;
}

/**
 * @param asked as {@link askedHost} says: what the server's certificate must be for when there is no SNI.
 * @param plainHttp2 the phone speaks HTTP/2 on a connection without TLS.
 */
export function originOfRequest(route: Route, target: Target, asked: string, plainHttp2 = false): Origin {
  if (route.kind !== 'fixed') return originOf(target.secure, target.host, target.port);
  const { secure, host, port, serverName } = route;
  return originOf(secure, host, port, serverName, serverName ?? asked, plainHttp2 && !secure);
}

/** Where an HTTP/2 request goes that was sent to the proxy itself: its scheme and authority say so (RFC 9113 §8.3.1). */
export function targetOfHttp2(scheme: string, authority: string, path: string): Target | TargetRefusal {
  const secure = scheme === 'https';
  const target = parseAuthority(authority, secure ? 443 : 80);
  return target === null || (!secure && scheme !== 'http') ? BAD_TARGET : { ...target, secure, path };
}
