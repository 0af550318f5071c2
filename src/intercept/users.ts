import { createHash, timingSafeEqual } from 'node:crypto';

/** Who may use the proxy by name, and whose device each one carries. */
export class Users {
  readonly #passwords: ReadonlyMap<string, string>;
  readonly #devices: ReadonlyMap<string, string>;

  constructor(passwords: ReadonlyMap<string, string>, devices: ReadonlyMap<string, string>) {
    this.#passwords = passwords;
    this.#devices = devices;
  }

  get required(): boolean {
    return this.#passwords.size > 0;
  }

  /** Takes as long for a wrong password as for a right one. */
  knows(name: string, password: string): boolean {
    if (!this.required) return true;
    const expected = this.#passwords.get(name);
    const same = timingSafeEqual(digest(password), digest(expected ?? ''));
    return same && expected !== undefined;
  }

  /** @returns the user of `Proxy-Authorization: Basic …` (RFC 7617); null when it is missing or wrong. */
  ofHeader(value: string | null): string | null {
    const encoded = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(value ?? '')?.[1];
    if (encoded === undefined) return null;
    const [name, ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
    return name !== undefined && rest.length > 0 && this.knows(name, rest.join(':')) ? name : null;
  }

  deviceOf(name: string | null): string | null {
    return name === null ? null : (this.#devices.get(name) ?? null);
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
