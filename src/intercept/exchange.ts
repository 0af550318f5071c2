import type { Headers, RequestHead } from '../model/exchange.ts';
import { Backpressure, BEHIND } from './backpressure.ts';
import type { ExchangeContext } from './exchange-context.ts';
import { ExchangeEvents } from './exchange-events.ts';
import { type GrpcReader, grpcReaderFor } from './grpc.ts';
import type { Interposed } from './handlers/interposer.ts';
import { QuicOffers } from './quic-offers.ts';
import { RequestBody } from './request-body.ts';
import type { ServerRequest } from './server-pool.ts';
import type {
  IncomingResponse,
  Origin,
  OutgoingRequest,
  PhoneHandler,
  PhoneStream,
  ServerFailure,
  ServerHandler,
  ServerStream,
} from './sides.ts';

/**
 * One request with its response, between a phone's stream and a server's: passes on, waits, tells the audit.
 *
 * Knows no socket and no version of HTTP. Whatever happens on either side, in any order, the audit hears the end of the request,
 * the end of a response that began, and then exactly one `exchange-ended`.
 */
export class Exchange implements PhoneHandler, ServerHandler {
  readonly id: number;
  readonly connection: number;
  readonly origin: Origin;
  readonly events: ExchangeEvents;
  readonly #context: ExchangeContext;
  readonly #phone: PhoneStream;
  readonly #interposed: Interposed | null;
  #request: OutgoingRequest;
  /** Where the request goes; the origin, unless a handler says otherwise. */
  #destination: Origin;
  #wanted: ServerRequest | null = null;
  readonly #body: RequestBody;
  readonly #flow: Backpressure;
  #requestTrailers: Headers = [];
  #requestState: 'open' | 'whole' | 'cut' = 'open';
  #responseState: 'none' | 'open' | 'whole' | 'cut' = 'none';
  /** What the phone is told in place of an answer of the server's, once its request is whole. */
  #instead: { readonly sentence: string; readonly give: () => void } | null = null;
  #requestGrpc: GrpcReader | null = null;
  #responseGrpc: GrpcReader | null = null;
  readonly #quic: QuicOffers;
  #conversing = false;
  #ended = false;

  constructor(
    context: ExchangeContext,
    connection: number,
    phone: PhoneStream,
    request: OutgoingRequest,
    origin: Origin,
  ) {
    this.#context = context;
    this.connection = connection;
    this.#request = request;
    this.origin = origin;
    this.#destination = origin;
    this.events = new ExchangeEvents(context.tap, connection, origin.port);
    this.id = this.events.exchange;
    this.#quic = new QuicOffers(
      context.quicHosts,
      request.target,
      (detail) => this.events.gap('quic-offered', detail),
      (host, detail) => this.events.hostGap('quic-not-taken-out', host, detail),
    );
    this.#interposed = context.interposer?.exchange(this, phone) ?? null;
    this.#phone = this.#interposed?.phone ?? phone;
    this.#body = new RequestBody(context.limits);
    this.#flow = new Backpressure(this.#phone, context.tap);
  }

  begin(head: RequestHead): void {
    this.#context.running.add(this);
    this.#requestGrpc = grpcReaderFor('request', head.headers, this.#context.limits.messageBytesMax, this.events);
    this.events.requestStarted(head);
    if (this.#interposed === null) this.#seekServer(false);
    else {
      this.#interposed.request(head, this.#request, this.origin, (request, destination) => {
        this.#request = request;
        this.#destination = destination;
        if (!this.#ended && this.#instead === null) this.#seekServer(false);
      });
    }
  }

  // ── from the phone ──

  requestBytes(bytes: Buffer): void {
    if (this.#ended) return;
    this.events.requestBytes(bytes);
    this.#requestGrpc?.feed(bytes);
    this.#flow.waitForAudit();
    if (this.#instead !== null) return;
    this.#body.keep(bytes);
    const { server } = this.#flow;
    if (server !== null) {
      if (!server.write(bytes)) this.#flow.holdPhone(BEHIND.otherSide);
    } else if (this.#body.hold(bytes)) this.#flow.holdPhone(BEHIND.notConnected);
  }

  requestEnded(trailers: Headers): void {
    if (this.#requestState !== 'open') return;
    this.#requestState = 'whole';
    this.#requestTrailers = trailers;
    this.events.requestEnded(trailers, null);
    if (this.#instead !== null) this.#giveInstead(this.#instead);
    else this.#flow.server?.finish(trailers);
    this.#endWhenDone();
  }

  requestCut(reason: string): void {
    this.phoneGone(reason);
  }

  phoneDrained(): void {
    this.#flow.releaseServer(BEHIND.otherSide);
  }

  phoneGone(reason: string): void {
    if (this.#ended || this.#conversing) return;
    this.#dropServer();
    this.#end(reason);
  }

  // ── from the server ──

  serverOpened(opened: ServerStream): void {
    this.#wanted = null;
    const server = this.#interposed?.server(opened) ?? opened;
    this.#flow.server = server;
    server.send(this.#request);
    const keepsUp = this.#body.flushTo(server);
    if (this.#requestState === 'whole') server.finish(this.#requestTrailers);
    if (!keepsUp) this.#flow.holdPhone(BEHIND.otherSide);
    this.#flow.releasePhone(BEHIND.notConnected);
  }

  serverFailed(failure: ServerFailure): void {
    if (this.#ended) return;
    this.#wanted = null;
    this.#flow.server = null;
    this.events.gap('upstream-failed', failure.sentence, { cause: failure.cause });
    const status = failure.cause === 'forbidden' ? 403 : failure.cause === 'answer-timeout' ? 504 : 502;
    this.answerInstead(failure.sentence, () => this.#phone.answer(status, failure.sentence));
  }

  /**
   * Answers in the server's place, if it has not begun to answer.
   * What the phone wanted to send is evidence, server or not: the rest of its body is heard before it is answered.
   */
  answerInstead(sentence: string, give: () => void): void {
    if (this.#ended) return;
    if (this.#responseState !== 'none') {
      give();
      return;
    }
    this.#dropServer();
    this.#body.dropWaiting();
    this.#instead = { sentence, give };
    if (this.#requestState === 'whole' || expectsContinue(this.#request)) this.#giveInstead(this.#instead);
    else {
      this.#flow.releasePhone(BEHIND.notConnected);
      this.#flow.releasePhone(BEHIND.otherSide);
    }
  }

  informational(response: IncomingResponse): void {
    this.#phone.informational(response);
  }

  alternativeOffered(value: string): void {
    if (!this.#ended) this.#quic.frame(value, this.events.host);
  }

  responseStarted(response: IncomingResponse): void {
    if (this.#ended) return;
    this.#responseState = 'open';
    this.events.responseStarted(response.head, this.#flow.server?.address ?? null);
    this.#responseGrpc = grpcReaderFor(
      'response',
      response.head.headers,
      this.#context.limits.messageBytesMax,
      this.events,
    );
    const passed = this.#quic.head(response, this.events.host, () => this.#body.sent);
    this.#body.dropSent();
    const server = this.#flow.server;
    const switches = response.head.status === 101 || (this.#request.method === 'CONNECT' && response.head.status < 300);
    if (!switches || server === null) {
      this.#phone.respond(passed);
      return;
    }
    this.#conversing = true;
    // The reader that called us stops after this call; only then is what it read early at hand.
    queueMicrotask(() => this.#context.converse(this, this.#request, passed, { phone: this.#phone, server }));
  }

  responseBytes(bytes: Buffer): void {
    if (this.#ended) return;
    this.events.responseBytes(bytes);
    this.#responseGrpc?.feed(bytes);
    this.#flow.waitForAudit();
    const passed = this.#quic.body(bytes);
    if (passed !== null && !this.#phone.write(passed)) this.#flow.holdServer(BEHIND.otherSide);
  }

  responseEnded(trailers: Headers): void {
    if (this.#responseState !== 'open') return;
    this.#responseState = 'whole';
    this.events.responseEnded(trailers, null);
    if (this.#requestState === 'whole') this.#flow.server = null;
    const held = this.#quic.end();
    if (held !== null) this.#phone.write(held);
    this.#phone.finish(trailers);
    this.#endWhenDone();
  }

  serverDrained(): void {
    this.#flow.releasePhone(BEHIND.otherSide);
  }

  serverBroke(reason: string, again: boolean): void {
    if (this.#ended || this.#conversing) return;
    this.#flow.server = null;
    if (this.#responseState === 'none') {
      if (again && this.#body.canBeSentAgain) this.#sendAgain();
      else this.serverFailed({ cause: 'broke', sentence: `${reason}.` });
      return;
    }
    if (this.#responseState === 'open') {
      this.#phone.cut();
      this.#end(reason);
      return;
    }
    // The answer was whole and the server closed without hearing the rest of the request.
    this.#phone.hangUp();
    this.#end(`${reason} after answering, before the request was whole`);
  }

  // ── of its own ──

  /** Ends at once, because the proxy stops. */
  abandon(reason: string): void {
    if (this.#ended) return;
    this.#dropServer();
    if (!this.#conversing) this.#phone.cut();
    this.#end(reason);
  }

  /** The two ends that changed to another protocol are done. */
  conversationEnded(error: string | null): void {
    if (this.#responseState === 'open') {
      this.#responseState = 'whole';
      this.events.responseEnded([], null);
    }
    this.#end(error);
  }

  /** Sends the request once more, over a fresh connection: the kept one had been closed in the meantime, as servers may. */
  #sendAgain(): void {
    this.#body.sendAgain();
    this.#flow.releasePhone(BEHIND.otherSide);
    this.#seekServer(true);
  }

  #giveInstead({ sentence, give }: { readonly sentence: string; readonly give: () => void }): void {
    give();
    this.#end(sentence);
  }

  #seekServer(fresh: boolean): void {
    this.#wanted = this.#context.pool.request(this.#destination, this, this.#request.version === '2', fresh);
  }

  #endWhenDone(): void {
    if (this.#requestState === 'whole' && this.#responseState === 'whole') this.#end(null);
  }

  /** The one place that ends the exchange: cuts what is still open, then says so once. */
  #end(error: string | null): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#requestState === 'open') {
      this.#requestState = 'cut';
      this.events.requestEnded([], error ?? 'The exchange ended');
    }
    if (this.#responseState === 'open') {
      this.#responseState = 'cut';
      this.events.responseEnded([], error ?? 'The exchange ended');
    }
    this.events.ended(error);
    this.#context.running.delete(this);
    this.#flow.releasePhoneForGood();
  }

  #dropServer(): void {
    if (this.#wanted !== null) this.#wanted.handler = null;
    this.#wanted = null;
    this.#flow.server?.abort();
    this.#flow.server = null;
  }
}

function expectsContinue(request: OutgoingRequest): boolean {
  return request.headers.some(([name]) => name.length === 6 && name.toLowerCase() === 'expect');
}
