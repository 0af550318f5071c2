import type { Direction, Headers, RequestHead } from '../model/exchange.ts';
import type { GapKind } from '../model/gaps.ts';
import { type GrpcHandler, type GrpcReader, grpcReaderFor } from './grpc.ts';
import type { Interposed, Interposer } from './handlers/interposer.ts';
import type { RelayLimits } from './limits.ts';
import type { Lru } from './lru.ts';
import { QuicOffers } from './quic-offers.ts';
import type { ServerPool, ServerRequest } from './server-pool.ts';
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
import type { Tap } from './tap.ts';

/** What exchanges share. */
export interface ExchangeContext {
  readonly tap: Tap;
  readonly pool: ServerPool;
  readonly limits: RelayLimits;
  /** Running exchanges: who begins is added, who ends is taken out. */
  readonly running: Set<Exchange>;
  /** Hosts that offered HTTP/3: each makes one gap. */
  readonly quicHosts: Lru<boolean>;
  /** Handlers of the operator's own; null: nothing stands between the two sides. */
  readonly interposer: Interposer | null;
  /** Joins both ends after a change of protocol; ends by calling `exchange.conversationEnded`. */
  readonly converse: (exchange: Exchange, request: OutgoingRequest, response: IncomingResponse, ends: Ends) => void;
}

export interface Ends {
  readonly phone: PhoneStream;
  readonly server: ServerStream;
}

/** Reasons for not reading from one side; it is read again when none is left. */
const BEHIND = { otherSide: 1, audit: 2, notConnected: 4 } as const;

/**
 * One request with its response, between a phone's stream and a server's: passes on, waits, tells the audit.
 *
 * Knows no socket and no version of HTTP. Whatever happens on either side, in any order, the audit hears the end of the request,
 * the end of a response that began, and then exactly one `exchange-ended`.
 */
export class Exchange implements PhoneHandler, ServerHandler, GrpcHandler {
  readonly id: number;
  readonly connection: number;
  readonly origin: Origin;
  readonly #context: ExchangeContext;
  readonly #phone: PhoneStream;
  readonly #interposed: Interposed | null;
  #request: OutgoingRequest;
  /** Where the request goes; the origin, unless a handler says otherwise. */
  #destination: Origin;
  #host = '';
  #server: ServerStream | null = null;
  #wanted: ServerRequest | null = null;
  /** Body bytes that wait for the server. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** What was sent of a body small enough to be sent again; null when it was too large. */
  #sent: Buffer[] | null = [];
  #sentBytes = 0;
  #requestTrailers: Headers = [];
  #requestState: 'open' | 'whole' | 'cut' = 'open';
  #responseState: 'none' | 'open' | 'whole' | 'cut' = 'none';
  /** What the phone is told in place of an answer of the server's, once its request is whole. */
  #instead: { readonly sentence: string; readonly give: () => void } | null = null;
  #phoneBehind = 0;
  #serverBehind = 0;
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
    this.id = context.tap.nextExchange();
    this.#quic = new QuicOffers(
      context.quicHosts,
      (detail) => this.gap('quic-offered', detail),
      (host, detail) => this.#hostGap('quic-not-taken-out', host, detail),
    );
    this.#interposed = context.interposer?.exchange(this, phone) ?? null;
    this.#phone = this.#interposed?.phone ?? phone;
  }

  begin(head: RequestHead): void {
    const { tap, running } = this.#context;
    running.add(this);
    this.#host = head.host;
    this.#requestGrpc = grpcReaderFor('request', head.headers, this.#context.limits.messageBytesMax, this);
    tap.emit({ type: 'request-started', exchange: this.id, connection: this.connection, at: tap.now(), head });
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
    this.#context.tap.emit({ type: 'request-bytes', exchange: this.id, bytes });
    this.#requestGrpc?.feed(bytes);
    this.#waitForAudit();
    if (this.#instead !== null) return;
    this.#keep(bytes);
    if (this.#server !== null) {
      if (!this.#server.write(bytes)) this.#holdPhone(BEHIND.otherSide);
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes >= this.#context.limits.waitingBodyBytesMax) this.#holdPhone(BEHIND.notConnected);
  }

  requestEnded(trailers: Headers): void {
    if (this.#requestState !== 'open') return;
    this.#requestState = 'whole';
    this.#requestTrailers = trailers;
    this.#emitRequestEnded(trailers, null);
    if (this.#instead !== null) this.#giveInstead(this.#instead);
    else if (this.#server !== null) this.#server.finish(trailers);
    this.#endWhenDone();
  }

  requestCut(reason: string): void {
    this.phoneGone(reason);
  }

  phoneDrained(): void {
    this.#releaseServer(BEHIND.otherSide);
  }

  phoneGone(reason: string): void {
    if (this.#ended || this.#conversing) return;
    this.#dropServer();
    this.#end(reason);
  }

  // ── from the server ──

  serverOpened(opened: ServerStream): void {
    this.#wanted = null;
    this.#server = this.#interposed?.server(opened) ?? opened;
    const server = this.#server;
    server.send(this.#request);
    let keepsUp = true;
    for (const bytes of this.#waiting) keepsUp = server.write(bytes);
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (this.#requestState === 'whole') server.finish(this.#requestTrailers);
    if (!keepsUp) this.#holdPhone(BEHIND.otherSide);
    this.#releasePhone(BEHIND.notConnected);
  }

  serverFailed(failure: ServerFailure): void {
    if (this.#ended) return;
    this.#wanted = null;
    this.#server = null;
    this.gap('upstream-failed', failure.sentence, { cause: failure.cause });
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
    this.#waiting = [];
    this.#instead = { sentence, give };
    if (this.#requestState === 'whole' || expectsContinue(this.#request)) this.#giveInstead(this.#instead);
    else {
      this.#releasePhone(BEHIND.notConnected);
      this.#releasePhone(BEHIND.otherSide);
    }
  }

  informational(response: IncomingResponse): void {
    this.#phone.informational(response);
  }

  alternativeOffered(value: string): void {
    if (!this.#ended) this.#quic.frame(value, this.#host);
  }

  responseStarted(response: IncomingResponse): void {
    if (this.#ended) return;
    const { tap } = this.#context;
    this.#sent = null;
    this.#responseState = 'open';
    tap.emit({
      type: 'response-started',
      exchange: this.id,
      at: tap.now(),
      head: response.head,
      serverAddress: this.#server?.address ?? null,
    });
    this.#responseGrpc = grpcReaderFor('response', response.head.headers, this.#context.limits.messageBytesMax, this);
    const passed = this.#quic.head(response, this.#host);
    const server = this.#server;
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
    this.#context.tap.emit({ type: 'response-bytes', exchange: this.id, bytes });
    this.#responseGrpc?.feed(bytes);
    this.#waitForAudit();
    const passed = this.#quic.body(bytes);
    if (passed !== null && !this.#phone.write(passed)) this.#holdServer(BEHIND.otherSide);
  }

  responseEnded(trailers: Headers): void {
    if (this.#responseState !== 'open') return;
    this.#responseState = 'whole';
    this.#emitResponseEnded(trailers, null);
    if (this.#requestState === 'whole') this.#server = null;
    const held = this.#quic.end();
    if (held !== null) this.#phone.write(held);
    this.#phone.finish(trailers);
    this.#endWhenDone();
  }

  serverDrained(): void {
    this.#releasePhone(BEHIND.otherSide);
  }

  serverBroke(reason: string, again: boolean): void {
    if (this.#ended || this.#conversing) return;
    this.#server = null;
    if (this.#responseState === 'none') {
      if (again && this.#sent !== null) this.#sendAgain(this.#sent);
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

  // ── from the readers of gRPC ──

  grpcMessage(direction: Direction, bytes: Uint8Array): void {
    const { tap } = this.#context;
    tap.emit({ type: 'message', exchange: this.id, at: tap.now(), direction, kind: 'grpc', bytes });
  }

  grpcGap(direction: Direction, kind: GapKind, detail: string, bytesUnread: number): void {
    this.gap(kind, detail, { direction }, bytesUnread);
  }

  // ── of its own ──

  gap(
    kind: GapKind,
    detail: string,
    facts: Record<string, string | number> = {},
    bytesUnread: number | null = null,
  ): void {
    const { tap } = this.#context;
    tap.emit({
      type: 'gap',
      at: tap.now(),
      connection: this.connection,
      exchange: this.id,
      host: this.#host,
      port: this.origin.port,
      gap: { kind, at: [], bytesUnread, detail },
      facts,
    });
  }

  /** Of another host, which this exchange told of. */
  #hostGap(kind: GapKind, host: string, detail: string): void {
    const { tap } = this.#context;
    const gap = { kind, at: [], bytesUnread: null, detail };
    tap.emit({
      type: 'gap',
      at: tap.now(),
      connection: this.connection,
      exchange: null,
      host,
      port: 443,
      gap,
      facts: {},
    });
  }

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
      this.#emitResponseEnded([], null);
    }
    this.#end(error);
  }

  /** Sends the request once more, over a fresh connection: the kept one had been closed in the meantime, as servers may. */
  #sendAgain(sent: Buffer[]): void {
    this.#waiting = [...sent];
    this.#waitingBytes = this.#sentBytes;
    this.#releasePhone(BEHIND.otherSide);
    this.#seekServer(true);
  }

  #keep(bytes: Buffer): void {
    if (this.#sent === null) return;
    this.#sentBytes += bytes.length;
    if (this.#sentBytes > this.#context.limits.retryBodyBytesMax) this.#sent = null;
    else this.#sent.push(bytes);
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
    const { tap, running } = this.#context;
    if (this.#requestState === 'open') {
      this.#requestState = 'cut';
      this.#emitRequestEnded([], error ?? 'The exchange ended');
    }
    if (this.#responseState === 'open') {
      this.#responseState = 'cut';
      this.#emitResponseEnded([], error ?? 'The exchange ended');
    }
    tap.emit({ type: 'exchange-ended', exchange: this.id, at: tap.now(), error });
    running.delete(this);
    if (this.#phoneBehind !== 0) {
      this.#phoneBehind = 0;
      this.#phone.resumeRequest();
    }
  }

  #emitRequestEnded(trailers: Headers, cut: string | null): void {
    const { tap } = this.#context;
    tap.emit({ type: 'request-ended', exchange: this.id, at: tap.now(), trailers, cut });
  }

  #emitResponseEnded(trailers: Headers, cut: string | null): void {
    const { tap } = this.#context;
    tap.emit({ type: 'response-ended', exchange: this.id, at: tap.now(), trailers, cut });
  }

  #dropServer(): void {
    if (this.#wanted !== null) this.#wanted.handler = null;
    this.#wanted = null;
    this.#server?.abort();
    this.#server = null;
  }

  #waitForAudit(): void {
    const { tap } = this.#context;
    if (!tap.full || (this.#phoneBehind & BEHIND.audit) !== 0) return;
    this.#holdPhone(BEHIND.audit);
    this.#holdServer(BEHIND.audit);
    tap.whenReady(() => {
      this.#releasePhone(BEHIND.audit);
      this.#releaseServer(BEHIND.audit);
    });
  }

  #holdPhone(reason: number): void {
    if (this.#phoneBehind === 0) this.#phone.pauseRequest();
    this.#phoneBehind |= reason;
  }

  #releasePhone(reason: number): void {
    if ((this.#phoneBehind & reason) === 0) return;
    this.#phoneBehind &= ~reason;
    if (this.#phoneBehind === 0) this.#phone.resumeRequest();
  }

  #holdServer(reason: number): void {
    if (this.#serverBehind === 0) this.#server?.pauseResponse();
    this.#serverBehind |= reason;
  }

  #releaseServer(reason: number): void {
    if ((this.#serverBehind & reason) === 0) return;
    this.#serverBehind &= ~reason;
    if (this.#serverBehind === 0) this.#server?.resumeResponse();
  }
}

function expectsContinue(request: OutgoingRequest): boolean {
  return request.headers.some(([name]) => name.length === 6 && name.toLowerCase() === 'expect');
}
