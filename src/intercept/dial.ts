import { constants } from 'node:crypto';
import type { LookupAddress, lookup } from 'node:dns';
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  checkServerIdentity,
  connect as connectTls,
  createSecureContext,
  rootCertificates,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { TargetAccess } from './access.ts';
import type { ClientCertificate } from './client-certificate.ts';
import type { RelayLimits } from './limits.ts';
import { Lru } from './lru.ts';
import type { Address } from './options.ts';
import { bracketed } from './origin.ts';
import { failureToConnect } from './server-failure.ts';
import { SHARED_READS } from './shared-reads.ts';
import type { Origin, ServerFailure } from './sides.ts';
import { credentials, goesThrough, openThrough, type UpstreamProxy } from './upstream-proxy.ts';

export interface DialOptions {
  readonly resolve: ReadonlyMap<string, Address>;
  readonly upstreamCa: readonly string[];
  readonly insecureUpstream: boolean;
  /** Proxy that connections go through; null: none. */
  readonly upstream: UpstreamProxy | null;
  /** The same for plain HTTP. */
  readonly plainUpstream: UpstreamProxy | null;
  /** Host → certificate to show it. */
  readonly clientCertificates: ReadonlyMap<string, ClientCertificate>;
  /** Servers may speak TLS 1.0 and 1.1. */
  readonly oldTls: boolean;
  /** Resolves names. */
  readonly lookup: typeof lookup;
  readonly targets: TargetAccess;
  readonly limits: RelayLimits;
}

export type Dialled =
  | {
      readonly socket: Socket;
      readonly protocol: string | null;
      /** Set when the socket leads to a proxy that wants absolute targets; its credentials, or an empty string. */
      readonly proxyAuthorization: string | null;
    }
  | { readonly failure: ServerFailure; readonly noProtocol?: boolean };

/** Bytes that a socket takes before it asks us to wait; Node's own 16 KiB stops the other side on every TLS record. */
export const SOCKET_BUFFER_BYTES = 256 * 1024;

/** Versions, keys and digests that OpenSSL no longer takes by itself, and renegotiation as it was before RFC 5746. */
const OLD_TLS = {
  minVersion: 'TLSv1',
  ciphers: 'DEFAULT@SECLEVEL=0',
  secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
} as const;

/** Opens connections to servers: names resolved, targets checked, certificates verified, sessions resumed. */
export class Dialler {
  readonly #options: DialOptions;
  readonly #context: SecureContext;
  readonly #contexts = new Map<string, SecureContext>();
  readonly #sessions = new Lru<Buffer>(2_000);

  constructor(options: DialOptions) {
    this.#options = options;
    this.#context = this.#newContext(null);
  }

  /**
   * Connects, and shakes hands where the origin is secure. Calls back once.
   * @param protocols ALPN names to offer.
   * @param raw whether bytes will pass that are not HTTP, so that even a proxy for HTTP must give a tunnel.
   */
  dial(origin: Origin, protocols: readonly string[], done: (result: Dialled) => void, raw = false): void {
    const { resolve, targets } = this.#options;
    const upstream = origin.secure || raw ? this.#options.upstream : this.#options.plainUpstream;
    const target = resolve.get(`${bracketed(origin.host)}:${origin.port}`) ?? resolve.get(bracketed(origin.host));
    const host = target?.host ?? origin.host;
    const port = target?.port ?? origin.port;
    const refusal = isIP(host) === 0 ? null : targets.refusal(host, port);
    if (refusal !== null) {
      done({ failure: { cause: 'forbidden', sentence: `${host} ${refusal}.` } });
      return;
    }
    if (upstream !== null && target === undefined && goesThrough(upstream, host, port)) {
      this.#dialThrough(upstream, origin, protocols, done, raw);
      return;
    }
    const options = { ...this.#tcpOptions(host, port, true), onread: SHARED_READS };
    const socket = origin.secure ? null : connectTcp(options);
    if (socket !== null) this.#settle(socket, 'connect', origin, true, null, done);
    else this.#settle(this.#connectTls(origin, protocols, options), 'secureConnect', origin, true, null, done);
  }

  #dialThrough(
    upstream: UpstreamProxy,
    origin: Origin,
    protocols: readonly string[],
    done: (result: Dialled) => void,
    raw: boolean,
  ): void {
    // The proxy is the operator's choice: where it stands is not checked, and names are for it to resolve.
    const socket = connectTcp(this.#tcpOptions(upstream.host, upstream.port, false));
    const absolute = upstream.kind === 'http' && !origin.secure && !raw ? (credentials(upstream) ?? '') : null;
    this.#settle(socket, 'connect', origin, false, absolute, (result) => {
      if ('failure' in result) {
        done({
          failure: {
            ...result.failure,
            sentence: `Through the proxy ${upstream.host}:${upstream.port}: ${result.failure.sentence}`,
          },
        });
        return;
      }
      if (absolute !== null) {
        done(result);
        return;
      }
      openThrough(socket, upstream, origin.host, origin.port, (refused) => {
        if (refused !== null) {
          socket.on('error', () => {});
          socket.destroy();
          done({
            failure: { cause: 'connect-failed', sentence: `The proxy ${upstream.host}:${upstream.port} ${refused}.` },
          });
        } else if (origin.secure)
          this.#settle(this.#connectTls(origin, protocols, { socket }), 'secureConnect', origin, false, null, done);
        else done({ ...result, socket });
      });
    });
  }

  #tcpOptions(host: string, port: number, checked: boolean) {
    return {
      host,
      port,
      ...(checked ? { lookup: this.#lookup(port) } : {}),
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: this.#options.limits.addressMsMax,
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
      highWaterMark: SOCKET_BUFFER_BYTES,
    };
  }

  #connectTls(origin: Origin, protocols: readonly string[], base: ConnectionOptions): TLSSocket {
    const session = this.#sessions.get(origin.key);
    const socket = connectTls({
      ...base,
      secureContext: this.#contextFor(origin.verifyName),
      servername: origin.serverName ?? '',
      ...(protocols.length > 0 ? { ALPNProtocols: [...protocols] } : {}),
      rejectUnauthorized: !this.#options.insecureUpstream,
      checkServerIdentity: (_, certificate) => checkServerIdentity(origin.verifyName, certificate),
      ...(session === undefined ? {} : { session }),
    });
    socket.on('session', (ticket: Buffer) => this.#sessions.set(origin.key, ticket));
    return socket;
  }

  #contextFor(host: string): SecureContext {
    const certificate = this.#options.clientCertificates.get(host);
    if (certificate === undefined) return this.#context;
    let context = this.#contexts.get(host);
    if (context === undefined) {
      context = this.#newContext(certificate);
      this.#contexts.set(host, context);
    }
    return context;
  }

  #newContext(certificate: ClientCertificate | null): SecureContext {
    const { upstreamCa, oldTls } = this.#options;
    return createSecureContext({
      // Without extra roots Node shares one parsed store; naming them costs some 15 ms, once.
      ...(upstreamCa.length > 0 ? { ca: [...rootCertificates, ...upstreamCa] } : {}),
      ...(oldTls ? OLD_TLS : {}),
      ...certificate,
    });
  }

  #settle(
    socket: Socket,
    ready: 'connect' | 'secureConnect',
    origin: Origin,
    checked: boolean,
    proxyAuthorization: string | null,
    done: (result: Dialled) => void,
  ): void {
    const fail = (failure: ServerFailure, noProtocol = false) => {
      clearTimeout(timer);
      socket.removeListener(ready, succeed);
      socket.removeListener('error', onError);
      socket.removeListener('close', onClose);
      socket.on('error', () => {});
      socket.destroy();
      // A session that did not work is not offered again.
      this.#sessions.delete(origin.key);
      done({ failure, noProtocol });
    };
    const onError = (error: NodeJS.ErrnoException) =>
      fail(
        failureToConnect(error, origin, {
          oldTls: this.#options.oldTls,
          agreedWithoutCertificate:
            'getCipher' in socket &&
            (socket as TLSSocket).getCipher()?.name !== undefined &&
            !this.#options.clientCertificates.has(origin.verifyName),
        }),
        error.code?.includes('NO_APPLICATION_PROTOCOL') === true,
      );
    const onClose = () => fail({ cause: 'connect-failed', sentence: `${origin.host} closed the connection at once.` });
    const succeed = () => {
      clearTimeout(timer);
      socket.removeListener('error', onError);
      socket.removeListener('close', onClose);
      // Names were checked when they resolved; this is the address that answered in the end.
      const refusal = checked
        ? this.#options.targets.refusal(socket.remoteAddress ?? '', socket.remotePort ?? 0)
        : null;
      if (refusal !== null) return fail({ cause: 'forbidden', sentence: `${origin.host} ${refusal}.` });
      const protocol = 'alpnProtocol' in socket ? socket.alpnProtocol : null;
      done({ socket, protocol: typeof protocol === 'string' ? protocol : null, proxyAuthorization });
    };
    const timer = setTimeout(() => {
      fail({
        cause: 'connect-timeout',
        sentence: `${origin.host} did not answer within ${this.#options.limits.connectMsMax / 1000} s.`,
      });
    }, this.#options.limits.connectMsMax);
    timer.unref();
    socket.once(ready, succeed);
    socket.once('error', onError);
    socket.once('close', onClose);
  }

  /** Resolves a name and leaves out the addresses that may not be reached; an error when none is left. */
  #lookup(port: number): LookupFunction {
    return (hostname, options, callback) => {
      const heard = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => {
        if (error !== null) {
          callback(error, []);
          return;
        }
        const refusals = addresses.map(({ address }) => this.#options.targets.refusal(address, port));
        const allowed = addresses.filter((_, index) => refusals[index] === null);
        const first = allowed[0];
        if (first === undefined) {
          callback(Object.assign(new Error(`${refusals[0] ?? 'has no address'}`), { code: 'TELLTALE_FORBIDDEN' }), []);
        } else if (options.all) callback(null, allowed);
        else callback(null, first.address, first.family);
      };
      this.#options.lookup(hostname, { ...options, all: true }, heard);
    };
  }
}
