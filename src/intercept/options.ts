import type { lookup } from 'node:dns';
import type { CaptureSink } from '../model/exchange.ts';
import type { LocalPages } from '../model/local-page.ts';
import type { Authority } from './authority.ts';
import type { ClientCertificate } from './client-certificate.ts';
import type { RelayLimits } from './limits.ts';
import type { UpstreamProxy } from './upstream-proxy.ts';

export interface Listener {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Name of the device whose traffic comes in here; null: the capture's own. */
  readonly device: string | null;
  /** True for connections that a gateway redirected: they begin with the TLS or HTTP that was meant for the server. */
  readonly transparent?: boolean;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export type Log = (level: 'debug' | 'info' | 'warn' | 'error', message: string, facts: Record<string, unknown>) => void;

export interface InterceptOptions {
  readonly listeners: readonly Listener[];
  readonly authority: Authority;
  /** The only way out for events. */
  readonly sink: CaptureSink;
  /** Answers origin-form requests to the proxy itself and the host `telltale.test`, http and https. */
  readonly localPages: LocalPages;
  /** `host` or `host:port`, IPv6 in brackets → where to connect instead; names, SNI and verification stay those of the host (like curl's --resolve). */
  readonly resolve: ReadonlyMap<string, Address>;
  /** PEM certificates that verify servers besides Node's own roots. */
  readonly upstreamCa: readonly string[];
  /** Servers are not verified. */
  readonly insecureUpstream: boolean;
  /** CIDRs of phones that may connect besides private and loopback addresses. */
  readonly allow: readonly string[];
  /** Loopback and link-local targets may be reached. */
  readonly allowPrivate: boolean;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: Log;
  readonly limits?: Partial<RelayLimits>;
  /** Hosts whose TLS passes unread: names, or `*.example.com` for every name below one. */
  readonly passthrough?: readonly string[];
  /** Refused certificates of one phone and host after which its TLS passes unread; 2 by default. */
  readonly refusalsMax?: number;
  /** `block`: a host that refuses our certificate is refused again each time, and the app does without. */
  readonly onRefusal?: 'pass' | 'block';
  /** User → password; empty: no name is asked for. */
  readonly users?: ReadonlyMap<string, string>;
  /** User → name of the device that this user carries. */
  readonly deviceOfUser?: ReadonlyMap<string, string>;
  /** Proxy that our connections go through. */
  readonly upstream?: UpstreamProxy | null;
  /** Proxy that plain HTTP goes through, where it is another one. */
  readonly plainUpstream?: UpstreamProxy | null;
  /** Host → certificate to show to a server that asks for one. */
  readonly clientCertificates?: ReadonlyMap<string, ClientCertificate>;
  /** Servers may speak TLS 1.0 and 1.1. */
  readonly oldTls?: boolean;
  /** Resolves the names of servers; the machine's own resolver by default. */
  readonly lookup?: typeof lookup;
}
