import type { Duplex } from 'node:stream';
import type { GapKind } from '../model/gaps.ts';
import { parseClientHello } from './client-hello.ts';
import type { Relay } from './relay.ts';
import type { RawSide } from './sides.ts';

/** What passed, when both ends are done. */
export interface Passed {
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly ms: number;
  /** Why it broke; null for an orderly end. */
  readonly error: string | null;
}

/** Listens to what passes; may ask for nothing. */
export interface Listeners {
  up(bytes: Buffer): void;
  down(bytes: Buffer): void;
}

/** Joins two connections byte for byte; each is half closed when the other's other half is. */
export class Junction {
  deadlineAt = Number.POSITIVE_INFINITY;
  readonly #relay: Relay;
  readonly #phone: Duplex;
  readonly #server: Duplex;
  readonly #listeners: Listeners | null;
  readonly #done: (passed: Passed) => void;
  readonly #startedAt: number;
  #bytesUp = 0;
  #bytesDown = 0;
  #error: string | null = null;
  #open = 2;
  #held = false;

  constructor(
    relay: Relay,
    phone: RawSide,
    server: RawSide,
    listeners: Listeners | null,
    done: (passed: Passed) => void,
  ) {
    this.#relay = relay;
    this.#phone = phone.socket;
    this.#server = server.socket;
    this.#listeners = listeners;
    this.#done = done;
    this.#startedAt = relay.tap.now();
    relay.deadlines.watch(this);
    relay.junctions.add(this);
    this.#join(this.#phone, this.#server, (bytes) => this.#wentUp(bytes));
    this.#join(this.#server, this.#phone, (bytes) => this.#wentDown(bytes));
    if (phone.early.length > 0) {
      this.#wentUp(phone.early);
      this.#server.write(phone.early);
    }
    if (server.early.length > 0) {
      this.#wentDown(server.early);
      this.#phone.write(server.early);
    }
    this.#moved();
  }

  deadlinePassed(): void {
    this.end('It lay idle too long');
  }

  /** Ends both connections at once. */
  end(reason: string): void {
    this.#error ??= reason;
    this.#phone.destroy();
    this.#server.destroy();
  }

  #join(from: Duplex, to: Duplex, heard: (bytes: Buffer) => void): void {
    from.on('data', (bytes: Buffer) => {
      heard(bytes);
      if (!to.write(bytes)) from.pause();
    });
    to.on('drain', () => {
      if (!this.#held) from.resume();
    });
    // One that fell silent for good before is not told of again.
    if (from.readableEnded) to.end();
    else from.on('end', () => to.end());
    from.on('error', (error: NodeJS.ErrnoException) => {
      this.#error ??= error.code ?? error.message;
    });
    from.on('close', () => {
      // A clean end was already passed on; a torn connection tears the other.
      if (!from.readableEnded || this.#error !== null) to.destroy();
      this.#closed();
    });
    from.resume();
  }

  #wentUp(bytes: Buffer): void {
    this.#bytesUp += bytes.length;
    this.#listeners?.up(bytes);
    this.#moved();
  }

  #wentDown(bytes: Buffer): void {
    this.#bytesDown += bytes.length;
    this.#listeners?.down(bytes);
    this.#moved();
  }

  #moved(): void {
    this.deadlineAt = this.#relay.deadlines.now + this.#relay.limits.tunnelIdleMsMax;
    const { tap } = this.#relay;
    if (this.#listeners === null || !tap.full || this.#held) return;
    this.#held = true;
    this.#phone.pause();
    this.#server.pause();
    tap.whenReady(() => {
      this.#held = false;
      this.#phone.resume();
      this.#server.resume();
    });
  }

  #closed(): void {
    if (--this.#open > 0) return;
    this.#relay.deadlines.forget(this);
    this.#relay.junctions.delete(this);
    const ms = this.#relay.tap.now() - this.#startedAt;
    this.#done({ bytesUp: this.#bytesUp, bytesDown: this.#bytesDown, ms, error: this.#error });
  }
}

export interface TunnelFacts {
  readonly kind: Extract<GapKind, 'tunnel' | 'tls-passthrough'>;
  readonly connection: number;
  readonly client: string;
  readonly host: string;
  readonly port: number;
  readonly detail: string | null;
  readonly facts: Readonly<Record<string, string | number>>;
  /** The exchange it grew out of; null: none. */
  readonly exchange: number | null;
}

/** Lets a connection pass unread, and writes what passed into the ledger when it is over. */
export function joinUnread(
  relay: Relay,
  phone: RawSide,
  server: RawSide,
  about: TunnelFacts,
  done: (error: string | null) => void = () => {},
): void {
  const at = relay.tap.now();
  const hello = new HelloListener(relay.limits.clientHelloBytesMax);
  const listeners = 'sni' in about.facts ? null : { up: (bytes: Buffer) => hello.feed(bytes), down: () => {} };
  new Junction(relay, phone, server, listeners, ({ bytesUp, bytesDown, ms, error }) => {
    // Nothing was said, nothing is missed.
    if (bytesUp + bytesDown === 0 && about.exchange === null) return;
    relay.tap.emit({
      type: 'gap',
      at,
      connection: about.connection,
      exchange: about.exchange,
      host: about.host,
      port: about.port,
      gap: { kind: about.kind, at: [], bytesUnread: bytesUp + bytesDown, detail: about.detail },
      facts: { ...about.facts, ...hello.facts, client: about.client, bytes_up: bytesUp, bytes_down: bytesDown, ms },
    });
    done(error);
  });
}

/** Looks for a ClientHello at the start of what a phone says in a tunnel that is not ours to read. */
class HelloListener {
  facts: Readonly<Record<string, string>> = {};
  readonly #bytesMax: number;
  /** Null when there is nothing more to look for. */
  #gathered: Buffer | null = Buffer.alloc(0);

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  feed(bytes: Buffer): void {
    if (this.#gathered === null) return;
    const gathered = Buffer.concat([this.#gathered, bytes]);
    const hello = parseClientHello(gathered);
    this.#gathered = hello === 'incomplete' && gathered.length < this.#bytesMax ? gathered : null;
    if (typeof hello !== 'string')
      this.facts = { sni: hello.serverName ?? '', alpn: hello.alpn.join(','), ja4: hello.ja4 };
  }
}
