import { Lru } from './lru.ts';

/** Hosts whose apps do not take our certificate, by phone: after a few refusals their TLS passes unread, and the app works on. */
export class Refusals {
  readonly #refusalsMax: number;
  readonly #pass: boolean;
  readonly #counts = new Lru<number>(10_000);
  readonly #hosts: readonly string[];

  /**
   * @param hosts host names, or `*.example.com` for every name below one, that always pass unread.
   * @param pass false: nothing passes because of refusals.
   */
  constructor(hosts: readonly string[], refusalsMax: number, pass: boolean) {
    this.#hosts = hosts.map((host) => host.toLowerCase());
    this.#refusalsMax = refusalsMax;
    this.#pass = pass;
  }

  /** @returns why this phone's TLS to the host passes unread; null when it is to be read. */
  passes(phone: string, host: string): 'listed' | 'refused-before' | null {
    if (this.#hosts.some((listed) => matches(listed, host))) return 'listed';
    if (!this.#pass) return null;
    return (this.#counts.get(`${phone} ${host}`) ?? 0) >= this.#refusalsMax ? 'refused-before' : null;
  }

  refused(phone: string, host: string): void {
    const key = `${phone} ${host}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** A request came through: whoever refused before was not the app, or has learned. */
  accepted(phone: string, host: string): void {
    this.#counts.delete(`${phone} ${host}`);
  }
}

function matches(listed: string, host: string): boolean {
  return listed.startsWith('*.') ? host.endsWith(listed.slice(1)) : host === listed;
}
