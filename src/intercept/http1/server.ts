import type { Socket } from 'node:net';
import type { Headers } from '../../model/exchange.ts';
import type { Deadlines, Watched } from '../deadlines.ts';
import { requestForHttp1 } from '../http2/translate.ts';
import type { RelayLimits } from '../limits.ts';
import { bracketed } from '../origin.ts';
import { markRecurring } from '../recurring.ts';
import { failureOfConnection } from '../server-failure.ts';
import { lendNoMore, lendReads } from '../shared-reads.ts';
import type { IncomingResponse, Origin, OutgoingRequest, RawSide, ServerHandler, ServerStream } from '../sides.ts';
import { type Http1Response, type HttpProblem, isProblem, parseResponse } from './head.ts';
import { HeadMemory } from './head-memory.ts';
import { headerLines, MessageWriter } from './message-writer.ts';
import { type MessageHandler, MessageReader } from './reader.ts';

/** Who keeps connections between exchanges. */
export interface ServerKeeper {
  /** The connection has served its exchange and can serve another. */
  release(server: Http1Server): void;
  /** The connection is gone. */
  closed(server: Http1Server): void;
}

/** One HTTP/1 connection to a server: one exchange at a time. */
export class Http1Server implements ServerStream, MessageHandler<AnswerHead>, Watched {
  readonly origin: Origin;
  readonly address: string | null;
  deadlineAt: number;
  readonly #socket: Socket;
  readonly #out: MessageWriter;
  /** Not null: the socket leads to a proxy; its credentials, or an empty string. */
  readonly #proxyAuthorization: string | null;
  readonly #keeper: ServerKeeper;
  readonly #limits: RelayLimits;
  readonly #deadlines: Deadlines;
  readonly #heads = new HeadMemory(parseAnswer);
  readonly #reader: MessageReader<AnswerHead>;
  #handler: ServerHandler | null = null;
  #method = '';
  #mayBePacked = true;
  #chunkedRequest = false;
  #requestDone = true;
  #responseDone = true;
  #answered = false;
  #keepAlive = true;
  #informational = false;
  /** Whether it served others before: it may have been closed in the meantime. */
  #reused = false;
  #idleMs: number;
  #gone = false;

  constructor(
    origin: Origin,
    socket: Socket,
    proxyAuthorization: string | null,
    keeper: ServerKeeper,
    deadlines: Deadlines,
    limits: RelayLimits,
  ) {
    this.#proxyAuthorization = proxyAuthorization;
    this.origin = origin;
    this.address = socket.remoteAddress ?? null;
    this.#socket = socket;
    this.#out = new MessageWriter(socket, () => this.#handler?.serverDrained());
    this.#keeper = keeper;
    this.#limits = limits;
    this.#deadlines = deadlines;
    this.#idleMs = limits.serverIdleMsMax;
    // Whoever asked for it may be gone by now; then it lies idle from the start.
    this.deadlineAt = deadlines.now + limits.serverIdleMsMax;
    this.#reader = new MessageReader(this.#heads, this, limits);
    socket.on('data', (bytes: Buffer) => this.#received(bytes));
    lendReads(socket, (bytes) => this.#takes(bytes));
    socket.on('end', () => this.#closedByServer('The server closed the connection', true));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#closedByServer(failureOfConnection(error, origin)));
    socket.on('close', () => this.#closedByServer('The server closed the connection'));
    socket.on('drain', () => this.#handler?.serverDrained());
    // A socket that came through a proxy was paused behind the proxy's answer.
    socket.resume();
    deadlines.watch(this);
  }

  /** Takes the exchange that this connection serves next. */
  begin(handler: ServerHandler): void {
    this.#handler = handler;
    handler.serverOpened(this);
  }

  send(request: OutgoingRequest): void {
    this.#method = request.method;
    this.#mayBePacked = request.version === '1.1';
    this.#heads.method = request.method;
    this.#chunkedRequest = request.framing === 'chunked';
    this.#requestDone = false;
    this.#responseDone = false;
    this.#answered = false;
    this.#keepAlive = request.keepAlive;
    this.deadlineAt = this.#deadlines.now + this.#limits.answerMsMax;
    this.#reader.next();
    this.#out.head(this.#proxyAuthorization === null && request.raw !== null ? request.raw : this.#headText(request));
  }

  write(bytes: Buffer): boolean {
    this.deadlineAt = this.#deadlines.now + this.#limits.answerMsMax;
    return this.#out.body(bytes, this.#chunkedRequest);
  }

  finish(trailers: Headers): void {
    if (this.#chunkedRequest) this.#out.end(trailers);
    this.#requestDone = true;
    this.#settle();
  }

  abort(): void {
    this.#handler = null;
    this.#close();
  }

  pauseResponse(): void {
    this.#socket.pause();
    // Waiting for the phone is not the server's fault.
    this.deadlineAt = Number.POSITIVE_INFINITY;
  }

  resumeResponse(): void {
    this.deadlineAt = this.#deadlines.now + this.#limits.answerIdleMsMax;
    this.#socket.resume();
  }

  rawSide(): RawSide {
    const early = this.#reader.takeRest();
    this.#out.flush();
    lendNoMore(this.#socket);
    this.#handler = null;
    this.#gone = true;
    this.#deadlines.forget(this);
    this.#socket.pause();
    for (const event of ['data', 'end', 'error', 'close', 'drain']) this.#socket.removeAllListeners(event);
    // Until the new owner listens, an error must have somewhere to go.
    this.#socket.on('error', () => {});
    this.#keeper.closed(this);
    return { socket: this.#socket, early };
  }

  close(): void {
    this.#close();
  }

  deadlinePassed(): void {
    if (this.#handler === null) this.#close();
    else
      this.#ended(
        this.#answered ? 'The server stopped in the middle of its answer' : 'The server did not answer in time',
      );
  }

  headRead(answer: AnswerHead): boolean {
    const { head, response, idleMs } = answer;
    if (++answer.times === 2) {
      markRecurring(response.head);
      markRecurring(response.head.headers);
    }
    if (head.status < 200 && head.status !== 101) {
      this.#informational = true;
      this.#handler?.informational(response);
      return false;
    }
    if (head.packed && !this.#mayBePacked) {
      // Whoever spoke another version never asked for it, and has no words to be told (RFC 9112 §6.1, §7.4; RFC 9113 §8.2.2).
      this.#ended('The server packed its answer in a Transfer-Encoding that nobody asked for');
      return true;
    }
    this.#answered = true;
    this.deadlineAt = this.#deadlines.now + this.#limits.answerIdleMsMax;
    this.#keepAlive &&= head.keepAlive;
    if (idleMs !== null) this.#idleMs = Math.min(this.#limits.serverIdleMsMax, idleMs);
    const switched = head.status === 101 || (this.#method === 'CONNECT' && head.status < 300);
    this.#handler?.responseStarted(response);
    return switched;
  }

  bodyRead(bytes: Buffer): void {
    this.#handler?.responseBytes(bytes);
  }

  messageEnded(trailers: Headers): void {
    if (this.#informational) {
      this.#informational = false;
      this.#reader.next();
      return;
    }
    this.#responseDone = true;
    const handler = this.#handler;
    this.#settle();
    handler?.responseEnded(trailers);
  }

  broken(problem: HttpProblem): void {
    this.#ended(`The server's answer cannot be read: ${problem.sentence.replace(/\.$/, '')}`);
  }

  #headText(request: OutgoingRequest): string {
    const headers = headersOf(request);
    if (this.#proxyAuthorization === null) {
      return `${request.method} ${request.target} HTTP/${versionOf(request)}\r\n${headerLines(headers)}`;
    }
    const { host, port } = this.origin;
    const authority = `${bracketed(host)}${port === 80 ? '' : `:${port}`}`;
    const target = request.target === '*' ? '' : request.target;
    const lines: Headers =
      this.#proxyAuthorization === '' ? headers : [...headers, ['Proxy-Authorization', this.#proxyAuthorization]];
    return `${request.method} http://${authority}${target} HTTP/${versionOf(request)}\r\n${headerLines(lines)}`;
  }

  #received(bytes: Buffer): void {
    if (this.#handler === null || this.#responseDone) {
      // Nobody asked: what comes between exchanges could be taken for the answer to the next one.
      this.#ended('The server sent something that nobody asked for');
      return;
    }
    this.deadlineAt = this.#deadlines.now + (this.#answered ? this.#limits.answerIdleMsMax : this.#limits.answerMsMax);
    this.#reader.feed(bytes);
  }

  /** Bytes that are lent: only those of a body, which nobody keeps. */
  #takes(bytes: Buffer): boolean {
    if (this.#handler === null || this.#responseDone || !this.#reader.isAllBody(bytes.length)) return false;
    this.#received(bytes);
    return true;
  }

  #settle(): void {
    if (!this.#requestDone || !this.#responseDone || this.#gone) return;
    this.#handler = null;
    if (!this.#keepAlive || this.#reader.waitingBytes > 0) {
      this.#close();
      return;
    }
    this.#reused = true;
    // The exchange may have ended while it was held back; an idle connection must be read, or its end goes unnoticed.
    if (this.#socket.isPaused()) this.#socket.resume();
    this.deadlineAt = this.#deadlines.now + this.#idleMs;
    this.#keeper.release(this);
  }

  /** @param clean whether the server said that it is done; only then is a body that ends with the connection whole. */
  #closedByServer(reason: string, clean = false): void {
    if (this.#gone) return;
    const open = this.#handler !== null && !this.#responseDone && this.#answered;
    const whole = clean && open && this.#reader.finish() === 'whole';
    if (whole) this.#handler = null;
    this.#ended(this.#answered ? reason : `${reason} before it answered`, this.#reused && !this.#reader.inMessage);
  }

  /** @param again whether the request may be sent once more. */
  #ended(reason: string, again = false): void {
    if (this.#gone) return;
    const handler = this.#handler;
    this.#handler = null;
    this.#close();
    handler?.serverBroke(reason, again);
  }

  #close(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#deadlines.forget(this);
    this.#socket.destroy();
    this.#keeper.closed(this);
  }
}

function versionOf(request: OutgoingRequest): string {
  return request.version === '2' ? '1.1' : request.version;
}

function headersOf(request: OutgoingRequest): Headers {
  return request.version === '2' ? requestForHttp1(request) : request.headers;
}

function incoming(head: Http1Response): IncomingResponse {
  return {
    head: {
      status: head.status,
      reason: head.reason,
      httpVersion: head.minor === 0 ? '1.0' : '1.1',
      headers: head.headers,
    },
    raw: head.clean ? head.raw : null,
    framing: head.framing,
    keepAlive: head.keepAlive,
    upgrade: head.upgrade,
  };
}

/** The head of an answer with what is made of it, once for all that come again. */
interface AnswerHead extends Pick<Http1Response, 'raw' | 'framing' | 'length'> {
  readonly head: Http1Response;
  readonly response: IncomingResponse;
  /** How long the server says that it keeps the connection; null: it does not. */
  readonly idleMs: number | null;
  times: number;
}

function parseAnswer(text: string, raw: Buffer, method: string): AnswerHead | HttpProblem {
  const head = parseResponse(text, raw, method);
  if (isProblem(head)) return head;
  const { framing, length, headers } = head;
  return { raw, framing, length, head, response: incoming(head), idleMs: idleHint(headers), times: 0 };
}

/** `Keep-Alive: timeout=5`: closing a second before the server does spares a request that would meet a closed door. */
function idleHint(headers: Headers): number | null {
  let hint: number | null = null;
  for (const [name, value] of headers) {
    if (name.length !== 10 || name.toLowerCase() !== 'keep-alive') continue;
    const seconds = /(?:^|[,\s])timeout=(\d{1,6})/i.exec(value)?.[1];
    if (seconds !== undefined) hint = Math.max(0, Number(seconds) * 1000 - 1000);
  }
  return hint;
}
