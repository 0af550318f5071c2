import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerStreamResponseOptions,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Headers } from '../../model/exchange.ts';
import type { Watched } from '../deadlines.ts';
import { Exchange } from '../exchange.ts';
import { LocalExchange } from '../local-exchange.ts';
import { LOCAL_HOST, type OpenTunnel, type PhoneConnection, type Relay, type Route } from '../relay.ts';
import {
  askedHost,
  isLocal,
  isRefused,
  originOfRequest,
  type Target,
  type TargetRefusal,
  targetOfConnect,
  targetOfHttp2,
} from '../request-target.ts';
import type { IncomingResponse, OutgoingRequest, PhoneHandler, PhoneStream, RawSide } from '../sides.ts';
import { closeSoon } from './close-soon.ts';
import { fieldValue, headersForHttp2, headersFromHttp2, pseudoHeader } from './translate.ts';

/** `sendDate` is missing from the types; without it Node adds a Date that the server did not send. */
type RespondOptions = ServerStreamResponseOptions & { sendDate: boolean };

/** HTTP/2 is spoken to the proxy itself, or to a server; what a gateway redirects without TLS is HTTP/1. */
export type Http2Route = Exclude<Route, { kind: 'by-host' }>;

const WINDOW_BYTES = 1024 * 1024;

/** A phone that speaks HTTP/2 on one connection: many exchanges at once. */
export class Http2Phone implements Watched {
  deadlineAt: number;
  /** Whether any request came. */
  served = false;
  readonly relay: Relay;
  readonly connection: PhoneConnection;
  readonly openTunnel: OpenTunnel;
  readonly #route: Http2Route;
  readonly #session: ServerHttp2Session;
  #open = 0;

  /**
   * @param socket plain or TLS; nothing of it must have been read, what was is put back (`unshift`).
   * @param openTunnel takes the tunnels that the phone asks the proxy for.
   */
  constructor(relay: Relay, connection: PhoneConnection, socket: Duplex, route: Http2Route, openTunnel: OpenTunnel) {
    this.relay = relay;
    this.openTunnel = openTunnel;
    this.connection = connection;
    this.#route = route;
    // Until its first request, as for a head of HTTP/1: a phone may lie idle longer once it has spoken.
    this.deadlineAt = relay.deadlines.now + relay.limits.headMsMax;
    relay.deadlines.watch(this);
    this.#session = performServerHandshake(
      socket as Socket,
      {
        settings: {
          maxConcurrentStreams: relay.limits.streamsMax,
          initialWindowSize: WINDOW_BYTES,
          maxHeaderListSize: relay.limits.headBytesMax,
          enablePush: false,
        },
        maxSessionInvalidFrames: 100,
        maxSessionRejectedStreams: 100,
      } as Parameters<typeof performServerHandshake>[1],
    ) as ServerHttp2Session;
    this.#session.on('stream', (stream, _headers, flags, raw?: string[]) => this.#begin(stream, flags, raw ?? []));
    this.#session.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
    // Our sockets may be half open, which HTTP/2 knows nothing of: without its other half the connection is over.
    socket.once('end', () => this.#session.destroy());
    // Bad frames are the phone's; Node closes the session, and every stream hears of it.
    this.#session.on('close', () => {
      relay.deadlines.forget(this);
      closeSoon(socket, relay.limits.lingerMsMax);
    });
    // The window of the whole connection must hold more than one stream's.
    this.#session.once('connect', () => {
      if (!this.#session.destroyed) this.#session.setLocalWindowSize(16 * WINDOW_BYTES);
    });
  }

  deadlinePassed(): void {
    // After some errors Node neither reads on nor closes, and would not even notice that the phone has gone.
    if (this.#session.closed) this.#session.destroy();
    else this.#session.close();
    this.deadlineAt = this.relay.deadlines.now + this.relay.limits.lingerMsMax;
  }

  /** What is wrong with the request, in the ledger. */
  refused(sentence: string, status: number): void {
    const { tap } = this.relay;
    const route = this.#route;
    tap.emit({
      type: 'gap',
      at: tap.now(),
      connection: this.connection.id,
      exchange: null,
      host: route.kind === 'fixed' ? route.host : null,
      port: route.kind === 'fixed' ? route.port : null,
      gap: { kind: 'request-refused', at: ['request'], bytesUnread: null, detail: sentence },
      facts: { client: this.connection.address, status },
    });
  }

  streamEnded(): void {
    this.#open--;
    if (this.#open === 0) this.deadlineAt = this.relay.deadlines.now + this.relay.limits.phoneIdleMsMax;
  }

  #failed(error: NodeJS.ErrnoException): void {
    this.relay.log('debug', 'HTTP/2 with the phone failed', { error: error.message });
    // A torn connection is no breach of the rules; its streams say what was cut.
    if (error.code?.startsWith('ERR_HTTP2') !== true) return;
    this.connection.announce('http');
    this.refused(`The phone breaks the rules of HTTP/2 (${error.message}).`, 400);
  }

  #begin(stream: ServerHttp2Stream, flags: number, raw: readonly string[]): void {
    if (!this.served && this.#route.kind === 'fixed') this.#route.onServed?.();
    this.served = true;
    this.#open++;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    new Http2PhoneStream(this, stream).begin(this.#route, raw, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0);
  }
}

/** One HTTP/2 stream from a phone. */
class Http2PhoneStream implements PhoneStream, Watched {
  deadlineAt: number;
  readonly #phone: Http2Phone;
  readonly #stream: ServerHttp2Stream;
  #handler: PhoneHandler | null = null;
  #requestTrailers: Headers = [];
  #trailers: Headers = [];
  #method = '';
  #over = false;

  constructor(phone: Http2Phone, stream: ServerHttp2Stream) {
    this.#phone = phone;
    this.#stream = stream;
    this.deadlineAt = phone.relay.deadlines.now + phone.relay.limits.bodyIdleMsMax;
  }

  get phoneAddress(): string {
    return this.#phone.connection.address;
  }

  begin(route: Http2Route, raw: readonly string[], withoutBody: boolean): void {
    const stream = this.#stream;
    stream.on('error', (error: Error) => this.#gone(error.message));
    stream.on('close', () => this.#closed());
    stream.on('aborted', () => this.#gone('The phone gave the request up'));
    const method = pseudoHeader(raw, ':method') ?? '';
    this.#method = method;
    const headers = headersFromHttp2(raw);
    const authority = pseudoHeader(raw, ':authority') ?? fieldValue(headers, 'host') ?? '';
    if (route.kind === 'proxy' && !this.#mayPass(headers)) return;
    if (method === 'CONNECT') {
      if (route.kind === 'proxy') this.#openTunnel(authority, headers);
      else this.#connectThere(route, authority, headers);
      return;
    }
    const path = pseudoHeader(raw, ':path') ?? '/';
    const target =
      route.kind === 'fixed'
        ? { secure: route.secure, host: route.host, port: route.port, path }
        : targetOfHttp2(pseudoHeader(raw, ':scheme') ?? '', authority, path);
    if (isRefused(target)) {
      this.#refuse(target);
      return;
    }
    const kept = route.kind === 'fixed' ? headers : headers.filter(([name]) => name !== 'proxy-authorization');
    this.#handler = isLocal(this.#phone.relay.targets, target)
      ? this.#local(method, target, kept)
      : this.#exchange(route, target, { method, headers: kept, authority, withoutBody });
    this.#listen();
  }

  #listen(): void {
    const stream = this.#stream;
    this.#phone.relay.deadlines.watch(this);
    stream.on('data', (bytes: Buffer) => this.#received(bytes));
    stream.on('trailers', (_fields, _flags, rawTrailers?: string[]) => {
      this.#requestTrailers = headersFromHttp2(rawTrailers ?? []);
    });
    stream.on('end', () => this.#handler?.requestEnded(this.#requestTrailers));
    stream.on('drain', () => this.#handler?.phoneDrained());
    stream.on('wantTrailers', () => this.#attempt(() => stream.sendTrailers(headersForHttp2(this.#trailers, {}))));
  }

  /** Asks for a name where names are required; our own pages are open to every phone that may connect. */
  #mayPass(headers: Headers): boolean {
    const { users } = this.#phone.relay;
    const user = users.ofHeader(fieldValue(headers, 'proxy-authorization'));
    if (user === null && users.required) {
      this.#answer(407, 'This proxy asks for a user and a password.', {
        'proxy-authenticate': 'Basic realm="telltale"',
      });
      return false;
    }
    this.#phone.connection.announceAs(users, user, 'http');
    return true;
  }

  /** CONNECT to the proxy itself: the stream becomes a connection of its own. */
  #openTunnel(authority: string, headers: Headers): void {
    const { relay, openTunnel } = this.#phone;
    const target = targetOfConnect(relay.targets, authority);
    if (isRefused(target)) {
      this.#refuse(target);
      return;
    }
    const side = { socket: this.#stream, early: Buffer.alloc(0) };
    const go = () =>
      this.#attempt(() => {
        this.#stream.respond({ ':status': 200 }, { sendDate: false } as RespondOptions);
        openTunnel(target, side);
      });
    if (relay.interposer === null) go();
    else
      relay.interposer.connect({ target: authority, httpVersion: '2', headers }, side, go, (sentence) =>
        this.#refuse({ status: 403, sentence }),
      );
  }

  /** CONNECT to a server that is a proxy itself: it goes on, and what follows passes unread. */
  #connectThere(route: Extract<Http2Route, { kind: 'fixed' }>, authority: string, headers: Headers): void {
    const target = { secure: route.secure, host: route.host, port: route.port, path: authority };
    const handler = this.#exchange(route, target, { method: 'CONNECT', headers, authority, withoutBody: true });
    this.#handler = handler;
    handler.requestEnded([]);
  }

  informational(response: IncomingResponse): void {
    if (this.#stream.headersSent || response.head.status === 101) return;
    this.#attempt(() =>
      this.#stream.additionalHeaders(
        headersForHttp2(response.head.headers, { ':status': String(response.head.status) }),
      ),
    );
  }

  respond(response: IncomingResponse): void {
    const headers = headersForHttp2(response.head.headers, { ':status': String(response.head.status) });
    const empty = response.framing === 'none';
    // Waiting for trailers costs a frame; only these framings can have any.
    const mayHaveTrailers = !empty && (response.framing === 'chunked' || response.head.httpVersion === '2');
    // With a body that is known to be empty Node sets END_STREAM on the headers itself.
    this.#attempt(() =>
      this.#stream.respond(headers, {
        endStream: empty,
        waitForTrailers: mayHaveTrailers,
        sendDate: false,
      } as RespondOptions),
    );
  }

  write(bytes: Buffer): boolean {
    if (this.#over || this.#stream.destroyed) return true;
    this.deadlineAt = this.#phone.relay.deadlines.now + this.#phone.relay.limits.bodyIdleMsMax;
    return this.#stream.write(bytes);
  }

  finish(trailers: Headers): void {
    this.#trailers = trailers;
    this.#handler = null;
    if (!this.#stream.destroyed) this.#stream.end();
  }

  cut(): void {
    this.#handler = null;
    // close() would end the stream first, and what was cut would look whole.
    this.#stream.destroy(new Error('cut'));
  }

  hangUp(): void {
    this.#handler = null;
    this.#stream.close(constants.NGHTTP2_NO_ERROR);
  }

  answer(status: number, sentence: string): void {
    this.#answer(status, sentence, {});
  }

  pauseRequest(): void {
    this.#stream.pause();
    this.deadlineAt = Number.POSITIVE_INFINITY;
  }

  resumeRequest(): void {
    this.#stream.resume();
    this.deadlineAt = this.#phone.relay.deadlines.now + this.#phone.relay.limits.bodyIdleMsMax;
  }

  /** Only CONNECT leads out of HTTP/2: 101 does not exist in it. */
  switchProtocols(response: IncomingResponse): RawSide | null {
    if (response.head.status === 101 || this.#stream.destroyed) return null;
    this.#handler = null;
    const headers = headersForHttp2(response.head.headers, { ':status': String(response.head.status) });
    this.#attempt(() => this.#stream.respond(headers, { sendDate: false } as RespondOptions));
    return this.#stream.destroyed ? null : { socket: this.#stream, early: Buffer.alloc(0) };
  }

  deadlinePassed(): void {
    this.#gone('The phone stopped in the middle of the exchange');
    this.#stream.close(constants.NGHTTP2_CANCEL);
  }

  #answer(status: number, sentence: string, extra: Record<string, string>): void {
    this.#handler = null;
    const body = Buffer.from(`${sentence}\n`);
    this.#attempt(() => {
      this.#stream.respond({
        ':status': status,
        'content-type': 'text/plain; charset=utf-8',
        'content-length': body.length,
        'cache-control': 'no-store',
        ...extra,
      });
      this.#stream.end(this.#method === 'HEAD' ? undefined : body);
    });
    // What is left of the request is not wanted any more, and must not fill the connection's window.
    this.#stream.resume();
  }

  #received(bytes: Buffer): void {
    this.deadlineAt = this.#phone.relay.deadlines.now + this.#phone.relay.limits.bodyIdleMsMax;
    this.#handler?.requestBytes(bytes);
  }

  #local(method: string, { path, host }: Target, headers: Headers): PhoneHandler {
    const { relay, connection } = this.#phone;
    return new LocalExchange(relay, this, {
      method,
      target: path,
      headers,
      phoneAddress: connection.address,
      throughProxy: host === LOCAL_HOST,
      overTls: true,
    });
  }

  #exchange(
    route: Http2Route,
    target: Target,
    asked: { method: string; headers: Headers; authority: string; withoutBody: boolean },
  ): Exchange {
    const { relay, connection } = this.#phone;
    const { method, headers, authority } = asked;
    const { port, path, secure } = target;
    const host = askedHost(target.host, route.kind === 'fixed' ? route.serverName : null, authority);
    const length = fieldValue(headers, 'content-length');
    const request: OutgoingRequest = {
      method,
      target: path,
      version: '2',
      authority,
      headers,
      raw: null,
      framing: asked.withoutBody ? 'none' : length === null ? 'chunked' : 'length',
      upgrade: null,
      keepAlive: true,
    };
    const exchange = new Exchange(relay, connection.id, this, request, originOfRequest(route, target, host, true));
    const scheme = secure ? 'https' : 'http';
    exchange.begin({ method, scheme, host, port, target: path, httpVersion: '2', headers });
    return exchange;
  }

  #refuse({ status, sentence }: TargetRefusal): void {
    this.#phone.refused(sentence, status);
    this.answer(status, sentence);
  }

  #gone(reason: string): void {
    const handler = this.#handler;
    this.#handler = null;
    handler?.phoneGone(reason);
  }

  #closed(): void {
    if (this.#over) return;
    this.#over = true;
    this.#phone.relay.deadlines.forget(this);
    this.#gone('The phone closed the stream');
    this.#phone.streamEnded();
  }

  /** Node throws on headers it will not send and on streams that are gone; neither is worth more than this stream. */
  #attempt(send: () => void): void {
    if (this.#stream.destroyed || this.#stream.closed) return;
    try {
      send();
    } catch (error) {
      this.#phone.relay.log('debug', 'HTTP/2 refused to send', { error: String(error) });
      this.#gone('The answer cannot be said in HTTP/2');
      this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    }
  }
}
