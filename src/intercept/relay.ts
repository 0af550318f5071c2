import type { LocalPages } from '../model/local-page.ts';
import type { PhoneAccess, TargetAccess } from './access.ts';
import type { Authority } from './authority.ts';
import type { Deadlines } from './deadlines.ts';
import type { ExchangeContext } from './exchange.ts';
import type { Log } from './options.ts';

/** What everything that serves a phone's connection needs. */
export interface Relay extends ExchangeContext {
  readonly authority: Authority;
  readonly phones: PhoneAccess;
  readonly targets: TargetAccess;
  readonly localPages: LocalPages;
  readonly deadlines: Deadlines;
  readonly log: Log;
}

/** One connection from a phone, through all the layers that unfold on it. */
export interface PhoneConnection {
  readonly id: number;
  readonly address: string;
  readonly port: number;
  readonly device: string | null;
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
    }
  /** Redirected plain HTTP: Host names the target. */
  | { readonly kind: 'by-host'; readonly port: number };

/** Host of the proxy's own pages, reached through it. */
export const LOCAL_HOST = 'telltale.test';
