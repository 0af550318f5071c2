import type { LocalRequest } from '../model/local-page.ts';

/** The name under which the proxy answers for itself. */
export const OWN_NAME = 'telltale.test';

/**
 * Whether a form was sent by a page of ours.
 *
 * A web page elsewhere may post to any address, but its browser names that page in Origin (or Referer, in old browsers), and no
 * page can change that. A name that was made to point at this machine (DNS rebinding) would have an origin like its own Host, so
 * Host must be an address or a name that we know. Requests that name no origin are refused: browsers name it on every POST.
 */
export function isFromOwnPage(request: LocalRequest, proxyAddresses: readonly string[]): boolean {
  const header = (name: string) => {
    const values = request.headers.filter(([key]) => key.toLowerCase() === name);
    return values.length === 1 ? (values[0]?.[1] ?? null) : null;
  };
  const host = header('host');
  if (host === null || !isKnownHost(host, proxyAddresses)) return false;
  const site = header('sec-fetch-site');
  if (site !== null && site !== 'same-origin') return false;
  const origin = header('origin') ?? originOf(header('referer'));
  return origin === `http://${host}` || origin === `https://${host}`;
}

function isKnownHost(host: string, proxyAddresses: readonly string[]): boolean {
  if (proxyAddresses.includes(host)) return true;
  const name = host.replace(/:\d+$/, '');
  return (
    name === OWN_NAME || name === 'localhost' || /^(\d{1,3}\.){3}\d{1,3}$/.test(name) || /^\[[0-9a-f:.]+\]$/i.test(name)
  );
}

function originOf(address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return null;
  return new URL(address).origin;
}
