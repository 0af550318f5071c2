import type { Duplex } from 'node:stream';
import type { Headers } from '../../model/exchange.ts';
import type { Watched } from '../deadlines.ts';
import { openWhenAllowed } from '../handlers/interposer.ts';
import type { OpenTunnel, PhoneConnection, Relay, Route } from '../relay.ts';
import { isRefused, targetOfConnect, targetOfRequest } from '../request-target.ts';
import { lendNoMore, lendReads } from '../shared-reads.ts';
import type { IncomingResponse, PhoneHandler, PhoneStream, RawSide } from '../sides.ts';
import { AnswerWriter } from './answer-writer.ts';
import { linger, tear } from './closing.ts';
import { type Http1Request, type HttpProblem, parseRequest } from './head.ts';
import { HeadMemory } from './head-memory.ts';
import { type MessageHandler, MessageReader } from './reader.ts';
import { RequestHandlers } from './request-handlers.ts';

/** A phone that speaks HTTP/1 on one connection, plain or inside TLS: one request after another. */
export class Http1Phone implements PhoneStream, MessageHandler<Http1Request>, Watched {
  deadlineAt: number;
  readonly #relay: Relay;
  readonly #connection: PhoneConnection;
  readonly #socket: Duplex;
  readonly #route: Route;
  readonly #openTunnel: OpenTunnel | null;
  readonly #reader: MessageReader<Http1Request>;
  readonly #handlers: RequestHandlers;
  readonly #answer: AnswerWriter;
  #current: PhoneHandler | null = null;
  #request: Http1Request | null = null;
  #requestDone = true;
  #responseDone = true;
  #keepAlive = true;
  #phoneEnded = false;
  #closing = false;
  #pausedForPipeline = false;

  constructor(
    relay: Relay,
    connection: PhoneConnection,
    socket: Duplex,
    route: Route,
    overTls: boolean,
    openTunnel: OpenTunnel | null,
  ) {
    this.#relay = relay;
    this.#connection = connection;
    this.#socket = socket;
    this.#route = route;
    this.#openTunnel = openTunnel;
    this.#handlers = new RequestHandlers(relay, connection, route, overTls);
    this.#answer = new AnswerWriter(socket, this.#onDrain);
    this.#reader = new MessageReader(new HeadMemory(parseRequest), this, relay.limits);
    this.deadlineAt = relay.deadlines.now + relay.limits.headMsMax;
    relay.deadlines.watch(this);
    socket.on('data', this.#onData);
    lendReads(socket, (bytes) => this.#takes(bytes));
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
    socket.on('drain', this.#onDrain);
  }

  get phoneAddress(): string {
    return this.#connection.address;
  }

  /** Whether any request came in whole. */
  get served(): boolean {
    return this.#request !== null;
  }

  /** Bytes read before this object was there. */
  feed(bytes: Buffer): void {
    this.#onData(bytes);
  }

  /** Closes as soon as nothing is running. */
  endWhenIdle(): void {
    this.#keepAlive = false;
    if (this.#current === null) this.#close();
  }

  // ── reader ──

  headRead(head: Http1Request): boolean {
    if (this.#request === null && this.#route.kind === 'fixed') this.#route.onServed?.();
    this.#request = head;
    this.#answer.begin(head);
    this.#requestDone = false;
    this.#responseDone = false;
    this.#keepAlive &&= head.keepAlive;
    this.#waitForPhone();
    if (!this.#mayPass(head)) return false;
    if (head.method === 'CONNECT' && this.#openTunnel !== null) return this.#connect(head, this.#openTunnel);
    this.#current = this.#handlers.again(head, this);
    if (this.#current !== null) return false;
    const target = targetOfRequest(this.#route, head);
    if (isRefused(target)) {
      this.#refuse(target);
      return false;
    }
    this.#current = this.#handlers.handlerOf(head, target, this);
    return false;
  }

  bodyRead(bytes: Buffer): void {
    this.#current?.requestBytes(bytes);
  }

  messageEnded(trailers: Headers): void {
    if (this.#closing) return;
    this.#requestDone = true;
    // From here on it is for the server to be in time.
    this.deadlineAt = Number.POSITIVE_INFINITY;
    this.#current?.requestEnded(trailers);
    this.#settle();
  }

  broken(problem: HttpProblem, inBody: boolean): void {
    const current = this.#current;
    if (inBody && current !== null) {
      this.#current = null;
      current.requestCut(problem.sentence);
    }
    this.#refuse(problem);
  }

  // ── the exchange's calls ──

  informational(response: IncomingResponse): void {
    if (!this.#closing) this.#answer.informational(response);
  }

  respond(response: IncomingResponse): void {
    this.#answer.respond(response);
    this.#keepAlive &&= response.keepAlive && !this.#answer.endFramed;
  }

  write(bytes: Buffer): boolean {
    const keepsUp = this.#answer.write(bytes);
    if (!keepsUp) this.#waitForPhone();
    return keepsUp;
  }

  finish(trailers: Headers): void {
    this.#answer.finish(trailers);
    this.#responseDone = true;
    this.#settle();
  }

  cut(): void {
    if (this.#closing) return;
    if (!this.#answer.endFramed) {
      this.#linger();
      return;
    }
    // The connection's end is what frames this body: a plain end would make the cut look whole.
    this.#closing = true;
    this.#current = null;
    this.#answer.flush();
    this.#socket.write('', () => tear(this.#socket));
  }

  hangUp(): void {
    if (!this.#closing) this.#linger();
  }

  answer(status: number, sentence: string): void {
    if (this.#closing) return;
    // When the request is not whole its rest would be taken for the next one.
    const keepAlive = this.#keepAlive && this.#requestDone;
    this.#keepAlive = keepAlive;
    this.#answer.own(status, sentence, [], keepAlive);
    this.#responseDone = true;
    if (this.#requestDone) this.#settle();
    else this.#linger();
  }

  pauseRequest(): void {
    this.#socket.pause();
    if (!this.#requestDone) this.deadlineAt = Number.POSITIVE_INFINITY;
  }

  resumeRequest(): void {
    if (!this.#requestDone) this.#waitForPhone();
    if (!this.#pausedForPipeline) this.#socket.resume();
  }

  switchProtocols(response: IncomingResponse): RawSide | null {
    if (this.#socket.destroyed || this.#closing) return null;
    this.#answer.head(response);
    return this.#handOver();
  }

  deadlinePassed(): void {
    if (this.#current !== null) {
      const current = this.#current;
      this.#current = null;
      current.phoneGone('The phone stopped in the middle of the exchange');
      this.#socket.destroy();
    } else if (this.#reader.inMessage) this.#refuse({ status: 408, sentence: 'The request did not come in time.' });
    else this.#close();
  }

  // ── within ──

  readonly #onData = (bytes: Buffer): void => {
    if (this.#closing) return;
    if (this.#current === null && !this.#reader.inMessage)
      this.deadlineAt = this.#relay.deadlines.now + this.#relay.limits.headMsMax;
    else if (!this.#requestDone) this.#waitForPhone();
    this.#reader.feed(bytes);
    if (this.#current !== null && this.#reader.waitingBytes > this.#relay.limits.pipelinedBytesMax) {
      this.#pausedForPipeline = true;
      this.#socket.pause();
    }
  };

  /** Bytes that are lent: only those of a body, which nobody keeps. */
  #takes(bytes: Buffer): boolean {
    if (this.#closing || this.#current === null || !this.#reader.isAllBody(bytes.length)) return false;
    this.#onData(bytes);
    return true;
  }

  readonly #onEnd = (): void => {
    this.#phoneEnded = true;
    if (this.#closing) this.#socket.destroy();
    else if (!this.#requestDone && this.#current !== null)
      this.#gone('The phone ended its connection in the middle of the request');
    else if (this.#current === null) this.#close();
    // Otherwise only its sending side is closed: the answer still goes out (RFC 9112 §9.6 speaks of such half-closed clients).
  };

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    this.#gone(`The connection to the phone failed (${error.code ?? error.message})`);
  };

  readonly #onClose = (): void => {
    this.#gone('The phone closed the connection');
  };

  readonly #onDrain = (): void => {
    if (this.#current !== null) {
      if (this.#requestDone) this.deadlineAt = Number.POSITIVE_INFINITY;
      else this.#waitForPhone();
    }
    this.#current?.phoneDrained();
  };

  /** The phone is to send, or to read. */
  #waitForPhone(): void {
    const { deadlines, limits } = this.#relay;
    const isBeingAnswered = this.#answer.started && !this.#responseDone && !this.#requestDone;
    this.deadlineAt = deadlines.now + (isBeingAnswered ? limits.answerIdleMsMax : limits.bodyIdleMsMax);
  }

  #gone(reason: string): void {
    this.#relay.deadlines.forget(this);
    const current = this.#current;
    this.#current = null;
    this.#closing = true;
    this.#reader.stop();
    current?.phoneGone(reason);
    this.#socket.destroy();
  }

  /** Goes on to the next request when both directions of this one are done. */
  #settle(): void {
    if (!this.#requestDone || !this.#responseDone || this.#closing) return;
    this.#answer.end();
    this.#current = null;
    if (!this.#keepAlive || (this.#phoneEnded && this.#reader.waitingBytes === 0)) {
      this.#close();
      return;
    }
    const { deadlines, limits } = this.#relay;
    // What came behind this request begins the next one, and a head that begins must end in time.
    this.deadlineAt = deadlines.now + (this.#reader.waitingBytes > 0 ? limits.headMsMax : limits.phoneIdleMsMax);
    if (this.#relay.tap.full) {
      this.#socket.pause();
      this.#relay.tap.whenReady(() => this.#next());
    } else this.#next();
  }

  #next(): void {
    if (this.#closing) return;
    this.#pausedForPipeline = false;
    if (this.#socket.isPaused()) this.#socket.resume();
    this.#reader.next();
  }

  /** Asks for a name where names are required; our own pages are open to every phone that may connect. */
  #mayPass(head: Http1Request): boolean {
    if (this.#route.kind !== 'proxy' || head.target.startsWith('/')) return true;
    if (this.#connection.announceAsked(this.#relay, head.target, head.proxyAuthorization)) return true;
    this.#challenge(head);
    return false;
  }

  #challenge(head: Http1Request): void {
    const keepAlive = this.#keepAlive && head.framing === 'none';
    this.#keepAlive = keepAlive;
    const sentence = 'This proxy asks for a user and a password.';
    this.#answer.own(407, sentence, [['Proxy-Authenticate', 'Basic realm="telltale"']], keepAlive);
    this.#responseDone = true;
    if (!keepAlive) this.#linger();
  }

  #connect(head: Http1Request, openTunnel: OpenTunnel): boolean {
    const target = targetOfConnect(this.#relay.targets, head.target);
    if (isRefused(target)) {
      this.#refuse(target);
      return true;
    }
    if (head.framing === 'chunked' || head.length > 0) {
      this.#refuse({ status: 400, sentence: 'CONNECT has no body.' });
      return true;
    }
    // The reader is still on the stack; what it read behind the head is at hand when it has returned.
    queueMicrotask(() => {
      const raw = this.#handOver();
      const go = () => {
        raw.socket.write('HTTP/1.1 200 Connection established\r\n\r\n', 'latin1');
        openTunnel(target, raw);
      };
      const asked = { target: head.target, httpVersion: '1.1', headers: head.headers } as const;
      openWhenAllowed(this.#relay.interposer, asked, raw, go, (refusal) => {
        this.#closing = false;
        this.#refuse(refusal);
      });
    });
    return true;
  }

  /** Answers what is not HTTP, or may not be relayed, and says so in the ledger. */
  #refuse({ status, sentence }: { readonly status: number; readonly sentence: string }): void {
    if (this.#closing) return;
    this.#connection.announce('http');
    this.#relay.log('info', 'request refused', { phone: this.#connection.address, status, reason: sentence });
    this.#connection.refused(this.#route, status, sentence);
    if (!this.#answer.started) this.#answer.own(status, sentence, [], false);
    this.#linger();
  }

  #linger(): void {
    this.#closing = true;
    this.#current = null;
    this.#reader.stop();
    this.#answer.flush();
    linger(this.#socket, this.#relay.limits.lingerMsMax);
  }

  #close(): void {
    if (this.#closing) return;
    if (this.#phoneEnded) {
      this.#closing = true;
      this.#answer.flush();
      this.#socket.end(() => this.#socket.destroy());
    } else this.#linger();
  }

  #handOver(): RawSide {
    const early = this.#reader.takeRest();
    this.#answer.flush();
    this.#current = null;
    this.#closing = true;
    this.#relay.deadlines.forget(this);
    this.#socket.pause();
    this.#socket.removeListener('data', this.#onData);
    lendNoMore(this.#socket);
    this.#socket.removeListener('end', this.#onEnd);
    this.#socket.removeListener('error', this.#onError);
    this.#socket.removeListener('close', this.#onClose);
    this.#socket.removeListener('drain', this.#onDrain);
    // Until the new owner listens, an error must have somewhere to go.
    this.#socket.on('error', () => {});
    return { socket: this.#socket, early };
  }
}
