import { isIP } from 'node:net';
import type { Origin } from './sides.ts';

/** A host and port as an app wrote them. */
export interface Authority {
  /** As {@link plainHost} has it, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Letters, digits, hyphens, and the underscores that some names on the wire have; at most 253 characters, labels of 63. */
const HOST_NAME =
  /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/;

/**
 * Reads `host`, `host:port`, `[v6]` or `[v6]:port`.
 * @returns null when it is none of them: nothing is ever opened, connected or named after such a text.
 */
export function parseAuthority(text: string, defaultPort: number | null): Authority | null {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+))(?::(\d{0,5}))?$/.exec(text);
  if (match === null) return null;
  // A port may be left empty (RFC 3986 §3.2.3).
  const port = match[3] ? Number(match[3]) : defaultPort;
  if (port === null || port < 1 || port > 65535) return null;
  const host = plainHost(match[1] ?? match[2] ?? '');
  if (match[1] !== undefined ? isIP(host) !== 6 : !isHostName(host)) return null;
  return { host, port };
}

/**
 * The one spelling under which a host is looked up, compared and stored: lower case, an IPv6 address as short as it gets (RFC 5952), a
 * name without the dot at the end that says that nothing is missing from it (RFC 3986 §3.2.2). An IPv4 address keeps that dot: no such
 * address exists.
 */
export function plainHost(host: string): string {
  const lower = host.toLowerCase();
  if (isIP(lower) === 6 && !lower.includes('%')) return new URL(`http://[${lower}]`).hostname.slice(1, -1);
  return lower.endsWith('.') && isIP(lower.slice(0, -1)) === 0 ? lower.slice(0, -1) : lower;
}

/** A host as it stands before a port. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Whether a text may be a host name or an IPv4 address. */
export function isHostName(host: string): boolean {
  if (isIP(host) === 4) return true;
  // 127.1 and 0x7f.1 are addresses to a resolver, so they would slip past a check of names.
  return HOST_NAME.test(host) && !/(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$/.test(host);
}

/** Reads an absolute-form target: `http://host:port/path`. User information is refused: it has no place on the wire. */
export function parseAbsoluteTarget(
  target: string,
): (Authority & { readonly secure: boolean; readonly path: string }) | null {
  const match = /^(https?|wss?):\/\/([^/?#@]+)([/?].*)?$/i.exec(target);
  if (match === null) return null;
  const scheme = (match[1] as string).toLowerCase();
  const secure = scheme === 'https' || scheme === 'wss';
  const authority = parseAuthority(match[2] as string, secure ? 443 : 80);
  if (authority === null) return null;
  const rest = match[3] ?? '/';
  return { ...authority, secure, path: rest.startsWith('?') ? `/${rest}` : rest };
}

/** @returns what a request to the proxy names, absolute or as the host and port of CONNECT; null when it names nothing. */
export function namedIn(target: string): Authority | null {
  return parseAbsoluteTarget(target) ?? parseAuthority(target, 443);
}

/**
 * @param serverName the phone's SNI; undefined: the host, unless that is an address.
 * @param verifyName the name on the server's certificate; undefined: the SNI or host.
 */
export function originOf(
  secure: boolean,
  host: string,
  port: number,
  serverName?: string | null,
  verifyName?: string,
  plainHttp2 = false,
): Origin {
  const name = serverName === undefined ? (isIP(host) === 0 ? host : null) : serverName;
  const verify = verifyName ?? name ?? host;
  return {
    secure,
    host,
    port,
    serverName: name,
    verifyName: verify,
    plainHttp2,
    key: `${secure ? 's' : plainHttp2 ? 'h' : 'p'}|${host}|${port}|${name ?? ''}|${verify}`,
  };
}

/** IPv4 clients of a socket that listens on `::` come as `::ffff:192.0.2.1`. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
