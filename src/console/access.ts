import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Why a request is not answered. */
export type Refusal = { readonly status: 401 | 403; readonly reason: string };

/**
 * Who may look at the console: whoever opened the link that was printed on the terminal, in that browser, until the console ends.
 *
 * The link's token works once and buys a cookie that scripts cannot read. A Host header that is not ours is refused, so a name that
 * somebody points at this machine (DNS rebinding) reaches nothing; a POST must come from our own pages.
 */
export class Access {
  readonly #hosts: ReadonlySet<string>;
  readonly #cookieName: string;
  readonly #session = randomBytes(32).toString('base64url');
  #token: string | null = randomBytes(32).toString('base64url');

  /** @param hosts what Host may say, such as `127.0.0.1:8090`. */
  constructor(hosts: readonly string[], port: number) {
    this.#hosts = new Set(hosts);
    // Cookies do not know ports: two consoles on one machine must not share a name.
    this.#cookieName = `telltale-${port}`;
  }

  /** For the link; null once it was used. */
  get token(): string | null {
    return this.#token;
  }

  /** @returns the cookie to set when the token is right; it is then used up. */
  redeem(token: string): string | null {
    if (this.#token === null || !sameText(token, this.#token)) return null;
    this.#token = null;
    return `${this.#cookieName}=${this.#session}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** Null when the host is one of ours. */
  refuseHost(headers: IncomingHttpHeaders): Refusal | null {
    if (this.#hosts.has(headers.host ?? '')) return null;
    return { status: 403, reason: 'This console does not answer to that host name.' };
  }

  /** Null when the request may be answered. */
  refuse(method: string, headers: IncomingHttpHeaders): Refusal | null {
    const cookies = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
    if (!cookies.some((cookie) => sameText(cookie, `${this.#cookieName}=${this.#session}`)))
      return { status: 401, reason: 'Open the link that telltale console printed; it works once, in one browser.' };
    if (method === 'GET' || method === 'HEAD') return null;
    const site = headers['sec-fetch-site'];
    const own = headers.origin === `http://${headers.host}` && (site === undefined || site === 'same-origin');
    return own ? null : { status: 403, reason: 'This must come from a page of the console itself.' };
  }
}

function sameText(given: string, right: string): boolean {
  const [left, other] = [Buffer.from(given), Buffer.from(right)];
  return left.length === other.length && timingSafeEqual(left, other);
}
