import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerStreamResponseOptions,
} from 'node:http2';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Headers } from '../../model/exchange.ts';
import type { Watched } from '../deadlines.ts';
import { Exchange } from '../exchange.ts';
import { LocalExchange } from '../local-exchange.ts';
import { originOf, parseAuthority } from '../origin.ts';
import { LOCAL_HOST, type PhoneConnection, type Relay, type Route } from '../relay.ts';
import type { IncomingResponse, Origin, OutgoingRequest, PhoneHandler, PhoneStream } from '../sides.ts';
import { fieldValue, headersForHttp2, headersFromHttp2, pseudoHeader } from './translate.ts';

/** `sendDate` is missing from the types; without it Node adds a Date that the server did not send. */
type RespondOptions = ServerStreamResponseOptions & { sendDate: boolean };

type FixedRoute = Extract<Route, { kind: 'fixed' }>;

const WINDOW_BYTES = 1024 * 1024;

/** A phone that speaks HTTP/2 on one connection: many exchanges at once. */
export class Http2Phone implements Watched {
  deadlineAt: number;
  /** Whether any request came. */
  served = false;
  readonly relay: Relay;
  readonly connection: PhoneConnection;
  readonly #route: FixedRoute;
  readonly #session: ServerHttp2Session;
  #open = 0;

  constructor(relay: Relay, connection: PhoneConnection, socket: TLSSocket, route: FixedRoute) {
    this.relay = relay;
    this.connection = connection;
    this.#route = route;
    this.deadlineAt = relay.deadlines.now + relay.limits.phoneIdleMsMax;
    relay.deadlines.watch(this);
    this.#session = performServerHandshake(socket, {
      settings: {
        maxConcurrentStreams: relay.limits.streamsMax,
        initialWindowSize: WINDOW_BYTES,
        maxHeaderListSize: relay.limits.headBytesMax,
        enablePush: false,
      },
      maxSessionInvalidFrames: 100,
      maxSessionRejectedStreams: 100,
    } as Parameters<typeof performServerHandshake>[1]) as ServerHttp2Session;
    this.#session.on('stream', (stream, _headers, flags, raw?: string[]) => this.#begin(stream, flags, raw ?? []));
    this.#session.on('error', (error: Error) =>
      relay.log('debug', 'HTTP/2 with the phone failed', { error: error.message }),
    );
    // Our sockets may be half open, which HTTP/2 knows nothing of: without its other half the connection is over.
    socket.once('end', () => this.#session.destroy());
    // Bad frames are the phone's; Node closes the session, and every stream hears of it.
    this.#session.on('close', () => relay.deadlines.forget(this));
    // The window of the whole connection must hold more than one stream's.
    this.#session.once('connect', () => {
      if (!this.#session.destroyed) this.#session.setLocalWindowSize(16 * WINDOW_BYTES);
    });
  }

  deadlinePassed(): void {
    this.#session.close();
  }

  streamEnded(): void {
    this.#open--;
    if (this.#open === 0) this.deadlineAt = this.relay.deadlines.now + this.relay.limits.phoneIdleMsMax;
  }

  #begin(stream: ServerHttp2Stream, flags: number, raw: readonly string[]): void {
    if (!this.served) this.#route.onServed?.();
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

  begin(route: FixedRoute, raw: readonly string[], withoutBody: boolean): void {
    const { relay } = this.#phone;
    const stream = this.#stream;
    stream.on('error', (error: Error) => this.#gone(error.message));
    stream.on('close', () => this.#closed());
    stream.on('aborted', () => this.#gone('The phone gave the request up'));
    const method = pseudoHeader(raw, ':method') ?? '';
    this.#method = method;
    const target = pseudoHeader(raw, ':path');
    const headers = headersFromHttp2(raw);
    const authority = pseudoHeader(raw, ':authority') ?? fieldValue(headers, 'host') ?? '';
    if (target === null || method === 'CONNECT') {
      this.#refuse(501, 'CONNECT inside HTTP/2 is not relayed.', route);
      return;
    }
    relay.deadlines.watch(this);
    this.#handler =
      route.host === LOCAL_HOST
        ? this.#local(method, target, headers)
        : this.#exchange(route, { method, target, headers, authority, withoutBody });
    stream.on('data', (bytes: Buffer) => this.#received(bytes));
    stream.on('trailers', (_fields, _flags, rawTrailers?: string[]) => {
      this.#requestTrailers = headersFromHttp2(rawTrailers ?? []);
    });
    stream.on('end', () => this.#handler?.requestEnded(this.#requestTrailers));
    stream.on('drain', () => this.#handler?.phoneDrained());
    stream.on('wantTrailers', () => this.#attempt(() => stream.sendTrailers(headersForHttp2(this.#trailers, {}))));
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
    this.#handler = null;
    const body = Buffer.from(`${sentence}\n`);
    this.#attempt(() => {
      this.#stream.respond({
        ':status': status,
        'content-type': 'text/plain; charset=utf-8',
        'content-length': body.length,
        'cache-control': 'no-store',
      });
      this.#stream.end(this.#method === 'HEAD' ? undefined : body);
    });
    // What is left of the request is not wanted any more, and must not fill the connection's window.
    this.#stream.resume();
  }

  pauseRequest(): void {
    this.#stream.pause();
    this.deadlineAt = Number.POSITIVE_INFINITY;
  }

  resumeRequest(): void {
    this.#stream.resume();
    this.deadlineAt = this.#phone.relay.deadlines.now + this.#phone.relay.limits.bodyIdleMsMax;
  }

  /** HTTP/2 changes no protocols: 101 does not exist in it. */
  switchProtocols(): null {
    return null;
  }

  deadlinePassed(): void {
    this.#gone('The phone stopped in the middle of the exchange');
    this.#stream.close(constants.NGHTTP2_CANCEL);
  }

  #received(bytes: Buffer): void {
    this.deadlineAt = this.#phone.relay.deadlines.now + this.#phone.relay.limits.bodyIdleMsMax;
    this.#handler?.requestBytes(bytes);
  }

  #local(method: string, target: string, headers: Headers): PhoneHandler {
    const { relay, connection } = this.#phone;
    return new LocalExchange(relay, this, {
      method,
      target,
      headers,
      phoneAddress: connection.address,
      throughProxy: true,
      overTls: true,
    });
  }

  #exchange(
    route: FixedRoute,
    asked: { method: string; target: string; headers: Headers; authority: string; withoutBody: boolean },
  ): Exchange {
    const { relay, connection } = this.#phone;
    const { method, target, headers, authority } = asked;
    const named = parseAuthority(authority, route.port)?.host ?? route.host;
    const host = isIP(route.host) === 0 ? route.host : (route.serverName ?? named);
    const length = fieldValue(headers, 'content-length');
    const request: OutgoingRequest = {
      method,
      target,
      version: '2',
      authority,
      headers,
      raw: null,
      framing: asked.withoutBody ? 'none' : length === null ? 'chunked' : 'length',
      upgrade: null,
      keepAlive: true,
    };
    const exchange = new Exchange(relay, connection.id, this, request, originFor(route, host));
    exchange.begin({ method, scheme: 'https', host, port: route.port, target, httpVersion: '2', headers });
    return exchange;
  }

  #refuse(status: number, sentence: string, route: FixedRoute): void {
    const { tap } = this.#phone.relay;
    tap.emit({
      type: 'gap',
      at: tap.now(),
      connection: this.#phone.connection.id,
      exchange: null,
      host: route.host,
      port: route.port,
      gap: { kind: 'request-refused', at: ['request'], bytesUnread: null, detail: sentence },
      facts: { client: this.#phone.connection.address, status },
    });
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

function originFor(route: FixedRoute, host: string): Origin {
  return originOf(true, route.host, route.port, route.serverName, route.serverName ?? host);
}
