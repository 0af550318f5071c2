import { type ClientHttp2Session, type ClientHttp2Stream, constants } from 'node:http2';
import type { Headers } from '../../model/exchange.ts';
import type { Deadlines, Watched } from '../deadlines.ts';
import { relayedHeaders } from '../http1/relayed-headers.ts';
import type { RelayLimits } from '../limits.ts';
import { copied } from '../shared-reads.ts';
import type { IncomingResponse, OutgoingRequest, RawSide, ServerHandler, ServerStream } from '../sides.ts';
import type { Http2Server } from './server.ts';
import { fieldValue, headersForHttp2, headersFromHttp2, trailersForHttp2 } from './translate.ts';

/** One exchange on an HTTP/2 connection to a server. */
export class Http2ServerStream implements ServerStream, Watched {
  readonly #sharedSession: boolean;
  readonly address: string | null;
  deadlineAt = Number.POSITIVE_INFINITY;
  readonly #server: Http2Server;
  readonly #session: ClientHttp2Session;
  readonly #deadlines: Deadlines;
  readonly #limits: RelayLimits;
  #handler: ServerHandler | null;
  #stream: ClientHttp2Stream | null = null;
  #trailers: Headers = [];
  #requestTrailers: Headers = [];
  #answered = false;
  #method = '';
  #over = false;
  #failure: string | null = null;

  constructor(
    server: Http2Server,
    session: ClientHttp2Session,
    handler: ServerHandler,
    reused: boolean,
    deadlines: Deadlines,
    limits: RelayLimits,
  ) {
    this.#server = server;
    this.#session = session;
    this.#handler = handler;
    this.#sharedSession = reused;
    this.address = server.address;
    this.#deadlines = deadlines;
    this.#limits = limits;
  }

  send(request: OutgoingRequest): void {
    this.#method = request.method;
    const pseudo = pseudoHeaders(request, this.#server.origin.secure);
    const headers = headersForHttp2(request.version === '2' ? request.headers : forHttp2(request.headers), pseudo);
    this.deadlineAt = this.#deadlines.now + this.#limits.answerMsMax;
    this.#deadlines.watch(this);
    try {
      this.#stream = this.#session.request(headers, {
        endStream: request.framing === 'none' && request.method !== 'CONNECT',
        waitForTrailers: request.framing === 'chunked',
      });
    } catch (error) {
      // A session that closed in this very turn, or headers that Node will not send.
      queueMicrotask(() =>
        this.#broke(
          `The request cannot be sent over HTTP/2 (${(error as NodeJS.ErrnoException).code ?? ''})`,
          this.#sharedSession,
        ),
      );
      return;
    }
    this.#listen(this.#stream);
    // Expect does not go on (see forHttp2): the body is asked for here, or the phone would sit out its time-out.
    if (request.version === '1.1' && fieldValue(request.headers, 'expect') !== null)
      this.#handler?.informational(CONTINUE);
  }

  write(bytes: Buffer): boolean {
    if (this.#stream === null || this.#stream.destroyed) return true;
    return this.#stream.write(copied(bytes));
  }

  finish(trailers: Headers): void {
    this.#requestTrailers = trailers;
    // What follows CONNECT are the bytes of the tunnel: only their end is the stream's.
    if (this.#method === 'CONNECT' && !this.#answered) return;
    if (this.#stream !== null && !this.#stream.destroyed && !this.#stream.writableEnded) this.#stream.end();
  }

  abort(): void {
    this.#handler = null;
    this.#stream?.close(constants.NGHTTP2_CANCEL);
    if (this.#stream === null) this.#end();
  }

  pauseResponse(): void {
    this.#stream?.pause();
    this.deadlineAt = Number.POSITIVE_INFINITY;
  }

  resumeResponse(): void {
    this.#stream?.resume();
    this.deadlineAt = this.#deadlines.now + this.#limits.answerIdleMsMax;
  }

  /** Only CONNECT leads here: an HTTP/2 stream changes to no other protocol. */
  rawSide(): RawSide {
    const stream = this.#stream as ClientHttp2Stream;
    this.#handler = null;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    for (const event of ['end', 'drain']) stream.removeAllListeners(event);
    return { socket: stream, early: Buffer.alloc(0) };
  }

  offered(value: string): void {
    this.#handler?.alternativeOffered(value);
  }

  sessionGivenUp(): void {
    this.#broke('The server sent what is not HTTP/2', false);
  }

  deadlinePassed(): void {
    this.#broke(
      this.#answered ? 'The server stopped in the middle of its answer' : 'The server did not answer in time',
      false,
    );
    this.#stream?.close(constants.NGHTTP2_CANCEL);
  }

  #listen(stream: ClientHttp2Stream): void {
    stream.on('headers', (_fields, _flags, raw?: string[]) => this.#informed(raw ?? []));
    stream.on('response', (_fields, flags, raw?: string[]) => this.#responded(raw ?? [], flags));
    stream.on('trailers', (_fields, _flags, raw?: string[]) => {
      this.#trailers = headersFromHttp2(raw ?? []);
    });
    stream.on('end', () => this.#ended());
    stream.on('drain', () => this.#handler?.serverDrained());
    stream.on('wantTrailers', () => {
      if (!stream.destroyed) stream.sendTrailers(trailersForHttp2(this.#requestTrailers));
    });
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#failure = error.code ?? error.message;
    });
    stream.on('close', () => {
      if (this.#handler !== null) {
        const code = stream.rstCode ?? 0;
        const reason =
          this.#failure === null || this.#failure === 'ERR_HTTP2_STREAM_ERROR' ? errorName(code) : this.#failure;
        this.#broke(
          `The server ended the stream (${reason})${this.#answered ? '' : ' before it answered'}`,
          this.#mayGoAgain(code),
        );
      }
      this.#end();
    });
  }

  #informed(raw: readonly string[]): void {
    this.#handler?.informational(this.#incoming(raw, 'none'));
  }

  #responded(raw: readonly string[], flags: number): void {
    this.#answered = true;
    this.deadlineAt = this.#deadlines.now + this.#limits.answerIdleMsMax;
    const headers = headersFromHttp2(raw);
    const status = Number(raw[raw.indexOf(':status') + 1]);
    const empty =
      (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0 || this.#method === 'HEAD' || status === 204 || status === 304;
    const framing = empty ? 'none' : fieldValue(headers, 'content-length') === null ? 'chunked' : 'length';
    const tunnel = this.#method === 'CONNECT' && status >= 200 && status < 300;
    // Not before the head: bytes that came with it would be heard first. Those of a tunnel wait for who takes it over.
    if (!tunnel) this.#stream?.on('data', (bytes: Buffer) => this.#received(bytes));
    if (!tunnel && this.#method === 'CONNECT') this.#stream?.end();
    this.#handler?.responseStarted(this.#incoming(raw, framing));
  }

  #received(bytes: Buffer): void {
    this.deadlineAt = this.#deadlines.now + this.#limits.answerIdleMsMax;
    this.#handler?.responseBytes(bytes);
  }

  #incoming(raw: readonly string[], framing: IncomingResponse['framing']): IncomingResponse {
    const status = Number(raw[raw.indexOf(':status') + 1]);
    return {
      head: { status, reason: '', httpVersion: '2', headers: headersFromHttp2(raw) },
      raw: null,
      framing,
      keepAlive: true,
      upgrade: null,
    };
  }

  #ended(): void {
    // Node ends the readable side of a reset stream too; its code tells them apart.
    if (this.#stream?.rstCode !== 0 && this.#stream?.rstCode !== undefined) return;
    const handler = this.#handler;
    if (handler === null || !this.#answered) return;
    handler.responseEnded(this.#trailers);
    if (this.#stream?.writableEnded === true) this.#handler = null;
  }

  #broke(reason: string, again: boolean): void {
    const handler = this.#handler;
    this.#handler = null;
    handler?.serverBroke(reason, again);
  }

  /** Whether a stream that ended with this code was not looked at (RFC 9113 §8.7), or is wanted in HTTP/1.1 (§7). */
  #mayGoAgain(code: number): boolean {
    if (code === constants.NGHTTP2_HTTP_1_1_REQUIRED) this.#server.wantsHttp1();
    else if (code !== constants.NGHTTP2_REFUSED_STREAM) return this.#sharedSession && this.#session.destroyed;
    return true;
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#deadlines.forget(this);
    this.#server.streamEnded(this);
  }
}

/** A CONNECT names its authority only (RFC 9113 §8.5). */
function pseudoHeaders(request: OutgoingRequest, secure: boolean): Record<string, string> {
  if (request.method === 'CONNECT') return { ':method': 'CONNECT', ':authority': request.target };
  return {
    ':method': request.method,
    ':authority': request.authority,
    ':scheme': secure ? 'https' : 'http',
    ':path': request.target,
  };
}

/** What a phone of HTTP/1.1 waits for that asked with Expect; servers of HTTP/2 seldom say it. */
const CONTINUE: IncomingResponse = {
  head: { status: 100, reason: 'Continue', httpVersion: '2', headers: [] },
  raw: null,
  framing: 'none',
  keepAlive: true,
  upgrade: null,
};

/** Host becomes :authority; what HTTP/1 says of its connection is left out by the translation. */
function forHttp2(headers: Headers): Headers {
  return relayedHeaders(headers, { atProxy: true }).filter(([name]) => !/^(?:host|expect)$/i.test(name));
}

/** RFC 9113 §7, by code. */
const ERROR_NAMES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];

function errorName(code: number): string {
  return ERROR_NAMES[code] ?? String(code);
}
