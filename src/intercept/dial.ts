import { type LookupAddress, lookup } from 'node:dns';
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import {
  checkServerIdentity,
  connect as connectTls,
  createSecureContext,
  rootCertificates,
  type SecureContext,
} from 'node:tls';
import type { TargetAccess } from './access.ts';
import type { RelayLimits } from './limits.ts';
import { Lru } from './lru.ts';
import type { Address } from './options.ts';
import type { Origin, ServerFailure } from './sides.ts';

export interface DialOptions {
  readonly resolve: ReadonlyMap<string, Address>;
  readonly upstreamCa: readonly string[];
  readonly insecureUpstream: boolean;
  readonly targets: TargetAccess;
  readonly limits: RelayLimits;
}

export type Dialled =
  | { readonly socket: Socket; readonly protocol: string | null }
  | { readonly failure: ServerFailure; readonly noProtocol?: boolean };

/** Bytes that a socket takes before it asks us to wait; Node's own 16 KiB stops the other side on every TLS record. */
export const SOCKET_BUFFER_BYTES = 128 * 1024;

/** Opens connections to servers: names resolved, targets checked, certificates verified, sessions resumed. */
export class Dialler {
  readonly #options: DialOptions;
  readonly #context: SecureContext;
  readonly #sessions = new Lru<Buffer>(2_000);

  constructor(options: DialOptions) {
    this.#options = options;
    // Without extra roots Node shares one parsed store; naming them costs some 15 ms, once.
    this.#context = createSecureContext(
      options.upstreamCa.length > 0 ? { ca: [...rootCertificates, ...options.upstreamCa] } : {},
    );
  }

  /**
   * Connects, and shakes hands where the origin is secure. Calls back once.
   * @param protocols ALPN names to offer.
   */
  dial(origin: Origin, protocols: readonly string[], done: (result: Dialled) => void): void {
    const target = this.#options.resolve.get(`${origin.host}:${origin.port}`) ?? this.#options.resolve.get(origin.host);
    const host = target?.host ?? origin.host;
    const port = target?.port ?? origin.port;
    const refusal = isIP(host) === 0 ? null : this.#options.targets.refusal(host, port);
    if (refusal !== null) {
      done({ failure: { cause: 'forbidden', sentence: `${host} ${refusal}.` } });
      return;
    }
    const base = {
      host,
      port,
      lookup: this.#lookup(port),
      autoSelectFamily: true,
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
      highWaterMark: SOCKET_BUFFER_BYTES,
    };
    if (!origin.secure) this.#settle(connectTcp(base), 'connect', origin, done);
    else {
      const session = this.#sessions.get(origin.key);
      const socket = connectTls({
        ...base,
        secureContext: this.#context,
        servername: origin.serverName ?? '',
        ...(protocols.length > 0 ? { ALPNProtocols: [...protocols] } : {}),
        rejectUnauthorized: !this.#options.insecureUpstream,
        checkServerIdentity: (_, certificate) => checkServerIdentity(origin.verifyName, certificate),
        ...(session === undefined ? {} : { session }),
      });
      socket.on('session', (ticket: Buffer) => this.#sessions.set(origin.key, ticket));
      this.#settle(socket, 'secureConnect', origin, done);
    }
  }

  #settle(socket: Socket, ready: 'connect' | 'secureConnect', origin: Origin, done: (result: Dialled) => void): void {
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
      fail(failureOf(error, origin), error.code?.includes('NO_APPLICATION_PROTOCOL') === true);
    const onClose = () => fail({ cause: 'connect-failed', sentence: `${origin.host} closed the connection at once.` });
    const succeed = () => {
      clearTimeout(timer);
      socket.removeListener('error', onError);
      socket.removeListener('close', onClose);
      // Names were checked when they resolved; this is the address that answered in the end.
      const refusal = this.#options.targets.refusal(socket.remoteAddress ?? '', socket.remotePort ?? 0);
      if (refusal !== null) return fail({ cause: 'forbidden', sentence: `${origin.host} ${refusal}.` });
      const protocol = 'alpnProtocol' in socket ? socket.alpnProtocol : null;
      done({ socket, protocol: typeof protocol === 'string' ? protocol : null });
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
      lookup(hostname, { ...options, all: true }, (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => {
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
      });
    };
  }
}

/** What went wrong, in words. Certificate errors have codes of OpenSSL's X509_V_ERR_* names or Node's ERR_TLS_CERT_*. */
function failureOf(error: NodeJS.ErrnoException, origin: Origin): ServerFailure {
  const code = error.code ?? '';
  const at = `${origin.host}:${origin.port}`;
  if (code === 'TELLTALE_FORBIDDEN') return { cause: 'forbidden', sentence: `${origin.host} ${error.message}.` };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_FAIL' || code === 'EAI_NODATA') {
    return { cause: 'name-unknown', sentence: `The name ${origin.host} does not resolve (${code}).` };
  }
  if (/CERT|ISSUER|SELF_SIGNED|CRL|UNABLE_TO_VERIFY|HOSTNAME_MISMATCH/.test(code) && !code.startsWith('ERR_SSL')) {
    return { cause: 'certificate', sentence: `The certificate of ${at} does not verify (${code}).` };
  }
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO') {
    return { cause: 'tls-failed', sentence: `The TLS handshake with ${at} failed (${code}).` };
  }
  if (code === 'ETIMEDOUT') return { cause: 'connect-timeout', sentence: `${at} did not answer (ETIMEDOUT).` };
  return { cause: 'connect-failed', sentence: `${at} could not be reached (${code || error.message}).` };
}
