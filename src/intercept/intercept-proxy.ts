import { lookup } from 'node:dns';
import { createServer, type Server, type Socket } from 'node:net';
import { type IContext, Proxy as MitmProxy } from 'http-mitm-proxy';
import { operatorError } from '../model/errors.ts';
import { PhoneAccess, TargetAccess } from './access.ts';
import { Challenges } from './challenges.ts';
import { converse } from './conversation.ts';
import { Deadlines } from './deadlines.ts';
import { Dialler, SOCKET_BUFFER_BYTES } from './dial.ts';
import type { Exchange } from './exchange.ts';
import { serveProxyPort, serveTransparent } from './front-door.ts';
import { Handlers } from './handlers/handlers.ts';
import type { Http2Phone } from './http2/phone.ts';
import { RELAY_LIMITS, type RelayLimits } from './limits.ts';
import { Lru } from './lru.ts';
import type { Address, InterceptOptions, Listener } from './options.ts';
import { parseAuthority, plainAddress } from './origin.ts';
import { Refusals } from './refusals.ts';
import { PhoneConnection, type Relay } from './relay.ts';
import { ServerPool } from './server-pool.ts';
import { Tap } from './tap.ts';
import { Users } from './users.ts';

export type { InterceptOptions } from './options.ts';

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

const TOLD_AGAIN_MS = 60_000;

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
  /** When an address was last told of as turned away. */
  readonly #turnedAwayAt = new Lru<number>(1_000);
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
      upstream: options.upstream ?? null,
      plainUpstream: (options.plainUpstream === undefined ? options.upstream : options.plainUpstream) ?? null,
      clientCertificates: options.clientCertificates ?? new Map(),
      oldTls: options.oldTls ?? false,
      lookup: options.lookup ?? lookup,
      targets,
      limits: this.#limits,
    });
    const tap = new Tap(options.sink, options.clock);
    const handlers = new Handlers(this, (target) => noteTaken(tap, target));
    this.#pool = new ServerPool(this.#dialler, this.#deadlines, this.#limits);
    this.#relay = {
      tap,
      pool: this.#pool,
      limits: this.#limits,
      running: this.#running,
      authority: options.authority,
      phones: new PhoneAccess(options.allow),
      users: new Users(options.users ?? new Map(), options.deviceOfUser ?? new Map()),
      challenges: new Challenges(tap, this.#deadlines, this.#limits),
      refusals: new Refusals(options.passthrough ?? [], options.refusalsMax ?? 2, options.onRefusal !== 'block'),
      quicHosts: new Lru(10_000),
      dialler: this.#dialler,
      targets,
      localPages: options.localPages,
      deadlines: this.#deadlines,
      log: options.log,
      junctions: new Set(),
      http2Phones: new Set(),
      get interposer() {
        return handlers.any ? handlers : null;
      },
      converse: (exchange, request, response, ends) => converse(this.#relay, exchange, request, response, ends),
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
      // Where users of http-mitm-proxy look for the port.
      this.httpPort = addresses[0]?.port ?? 0;
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
    // A conversation has no end to wait for.
    for (const junction of [...this.#relay.junctions]) junction.end('The proxy was stopped');
    const deadline = performance.now() + this.#limits.shutdownMsMax;
    while (this.#running.size > 0 && performance.now() < deadline) await new Promise((go) => setTimeout(go, 20));
    for (const exchange of [...this.#running]) exchange.abandon('The proxy was stopped');
    this.#pool.close();
    await noteGivenUp([...this.#relay.http2Phones]);
    for (const socket of this.#sockets) socket.destroy();
    this.#relay.challenges.close();
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

  /** @throws TypeError for what is not called here. */
  override use(module: Record<string, unknown>): this {
    const unknown = NOT_CALLED.filter((name) => module[name] !== undefined);
    if (unknown.length > 0) notCalled(unknown.join(', '));
    super.use(module);
    return this;
  }

  /** Calls the handlers of errors, then answers 504 unless something has gone out. */
  override _onError(kind: string, ctx: IContext | null, error: Error): void {
    this.#options.log('info', 'a handler or a server failed', { kind, error: error.message });
    for (const handle of [...this.onErrorHandlers, ...(ctx?.onErrorHandlers ?? [])]) handle(ctx, error, kind);
    const response = ctx?.proxyToClientResponse;
    if (response === undefined || response.finished) return;
    if (!response.headersSent) response.writeHead(504, 'Proxy Error', { 'Content-Type': 'text/plain; charset=utf-8' });
    response.end(`${kind}: ${error}`, 'utf8');
  }

  override onWebSocketConnection = () => notCalled('onWebSocketConnection');
  override onWebSocketSend = () => notCalled('onWebSocketSend');
  override onWebSocketMessage = () => notCalled('onWebSocketMessage');
  override onWebSocketFrame = () => notCalled('onWebSocketFrame');
  override onWebSocketClose = () => notCalled('onWebSocketClose');
  override onWebSocketError = () => notCalled('onWebSocketError');

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
      // A phone that left the network says nothing; without probes an answer would be waited for on its behalf.
      keepAliveInitialDelay: 60_000,
      pauseOnConnect: true,
      highWaterMark: SOCKET_BUFFER_BYTES,
    };
    const server = createServer(options, (socket) => this.#accept(socket, listener));
    const { phoneConnectionsMax } = this.#limits;
    server.maxConnections = phoneConnectionsMax;
    server.on('drop', (dropped) =>
      this.#turnedAway(dropped?.remoteAddress, `more than ${phoneConnectionsMax} connections of phones at a time`),
    );
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
      // One that has been reset already has no address left.
      if (address !== '') this.#turnedAway(address, 'the address may not use this proxy; see --allow');
      socket.destroy();
      return;
    }
    const connection = new PhoneConnection(tap, address, socket.remotePort ?? 0, listener.device);
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#sockets.delete(socket);
      connection.closed();
    });
    if (listener.transparent === true) serveTransparent(this.#relay, connection, socket);
    else serveProxyPort(this.#relay, connection, socket);
  }

  /** Nothing of such a connection is read. A phone comes back at once, so it is told of once a minute for each address. */
  #turnedAway(remoteAddress: string | undefined, why: string): void {
    const { tap } = this.#relay;
    const client = plainAddress(remoteAddress ?? '');
    const at = tap.now();
    if (at - (this.#turnedAwayAt.get(client) ?? Number.NEGATIVE_INFINITY) < TOLD_AGAIN_MS) return;
    this.#turnedAwayAt.set(client, at);
    this.#options.log('warn', `connection refused: ${why}`, { phone: client });
    tap.emit({
      type: 'gap',
      at,
      connection: null,
      exchange: null,
      host: null,
      port: null,
      gap: { kind: 'request-refused', at: [], bytesUnread: null, detail: `Connections refused: ${why}.` },
      facts: { client },
    });
  }
}

/** Phones whose HTTP/2 was given up are known by what they are asked and never get; their time-outs will not come any more. */
async function noteGivenUp(phones: readonly Http2Phone[]): Promise<void> {
  for (const phone of phones) phone.ask();
  for (let turn = 0; turn < 2; turn++) await new Promise((go) => setImmediate(go));
  for (const phone of phones) phone.noteGivenUp();
}

/** Says in the ledger that a handler of the operator's own took a tunnel over. */
function noteTaken(tap: Tap, target: string): void {
  const { host, port } = parseAuthority(target, null) ?? { host: null, port: null };
  const detail = 'a handler of onConnect took the tunnel over';
  const gap = { kind: 'tunnel', at: [], bytesUnread: null, detail } as const;
  tap.emit({ type: 'gap', at: tap.now(), connection: null, exchange: null, host, port, gap, facts: {} });
}

/** Handlers of http-mitm-proxy that nothing here calls. */
const NOT_CALLED = [
  'onCertificateRequired',
  'onCertificateMissing',
  'onWebSocketConnection',
  'onWebSocketSend',
  'onWebSocketMessage',
  'onWebSocketFrame',
  'onWebSocketClose',
  'onWebSocketError',
];

function notCalled(name: string): never {
  throw new TypeError(
    `${name}: not called by InterceptProxy. Its own authority makes the certificates; WebSocket messages come out of its sink`,
  );
}

function listenError(error: NodeJS.ErrnoException, { host, port, device, transparent }: Listener): Error {
  const option =
    transparent === true ? '--transparent PORT' : device === null ? '--listen HOST:PORT' : '--device-port PORT=FILE';
  if (error.code === 'EADDRINUSE') return operatorError('port-taken', { host, port, option }, { cause: error });
  return operatorError('listen-failed', { host, port, option, reason: error.code ?? error.message }, { cause: error });
}
