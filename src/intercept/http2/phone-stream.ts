import { constants, type ServerHttp2Stream, type ServerStreamResponseOptions } from 'node:http2';
import type { Headers } from '../../model/exchange.ts';
import type { Watched } from '../deadlines.ts';
import { Exchange } from '../exchange.ts';
import { openWhenAllowed } from '../handlers/interposer.ts';
import { LocalExchange } from '../local-exchange.ts';
import { LOCAL_HOST } from '../relay.ts';
import { isLocal, isRefused, type Target, type TargetRefusal, targetOfConnect } from '../request-target.ts';
import { copied } from '../shared-reads.ts';
import type { IncomingResponse, PhoneHandler, PhoneStream, RawSide } from '../sides.ts';
import { type Asked, askedOf, type Relayed, relayedOf, targetOf } from './asked.ts';
import type { Http2Phone, Http2Route } from './phone.ts';
import { fieldValue, headersForHttp2, headersFromHttp2, trailersForHttp2 } from './translate.ts';

/** `sendDate` is missing from the types; without it Node adds a Date that the server did not send. */
type RespondOptions = ServerStreamResponseOptions & { sendDate: boolean };

/** One HTTP/2 stream from a phone. */
export class Http2PhoneStream implements PhoneStream, Watched {
  deadlineAt: number;
  readonly #phone: Http2Phone;
  readonly #stream: ServerHttp2Stream;
  #handler: PhoneHandler | null = null;
  #requestTrailers: Headers = [];
  #trailers: Headers = [];
  #method = '';
  #isStream = false;
  #requestDone = false;
  #responseDone = false;
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
    const asked = askedOf(raw, withoutBody);
    this.#method = asked.method;
    if (route.kind === 'proxy' && !this.#mayPass(asked)) return;
    if (asked.method === 'CONNECT') {
      if (route.kind === 'proxy') this.#openTunnel(asked);
      else this.#connectThere(route, asked);
      return;
    }
    const target = targetOf(route, asked);
    if (isRefused(target)) {
      this.#refuse(target);
      return;
    }
    this.#isStream = asked.framing === 'chunked';
    this.#handler = isLocal(this.#phone.relay.targets, target)
      ? this.#local(target, asked)
      : this.#exchange(relayedOf(route, target, asked));
    this.#listen();
  }

  #listen(): void {
    const stream = this.#stream;
    this.#phone.relay.deadlines.watch(this);
    stream.on('data', (bytes: Buffer) => this.#received(bytes));
    stream.on('trailers', (_fields, _flags, rawTrailers?: string[]) => {
      this.#requestTrailers = headersFromHttp2(rawTrailers ?? []);
    });
    stream.on('end', () => this.#requestEnded());
    stream.on('drain', () => this.#drained());
    stream.on('wantTrailers', () => this.#attempt(() => stream.sendTrailers(trailersForHttp2(this.#trailers))));
  }

  /** Asks for a name where names are required; our own pages are open to every phone that may connect. */
  #mayPass({ authority, headers }: Asked): boolean {
    const { connection, relay } = this.#phone;
    if (connection.announceAsked(relay, authority, fieldValue(headers, 'proxy-authorization'))) return true;
    this.#answer(407, 'This proxy asks for a user and a password.', { 'proxy-authenticate': 'Basic realm="telltale"' });
    return false;
  }

  /** CONNECT to the proxy itself: the stream becomes a connection of its own. */
  #openTunnel({ authority, headers }: Asked): void {
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
    const asked = { target: authority, httpVersion: '2', headers } as const;
    openWhenAllowed(relay.interposer, asked, side, go, (refusal) => this.#refuse(refusal));
  }

  /** CONNECT to a server that is a proxy itself: it goes on, and what follows passes unread. */
  #connectThere(route: Extract<Http2Route, { kind: 'fixed' }>, asked: Asked): void {
    const target = { secure: route.secure, host: route.host, port: route.port, path: asked.authority };
    const exchange = this.#exchange(relayedOf(route, target, { ...asked, framing: 'none' }));
    this.#handler = exchange;
    exchange.requestEnded([]);
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
    const keepsUp = this.#stream.write(copied(bytes));
    if (!keepsUp) this.#waitForPhone();
    return keepsUp;
  }

  finish(trailers: Headers): void {
    this.#trailers = trailers;
    // A server may answer before the request is whole; who handles it still hears the rest, and of a phone that leaves.
    this.#responseDone = true;
    if (this.#requestDone) this.#handler = null;
    this.#waitForPhone();
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
    if (!this.#requestDone) this.deadlineAt = Number.POSITIVE_INFINITY;
  }

  resumeRequest(): void {
    this.#stream.resume();
    if (!this.#requestDone) this.#waitForPhone();
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
    // On a connection that Node has given up reading, a stream stays however it is closed.
    if (this.#stream.closed) this.#phone.abandon();
    this.#gone('The phone stopped in the middle of the exchange');
    this.#stream.close(constants.NGHTTP2_CANCEL);
    this.deadlineAt = this.#phone.relay.deadlines.now + this.#phone.relay.limits.lingerMsMax;
  }

  #answer(status: number, sentence: string, extra: Record<string, string>): void {
    const { deadlines, limits } = this.#phone.relay;
    this.#handler = null;
    this.deadlineAt = deadlines.now + limits.bodyIdleMsMax;
    deadlines.watch(this);
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

  #requestEnded(): void {
    const handler = this.#handler;
    this.#requestDone = true;
    if (this.#responseDone) this.#handler = null;
    // From here on it is for the server to be in time.
    else this.deadlineAt = Number.POSITIVE_INFINITY;
    handler?.requestEnded(this.#requestTrailers);
  }

  #received(bytes: Buffer): void {
    this.#waitForPhone();
    this.#handler?.requestBytes(bytes);
  }

  #drained(): void {
    if (!this.#responseDone) {
      if (this.#requestDone) this.deadlineAt = Number.POSITIVE_INFINITY;
      else this.#waitForPhone();
    }
    this.#handler?.phoneDrained();
  }

  /** The phone is to send, or to read. A request without a length is a stream, which may stand still. */
  #waitForPhone(): void {
    const { deadlines, limits } = this.#phone.relay;
    const isOpen = !this.#requestDone && !this.#responseDone;
    const mayStandStill = isOpen && (this.#isStream || this.#stream.headersSent);
    this.deadlineAt = deadlines.now + (mayStandStill ? limits.answerIdleMsMax : limits.bodyIdleMsMax);
  }

  #local({ path, host }: Target, { method, headers }: Asked): PhoneHandler {
    const { relay, connection } = this.#phone;
    return new LocalExchange(relay, this, {
      method,
      target: path,
      headers,
      phoneAddress: connection.address,
      throughProxy: host === LOCAL_HOST,
      overTls: this.#phone.overTls,
    });
  }

  #exchange({ request, origin, described }: Relayed): Exchange {
    const { relay, connection } = this.#phone;
    const exchange = new Exchange(relay, connection.id, this, request, origin);
    exchange.begin(described);
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
