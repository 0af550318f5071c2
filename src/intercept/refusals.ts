import { Lru } from './lru.ts';
import { plainHost } from './origin.ts';

/** Milliseconds after a phone's last connection with requests during which a close without a word is not held against a host. */
const TRUSTED_MS = 10_000;

/** Hosts whose apps do not take our certificate, by phone: after a few refusals their TLS passes unread, and the app works on. */
export class Refusals {
  readonly #refusalsMax: number;
  readonly #pass: boolean;
  readonly #counts = new Lru<number>(10_000);
  /** Connections on which the phone sends requests to the host, and when the last of them closed. */
  readonly #accepted = new Lru<{ open: number; closedAt: number }>(10_000);
  readonly #hosts: readonly string[];

  /**
   * @param hosts host names, or `*.example.com` for every name below one, that always pass unread.
   * @param pass false: nothing passes because of refusals.
   */
  constructor(hosts: readonly string[], refusalsMax: number, pass: boolean) {
    this.#hosts = hosts.map(plainHost);
    this.#refusalsMax = refusalsMax;
    this.#pass = pass;
  }

  /** @returns why this phone's TLS to the host passes unread; null when it is to be read. */
  passes(phone: string, host: string): 'listed' | 'refused-before' | null {
    if (this.#hosts.some((listed) => matches(listed, host))) return 'listed';
    if (!this.#pass) return null;
    return (this.#counts.get(`${phone} ${host}`) ?? 0) >= this.#refusalsMax ? 'refused-before' : null;
  }

  /**
   * A handshake came to nothing.
   * @param silent it ended without an alert. Clients open connections to spare and drop them, and an app that is closed drops all it
   *   has, so this says nothing where the same phone sends requests to the same host at that time.
   */
  refused(phone: string, host: string, silent: boolean, nowMs: number): void {
    const key = `${phone} ${host}`;
    const accepted = silent ? this.#accepted.get(key) : undefined;
    if (accepted !== undefined && (accepted.open > 0 || nowMs - accepted.closedAt < TRUSTED_MS)) return;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /**
   * The first request of a connection came through: whoever refused before was not the app, or has learned.
   * @returns to be called with the time when the connection has closed.
   */
  accepted(phone: string, host: string): (nowMs: number) => void {
    const key = `${phone} ${host}`;
    this.#counts.delete(key);
    const accepted = this.#accepted.get(key) ?? { open: 0, closedAt: 0 };
    accepted.open += 1;
    this.#accepted.set(key, accepted);
    return (nowMs) => {
      accepted.open -= 1;
      accepted.closedAt = nowMs;
    };
  }
}

function matches(listed: string, host: string): boolean {
  return listed.startsWith('*.') ? host.endsWith(listed.slice(1)) : host === listed;
}
