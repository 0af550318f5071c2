import { createServer, type Server, type Socket } from 'node:net';
import { Proxy as MitmProxy } from 'http-mitm-proxy';
import { operatorError } from '../model/errors.ts';
import { PhoneAccess, TargetAccess } from './access.ts';
import { Deadlines } from './deadlines.ts';
import { Dialler, SOCKET_BUFFER_BYTES } from './dial.ts';
import type { Exchange } from './exchange.ts';
import { Http1Phone } from './http1/phone.ts';
import { serveTarget } from './incoming.ts';
import { RELAY_LIMITS, type RelayLimits } from './limits.ts';
import type { Address, InterceptOptions, Listener } from './options.ts';
import { originOf } from './origin.ts';
import type { PhoneConnection, Relay } from './relay.ts';
import { ServerPool } from './server-pool.ts';
import { Tap } from './tap.ts';
import { joinUnread } from './tunnel.ts';

export type { InterceptOptions } from './options.ts';

const NOTHING = Buffer.alloc(0);

/** Running totals, for a live line. */
export interface InterceptCounts {
  /** Phones' connections that are open now. */
  readonly phoneConnections: number;
  /** Connections to servers that are open now. */
  readonly serverConnections: number;
  /** Exchanges that are running now. */
  readonly running: number;
  /** Exchanges begun since the start. */
  readonly exchanges: number;
}

/**
 * The proxy between phones and servers. Everything it sees goes out through `options.sink`.
 *
 * It is an http-mitm-proxy `Proxy` with its own front door, certificates and relay; docs/decisions.md says which members are
 * replaced and what each cost.
 */
export class InterceptProxy extends MitmProxy {
  readonly #options: InterceptOptions;
  readonly #limits: RelayLimits;
  readonly #deadlines = new Deadlines();
  readonly #dialler: Dialler;
  readonly #pool: ServerPool;
  readonly #relay: Relay;
  readonly #running = new Set<Exchange>();
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  #stopping = false;

  constructor(options: InterceptOptions) {
    super();
    this.#options = options;
    this.#limits = { ...RELAY_LIMITS, ...options.limits };
    const targets = new TargetAccess(options.allowPrivate);
    this.#dialler = new Dialler({
      resolve: options.resolve,
      upstreamCa: options.upstreamCa,
      insecureUpstream: options.insecureUpstream,
      targets,
      limits: this.#limits,
    });
    this.#pool = new ServerPool(this.#dialler, this.#deadlines, this.#limits);
    this.#relay = {
      tap: new Tap(options.sink, options.clock),
      pool: this.#pool,
      limits: this.#limits,
      running: this.#running,
      authority: options.authority,
      phones: new PhoneAccess(options.allow),
      targets,
      localPages: options.localPages,
      deadlines: this.#deadlines,
      log: options.log,
      converse: (exchange, _request, response, { phone, server }) => {
        const serverSide = server.rawSide();
        const phoneSide = phone.switchProtocols(response);
        if (phoneSide === null) {
          serverSide.socket.destroy();
          exchange.conversationEnded('The phone closed the connection');
          return;
        }
        const about = {
          kind: 'tunnel' as const,
          host: exchange.origin.host,
          port: exchange.origin.port,
          detail: 'The connection changed to another protocol.',
          facts: {},
          exchange: exchange.id,
        };
        const connection = {
          id: exchange.connection,
          address: phoneSide.socket.remoteAddress ?? '',
          port: 0,
          device: null,
        };
        joinUnread(this.#relay, connection, phoneSide, serverSide, about, (error) => exchange.conversationEnded(error));
      },
    };
  }

  /**
   * Opens every listener.
   * @returns their addresses, in the order of the options, with the ports that were really taken.
   * @throws TelltaleError `port-taken` or `listen-failed`; nothing stays open then.
   */
  async start(): Promise<readonly Address[]> {
    try {
      const addresses: Address[] = [];
      for (const listener of this.#options.listeners) addresses.push(await this.#listen(listener));
      this.#relay.targets.listening(addresses);
      return addresses;
    } catch (error) {
      for (const server of this.#servers) server.close();
      this.#deadlines.stop();
      throw error;
    }
  }

  /** Stops accepting, ends idle connections, waits a few seconds for running exchanges, and ends the rest. */
  async shutDown(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    for (const server of this.#servers) server.close();
    const deadline = performance.now() + this.#limits.shutdownMsMax;
    while (this.#running.size > 0 && performance.now() < deadline) await new Promise((go) => setTimeout(go, 20));
    for (const exchange of [...this.#running]) exchange.abandon('The proxy was stopped');
    this.#pool.close();
    for (const socket of this.#sockets) socket.destroy();
    // Closed sockets report on the next turn; the audit hears of every connection's end before we say we are done.
    while (this.#sockets.size > 0) await new Promise((go) => setImmediate(go));
    this.#deadlines.stop();
  }

  /** http-mitm-proxy's way to start: the options are those of the constructor. */
  override listen(_options: unknown, callback: (error?: Error | null) => void = () => {}): this {
    this.start().then(
      () => callback(),
      (error: Error) => callback(error),
    );
    return this;
  }

  /** http-mitm-proxy's way to stop. */
  override close(): this {
    this.shutDown().catch((error: unknown) =>
      this.#options.log('error', 'shutting down failed', { error: String(error) }),
    );
    return this;
  }

  counts(): InterceptCounts {
    return {
      phoneConnections: this.#sockets.size,
      serverConnections: this.#pool.open,
      running: this.#running.size,
      exchanges: this.#relay.tap.exchanges,
    };
  }

  async #listen(listener: Listener): Promise<Address> {
    const options = {
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      pauseOnConnect: true,
      highWaterMark: SOCKET_BUFFER_BYTES,
    };
    const server = createServer(options, (socket) => this.#accept(socket, listener));
    server.maxConnections = this.#limits.phoneConnectionsMax;
    this.#servers.push(server);
    await new Promise<void>((done, fail) => {
      server.once('error', (error: NodeJS.ErrnoException) => fail(listenError(error, listener)));
      server.listen(listener.port, listener.host, done);
    });
    // After the start an error of the listening socket (out of file descriptors) must not end the capture.
    server.on('error', (error) => this.#options.log('error', 'listening failed', { error: error.message }));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new TypeError('a TCP server has an address');
    return { host: address.address, port: address.port };
  }

  #accept(socket: Socket, listener: Listener): void {
    const { tap, phones } = this.#relay;
    const address = plainAddress(socket.remoteAddress ?? '');
    if (!phones.mayUse(address)) {
      this.#options.log('warn', 'connection refused: the address may not use this proxy', { phone: address });
      socket.destroy();
      return;
    }
    const connection: PhoneConnection = {
      id: tap.nextConnection(),
      address,
      port: socket.remotePort ?? 0,
      device: listener.device,
    };
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#sockets.delete(socket);
      tap.emit({ type: 'connection-closed', connection: connection.id, at: tap.now() });
    });
    tap.emit({
      type: 'connection-opened',
      connection: connection.id,
      at: tap.now(),
      phoneAddress: address,
      phonePort: connection.port,
      via: listener.transparent === true ? 'transparent' : 'http',
      device: listener.device,
    });
    new Http1Phone(this.#relay, connection, socket, { kind: 'proxy' }, false, (target, early) =>
      serveTarget(this.#relay, connection, socket, target, early, {
        unread: (gathered) => this.#tunnel(connection, socket, target, gathered),
      }),
    );
    socket.resume();
  }

  #tunnel(connection: PhoneConnection, socket: Socket, target: Address, early: Buffer): void {
    const origin = originOf(false, target.host, target.port);
    this.#dialler.dial(origin, [], (result) => {
      if ('failure' in result) {
        const { tap } = this.#relay;
        tap.emit({
          type: 'gap',
          at: tap.now(),
          connection: connection.id,
          exchange: null,
          host: target.host,
          port: target.port,
          gap: { kind: 'upstream-failed', at: [], bytesUnread: early.length, detail: result.failure.sentence },
          facts: { cause: result.failure.cause, client: connection.address },
        });
        socket.destroy();
        return;
      }
      const about = { kind: 'tunnel' as const, ...target, detail: null, facts: {}, exchange: null };
      joinUnread(this.#relay, connection, { socket, early }, { socket: result.socket, early: NOTHING }, about);
    });
  }
}

/** IPv4 clients of a socket that listens on `::` come as `::ffff:192.0.2.1`. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

function listenError(error: NodeJS.ErrnoException, { host, port }: Listener): Error {
  if (error.code === 'EADDRINUSE') return operatorError('port-taken', { host, port }, { cause: error });
  return operatorError('listen-failed', { host, port, reason: error.code ?? error.message }, { cause: error });
}
