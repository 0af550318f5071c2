import { domainToASCII } from 'node:url';
import type { RequestHead } from '../../model/exchange.ts';
import { type Fields, headerOf, latin1Of, pairsOf, percentEncoded, textOf } from './har-fields.ts';

/** Where a request went. */
export type HarTarget = Pick<RequestHead, 'scheme' | 'host' | 'port' | 'target'>;

/** What never goes over a network: pages and data of the browser and the app itself. */
const LOCAL_SCHEME =
  /^(about|app|blob|capacitor|chrome|content|data|devtools|edge|file|filesystem|ionic|javascript|resource|view-source|[a-z-]+-extension):/i;

/** Whether an entry tells of something that was not sent: its URL is local, or its answer came from the browser's own cache. */
export function stayedLocal(entry: Fields, url: string): boolean {
  return LOCAL_SCHEME.test(url) || (textOf(entry['_fromCache']) ?? '') !== '';
}

/** Where a request went; null when the file does not say which host, or over what. */
export function targetOf(entry: Fields, request: Fields, url: string): HarTarget | null {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : completed(entry, request, url);
  return absolute === null ? null : urlParts(withQuery(absolute, request));
}

/** The host of a CONNECT, whose URL is `host:port` with or without a scheme. */
export function tunnelOf(url: string): { readonly host: string; readonly port: number } | null {
  const [, authority = ''] = /^(?:[a-z][a-z0-9+.-]*:\/\/)?\/*([^/?#]*)/i.exec(url) ?? [];
  const { host, port } = authorityParts(authority);
  return host === '' ? null : { host, port: port ?? 443 };
}

/** Some writers give the path only, or leave out the scheme. What they do not say anywhere is not guessed. */
function completed(entry: Fields, request: Fields, url: string): string | null {
  const { headers } = request;
  const scheme = headerOf(headers, ':scheme') ?? SCHEME_OF_FLAG[String(entry['_isHTTPS'])];
  const authority = headerOf(headers, ':authority') ?? headerOf(headers, 'host');
  if (scheme === undefined || scheme === null) return null;
  if (!url.startsWith('/')) return `${scheme}://${url}`;
  if (url.startsWith('//')) return `${scheme}:${url}`;
  return authority === null ? null : `${scheme}://${authority}${url}`;
}

/** Proxyman's. */
const SCHEME_OF_FLAG: Readonly<Record<string, string>> = { true: 'https', false: 'http' };

/** Clients for APIs keep the query apart from the URL. */
function withQuery(url: string, request: Fields): string {
  const pairs = pairsOf(request['queryString']);
  if (pairs.length === 0 || url.includes('?')) return url;
  const query = pairs.map(([name, value]) => `${percentEncoded(name)}=${percentEncoded(value)}`).join('&');
  return `${url.replace(/#.*/s, '')}?${query}`;
}

/** Scheme, host (lower case), port and target of an absolute URL; null when it is not one of HTTP or WebSocket. */
function urlParts(url: string): HarTarget | null {
  const [, scheme = '', authority = '', rest = ''] = /^(https?|wss?):\/\/([^/?#]*)([^#]*)/i.exec(url) ?? [];
  const { host, port } = authorityParts(authority);
  if (host === '') return null;
  const named = scheme.toLowerCase() as RequestHead['scheme'];
  return {
    scheme: named,
    host,
    port: port ?? (named === 'https' || named === 'wss' ? 443 : 80),
    target: latin1Of(rest.startsWith('/') ? rest : `/${rest}`),
  };
}

function authorityParts(authority: string): { readonly host: string; readonly port: number | null } {
  const [, name = '', port] = /^(?:.*@)?(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(authority) ?? [];
  const host = name.replace(/^\[|\]$/g, '').toLowerCase();
  // As a phone would have asked for it.
  const ascii = /^[\u0020-\u007e]*$/.test(host) ? host : domainToASCII(host);
  return { host: latin1Of(ascii || host), port: port === undefined ? null : Number(port) };
}
