import type { Gap, GapKind } from '../model/gaps.ts';
import type { LocalPages } from '../model/local-page.ts';
import type { PhoneAccess, TargetAccess } from './access.ts';
import type { Authority as CertificateAuthority } from './authority.ts';
import type { Challenges } from './challenges.ts';
import type { Deadlines } from './deadlines.ts';
import type { Dialler } from './dial.ts';
import type { ExchangeContext } from './exchange-context.ts';
import type { Http2Phone } from './http2/phone.ts';
import type { Log } from './options.ts';
import { type Authority, namedIn } from './origin.ts';
import type { Refusals } from './refusals.ts';
import type { RawSide } from './sides.ts';
import type { Tap } from './tap.ts';
import type { Junction } from './tunnel.ts';
import type { Users } from './users.ts';

/** What everything that serves a phone's connection needs. */
export interface Relay extends ExchangeContext {
  readonly authority: CertificateAuthority;
  readonly phones: PhoneAccess;
  readonly targets: TargetAccess;
  readonly users: Users;
  readonly challenges: Challenges;
  readonly refusals: Refusals;
  readonly dialler: Dialler;
  readonly localPages: LocalPages;
  readonly deadlines: Deadlines;
  /** Joined connections that are open. */
  readonly junctions: Set<Junction>;
  /** Phones' connections of HTTP/2 that are open. */
  readonly http2Phones: Set<Http2Phone>;
  readonly log: Log;
}

/** One connection from a phone, through all the layers that unfold on it. */
export class PhoneConnection {
  readonly id: number;
  readonly address: string;
  readonly port: number;
  device: string | null;
  readonly #tap: Tap;
  #announced = false;
  #closed = false;

  constructor(tap: Tap, address: string, port: number, device: string | null) {
    this.id = tap.nextConnection();
    this.address = address;
    this.port = port;
    this.device = device;
    this.#tap = tap;
  }

  /** Tells the audit of the connection, once: when it is known how it came in and whose it is. */
  announce(via: 'http' | 'socks5' | 'transparent'): void {
    if (this.#announced) return;
    this.#announced = true;
    this.#tap.emit({
      type: 'connection-opened',
      connection: this.id,
      at: this.#tap.now(),
      phoneAddress: this.address,
      phonePort: this.port,
      via,
      device: this.device,
    });
    // What was wrong with it may come to light after its end.
    if (this.#closed) this.closed();
  }

  /**
   * As {@link announce}, for a request to the proxy.
   * @param target absolute, or a host and port.
   * @returns false when it names no user where it must.
   */
  announceAsked({ users, challenges }: Relay, target: string, proxyAuthorization: string | null): boolean {
    const user = users.ofHeader(proxyAuthorization);
    if (users.required && user === null) {
      if (proxyAuthorization === null) challenges.asked(this.address, target);
      else this.#refused(namedIn(target), 407, 'The user or its password is not known.');
      return false;
    }
    if (users.required) challenges.answered(this.address, target);
    this.announceAs(users, user, 'http');
    return true;
  }

  /** As {@link announce}, for a user who may carry a device of its own. */
  announceAs(users: Users, user: string | null, via: 'http' | 'socks5'): void {
    this.device = users.deviceOf(user) ?? this.device;
    this.announce(via);
  }

  /** Says in the ledger what could not be looked into of the whole connection. */
  gap(kind: GapKind, target: Authority | null, detail: string, bytesUnread: number | null): void {
    this.#note({ kind, at: [], bytesUnread, detail }, target, {});
  }

  /** Says in the ledger what was wrong with a request, or why it may not be relayed. */
  refused(route: Route, status: number, sentence: string): void {
    this.#refused(route.kind === 'fixed' ? route : null, status, sentence);
  }

  #refused(target: Authority | null, status: number, sentence: string): void {
    this.#note({ kind: 'request-refused', at: ['request'], bytesUnread: null, detail: sentence }, target, { status });
  }

  #note(gap: Gap, target: Authority | null, more: { readonly status?: number }): void {
    this.#tap.emit({
      type: 'gap',
      at: this.#tap.now(),
      connection: this.id,
      exchange: null,
      host: target?.host ?? null,
      port: target?.port ?? null,
      gap,
      facts: { client: this.address, ...more },
    });
  }

  closed(): void {
    this.#closed = true;
    if (this.#announced) this.#tap.emit({ type: 'connection-closed', connection: this.id, at: this.#tap.now() });
  }
}

/** What is known of where a connection's requests go, before any is read. */
export type Route =
  /** The proxy's own port: every request names its target. */
  | { readonly kind: 'proxy' }
  /** Inside CONNECT or SOCKS5, or redirected: all requests go to one place. */
  | {
      readonly kind: 'fixed';
      readonly secure: boolean;
      readonly host: string;
      readonly port: number;
      /** SNI as the phone sent it. */
      readonly serverName: string | null;
      /** Called with the first request: the phone took our certificate. */
      readonly onServed: (() => void) | null;
    }
  /** Redirected plain HTTP: Host names the target. */
  | { readonly kind: 'by-host'; readonly port: number };

/** Asks for the connection itself: the request was CONNECT. */
export type OpenTunnel = (target: Authority, phone: RawSide) => void;

/** Host of the proxy's own pages, reached through it. */
export const LOCAL_HOST = 'telltale.test';
