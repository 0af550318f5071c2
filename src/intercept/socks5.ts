import type { Authority } from './origin.ts';
import { isHostName, plainHost } from './origin.ts';
import type { Users } from './users.ts';

/** What to do about the bytes so far. */
export type Socks5Command =
  | { readonly type: 'wait' }
  | { readonly type: 'send'; readonly bytes: Buffer }
  /** Send the reply, then serve the target; `early` are bytes that came behind the request. */
  | {
      readonly type: 'open';
      readonly target: Authority;
      readonly user: string | null;
      readonly reply: Buffer;
      readonly early: Buffer;
    }
  | { readonly type: 'refuse'; readonly reply: Buffer; readonly reason: string };

const VERSION = 5;
const METHOD = { none: 0, password: 2, nothingFits: 255 } as const;
const REPLY = { succeeded: 0, notAllowed: 2, commandUnknown: 7, addressUnknown: 8 } as const;
const CONNECT = 1;
/** The longest of the three messages: a password request with both fields full. */
const MESSAGE_BYTES_MAX = 3 + 255 + 255;

/** The phone's half of SOCKS5 (RFC 1928, RFC 1929) as a machine: bytes in, commands out. */
export class Socks5 {
  readonly #users: Users;
  readonly #refusal: (target: Authority) => string | null;
  #bytes = Buffer.alloc(0);
  #stage: 'methods' | 'password' | 'request' | 'over' = 'methods';
  #user: string | null = null;

  /** @param refusal why a target may not be reached; null when it may. */
  constructor(users: Users, refusal: (target: Authority) => string | null) {
    this.#users = users;
    this.#refusal = refusal;
  }

  /** Call again with nothing after each `send`: the next message may have come already. */
  feed(bytes: Buffer): Socks5Command {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    switch (this.#stage) {
      case 'methods':
        return this.#methods();
      case 'password':
        return this.#password();
      case 'request':
        return this.#request();
      default:
        return { type: 'wait' };
    }
  }

  #methods(): Socks5Command {
    const count = this.#bytes[1];
    if (count === undefined || this.#bytes.length < 2 + count) return { type: 'wait' };
    const offered = this.#take(2 + count).subarray(2);
    // Without users any name will do, for phones that cannot leave the fields empty.
    const method = !this.#users.required && offered.includes(METHOD.none) ? METHOD.none : METHOD.password;
    if (!offered.includes(method)) {
      return this.#refuse(
        Buffer.from([VERSION, METHOD.nothingFits]),
        'The phone offered no way of naming itself that we take.',
      );
    }
    this.#stage = method === METHOD.none ? 'request' : 'password';
    return { type: 'send', bytes: Buffer.from([VERSION, method]) };
  }

  #password(): Socks5Command {
    const nameLength = this.#bytes[1];
    const passwordLength = nameLength === undefined ? undefined : this.#bytes[2 + nameLength];
    if (nameLength === undefined || passwordLength === undefined) return { type: 'wait' };
    if (this.#bytes.length < 3 + nameLength + passwordLength) return { type: 'wait' };
    const message = this.#take(3 + nameLength + passwordLength);
    const name = message.toString('utf8', 2, 2 + nameLength);
    const password = message.toString('utf8', 3 + nameLength);
    if (!this.#users.knows(name, password))
      return this.#refuse(Buffer.from([1, 1]), 'The user or its password is not known.');
    this.#user = name;
    this.#stage = 'request';
    return { type: 'send', bytes: Buffer.from([1, 0]) };
  }

  #request(): Socks5Command {
    const bytes = this.#bytes;
    const kind = bytes[3];
    if (kind === undefined) return { type: 'wait' };
    if (bytes[0] !== VERSION) return this.#refuse(reply(REPLY.commandUnknown), 'This is not SOCKS5.');
    const addressLength = kind === 1 ? 4 : kind === 4 ? 16 : kind === 3 ? bytes[4] : -1;
    if (addressLength === undefined) return { type: 'wait' };
    if (addressLength === -1) return this.#refuse(reply(REPLY.addressUnknown), 'The kind of address is not known.');
    const start = kind === 3 ? 5 : 4;
    if (bytes.length < start + addressLength + 2) return { type: 'wait' };
    const message = this.#take(start + addressLength + 2);
    if (message[1] !== CONNECT) return this.#refuse(reply(REPLY.commandUnknown), 'Only CONNECT is served; UDP is not.');
    const host = hostOf(kind, message.subarray(start, start + addressLength));
    const port = message.readUInt16BE(start + addressLength);
    if (host === null || port === 0) return this.#refuse(reply(REPLY.addressUnknown), 'The target is not a host name.');
    const refusal = this.#refusal({ host, port });
    if (refusal !== null) return this.#refuse(reply(REPLY.notAllowed), `${host} ${refusal}.`);
    this.#stage = 'over';
    return {
      type: 'open',
      target: { host, port },
      user: this.#user,
      reply: reply(REPLY.succeeded),
      early: this.#take(this.#bytes.length),
    };
  }

  #refuse(message: Buffer, reason: string): Socks5Command {
    this.#stage = 'over';
    return { type: 'refuse', reply: message, reason };
  }

  #take(count: number): Buffer {
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return taken;
  }

  /** Whether more bytes wait than any message has: the phone talks on without listening. */
  get overfull(): boolean {
    return this.#bytes.length > MESSAGE_BYTES_MAX;
  }
}

function hostOf(kind: number, bytes: Buffer): string | null {
  if (kind === 1) return bytes.join('.');
  if (kind === 3) {
    const name = plainHost(bytes.toString('latin1'));
    return isHostName(name) ? name : null;
  }
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return plainHost(groups.join(':'));
}

function reply(code: number): Buffer {
  return Buffer.from([VERSION, code, 0, 1, 0, 0, 0, 0, 0, 0]);
}
