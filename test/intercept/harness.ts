import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { afterAll, afterEach } from 'vitest';
import { type Authority, openAuthority } from '../../src/intercept/authority.ts';
import { type InterceptOptions, InterceptProxy } from '../../src/intercept/intercept-proxy.ts';
import type { CaptureEvent } from '../../src/model/exchange.ts';

/** A running proxy with everything it told its sink. */
export interface RunningProxy {
  readonly proxy: InterceptProxy;
  readonly port: number;
  readonly ports: readonly number[];
  readonly authority: Authority;
  readonly events: CaptureEvent[];
  readonly logs: string[];
  /** Resolves with the first event that fits, past or to come. */
  event<Type extends CaptureEvent['type']>(
    type: Type,
    fits?: (event: Extract<CaptureEvent, { type: Type }>) => boolean,
  ): Promise<Extract<CaptureEvent, { type: Type }>>;
  /** All events of a type so far. */
  all<Type extends CaptureEvent['type']>(type: Type): Extract<CaptureEvent, { type: Type }>[];
  /** Bytes of an exchange's request or response. */
  body(exchange: number, side: 'request' | 'response'): Buffer;
  /** Kinds of gaps so far. */
  gaps(): string[];
}

const folder = mkdtempSync(join(tmpdir(), 'telltale-intercept-'));
const cleanups: (() => unknown)[] = [];
let authority: Authority | null = null;
let originAuthority: Authority | null = null;

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs when the test ends, last registered first. */
export function cleanup(run: () => unknown): void {
  cleanups.push(run);
}

export function phoneAuthority(): Authority {
  authority ??= openAuthority(join(folder, 'ca'));
  return authority;
}

/** The authority that signs the certificates of test servers. */
export function serverAuthority(): Authority {
  originAuthority ??= openAuthority(join(folder, 'origin-ca'));
  return originAuthority;
}

export async function startProxy(options: Partial<InterceptOptions> = {}): Promise<RunningProxy> {
  const events: CaptureEvent[] = [];
  const logs: string[] = [];
  const waiting: { fits: (event: CaptureEvent) => boolean; found: (event: CaptureEvent) => void }[] = [];
  const proxy = new InterceptProxy({
    listeners: [{ host: '127.0.0.1', port: 0, device: null }],
    authority: phoneAuthority(),
    sink: {
      accept(lent) {
        const event = 'bytes' in lent ? { ...lent, bytes: Buffer.from(lent.bytes) } : lent;
        events.push(event);
        for (const waiter of waiting.filter(({ fits }) => fits(event))) {
          waiting.splice(waiting.indexOf(waiter), 1);
          waiter.found(event);
        }
        return true;
      },
      whenReady: () => Promise.resolve(),
    },
    localPages: async (request) => ({
      status: 200,
      headers: [['Content-Type', 'application/json']],
      body: Buffer.from(JSON.stringify({ ...request, body: Buffer.from(request.body).toString() })),
    }),
    resolve: new Map(),
    upstreamCa: [serverAuthority().certificatePem],
    insecureUpstream: false,
    allow: [],
    allowPrivate: true,
    clock: Date.now,
    log: (level, message) => logs.push(`${level}: ${message}`),
    ...options,
  });
  const addresses = await proxy.start();
  cleanup(() => proxy.shutDown());
  return {
    proxy,
    ports: addresses.map(({ port }) => port),
    port: addresses[0]?.port ?? 0,
    authority: phoneAuthority(),
    events,
    logs,
    event(type, fits) {
      const matches = (event: CaptureEvent) => event.type === type && (fits === undefined || fits(event as never));
      const past = events.find(matches);
      if (past !== undefined) return Promise.resolve(past as never);
      return new Promise((found) => waiting.push({ fits: matches, found: (event) => found(event as never) }));
    },
    all: (type) => events.filter((event) => event.type === type) as never,
    body(exchange, side) {
      const pieces = events.flatMap((event) =>
        (event.type === 'request-bytes' || event.type === 'response-bytes') &&
        event.type === `${side}-bytes` &&
        event.exchange === exchange
          ? [event.bytes]
          : [],
      );
      return Buffer.concat(pieces);
    },
    gaps: () => events.flatMap((event) => (event.type === 'gap' ? [event.gap.kind] : [])),
  };
}

/** A TCP server on a free port of loopback. */
export async function startServer(onConnection: (socket: Socket) => void): Promise<number> {
  return listen(createServer({ allowHalfOpen: true }, onConnection));
}

/** A TLS server under the servers' authority. */
export async function startTlsServer(
  host: string,
  onConnection: (socket: TLSSocket) => void,
  options: TlsOptions = {},
): Promise<number> {
  const server = createTlsServer(
    {
      secureContext: serverAuthority().secureContextFor(host),
      SNICallback: (_, done) => done(null, serverAuthority().secureContextFor(host)),
      ...options,
    } as TlsOptions,
    onConnection,
  );
  server.on('tlsClientError', () => {});
  return listen(server);
}

export async function listen(server: Server, host = '127.0.0.1', wantedPort = 0): Promise<number> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((done) => server.listen(wantedPort, host, done));
  cleanup(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** A connection that is written to and read from as bytes. */
export class RawClient {
  readonly socket: Socket;
  received = Buffer.alloc(0);
  ended = false;
  closed = false;
  error: NodeJS.ErrnoException | null = null;
  #waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.received = Buffer.concat([this.received, bytes]);
      this.#wake();
    });
    socket.on('end', () => {
      this.ended = true;
      this.#wake();
    });
    socket.on('error', (error) => {
      this.error = error;
    });
    socket.on('close', () => {
      this.ended = true;
      this.closed = true;
      this.#wake();
    });
    cleanup(() => socket.destroy());
  }

  static async open(port: number, host = '127.0.0.1'): Promise<RawClient> {
    const socket = connect({ port, host, allowHalfOpen: true });
    await new Promise<void>((done, fail) => socket.once('connect', done).once('error', fail));
    return new RawClient(socket);
  }

  send(data: string | Buffer): void {
    this.socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data);
  }

  get text(): string {
    return this.received.toString('latin1');
  }

  /** Waits until the text holds something; throws with what came when the connection ends first. */
  async until(wanted: string | RegExp): Promise<string> {
    const has = () => (typeof wanted === 'string' ? this.text.includes(wanted) : wanted.test(this.text));
    while (!has()) {
      if (this.ended)
        throw new Error(`ended before ${wanted}: ${JSON.stringify(this.text.slice(0, 500))} ${this.error ?? ''}`);
      await this.#change();
    }
    return this.text;
  }

  /** Waits for the other side's end and returns all that came. */
  async untilEnd(): Promise<string> {
    while (!this.ended) await this.#change();
    return this.text;
  }

  /** Forgets what came, and returns it. */
  take(): string {
    const { text } = this;
    this.received = Buffer.alloc(0);
    return text;
  }

  #change(): Promise<void> {
    return new Promise((done) => this.#waiting.push(done));
  }

  #wake(): void {
    for (const go of this.#waiting.splice(0)) go();
  }
}

/** CONNECT, then TLS to a host through the proxy. */
export async function openTls(
  proxy: RunningProxy,
  authorityText: string,
  options: { servername?: string; ca?: string; ALPNProtocols?: string[] } = {},
): Promise<RawClient> {
  return new RawClient(await openTlsSocket(proxy, authorityText, options));
}

/** As {@link openTls}, for those that read the socket themselves. */
export async function openTlsSocket(
  proxy: RunningProxy,
  authorityText: string,
  options: { servername?: string; ca?: string; ALPNProtocols?: string[] } = {},
): Promise<TLSSocket> {
  const tunnel = await RawClient.open(proxy.port);
  tunnel.send(`CONNECT ${authorityText} HTTP/1.1\r\nHost: ${authorityText}\r\n\r\n`);
  await tunnel.until('\r\n\r\n');
  if (!tunnel.text.startsWith('HTTP/1.1 200')) throw new Error(tunnel.text);
  tunnel.socket.removeAllListeners('data');
  const host = authorityText.replace(/:\d+$/, '');
  const tls = connectTls({ socket: tunnel.socket, ca: proxy.authority.certificatePem, servername: host, ...options });
  await new Promise<void>((done, fail) => tls.once('secureConnect', done).once('error', fail));
  return tls;
}

/** Answers each request (told apart by its head's end; no bodies) with what `answer` says. */
export function answering(answer: (head: string, socket: Socket) => string | Buffer | null): (socket: Socket) => void {
  return (socket) => {
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end + 4);
        text = text.slice(end + 4);
        const reply = answer(head, socket);
        if (reply !== null) socket.write(typeof reply === 'string' ? Buffer.from(reply, 'latin1') : reply);
      }
    });
    socket.on('end', () => socket.end());
  };
}
