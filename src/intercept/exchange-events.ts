import type { Direction, Headers, RequestHead, ResponseHead } from '../model/exchange.ts';
import type { GapKind } from '../model/gaps.ts';
import type { GrpcHandler } from './grpc.ts';
import type { Tap } from './tap.ts';

/** Tells the audit of one exchange. */
export class ExchangeEvents implements GrpcHandler {
  readonly exchange: number;
  readonly #tap: Tap;
  readonly #connection: number;
  readonly #port: number;
  #host = '';
  #requestHeaders: Headers = [];
  #requestLength = 0;
  #responseHeaders: Headers = [];
  #responseLength = 0;

  /** @param port the one the request was meant for. */
  constructor(tap: Tap, connection: number, port: number) {
    this.exchange = tap.nextExchange();
    this.#tap = tap;
    this.#connection = connection;
    this.#port = port;
  }

  /** The host that the phone asked for; empty before {@link requestStarted}. */
  get host(): string {
    return this.#host;
  }

  requestStarted(head: RequestHead): void {
    this.#host = head.host;
    this.#requestHeaders = head.headers;
    const { exchange } = this;
    this.#tap.emit({ type: 'request-started', exchange, connection: this.#connection, at: this.#tap.now(), head });
  }

  requestBytes(bytes: Buffer): void {
    this.#requestLength += bytes.length;
    this.#tap.emit({ type: 'request-bytes', exchange: this.exchange, bytes });
  }

  /** @param broken why nothing more will come; a body whose promised length had come is whole all the same. */
  requestEnded(trailers: Headers, broken: string | null): void {
    const cut = broken === null || isWhole(this.#requestHeaders, this.#requestLength) ? null : broken;
    this.#tap.emit({ type: 'request-ended', exchange: this.exchange, at: this.#tap.now(), trailers, cut });
  }

  responseStarted(head: ResponseHead, serverAddress: string | null): void {
    this.#responseHeaders = head.headers;
    this.#tap.emit({ type: 'response-started', exchange: this.exchange, at: this.#tap.now(), head, serverAddress });
  }

  responseBytes(bytes: Buffer): void {
    this.#responseLength += bytes.length;
    this.#tap.emit({ type: 'response-bytes', exchange: this.exchange, bytes });
  }

  /** As {@link requestEnded}. */
  responseEnded(trailers: Headers, broken: string | null): void {
    const cut = broken === null || isWhole(this.#responseHeaders, this.#responseLength) ? null : broken;
    this.#tap.emit({ type: 'response-ended', exchange: this.exchange, at: this.#tap.now(), trailers, cut });
  }

  ended(error: string | null): void {
    this.#tap.emit({ type: 'exchange-ended', exchange: this.exchange, at: this.#tap.now(), error });
  }

  grpcMessage(direction: Direction, bytes: Uint8Array): void {
    const { exchange } = this;
    this.#tap.emit({ type: 'message', exchange, at: this.#tap.now(), direction, kind: 'grpc', bytes });
  }

  grpcGap(direction: Direction, kind: GapKind, detail: string, bytesUnread: number): void {
    this.gap(kind, detail, { direction }, bytesUnread);
  }

  gap(
    kind: GapKind,
    detail: string,
    facts: Record<string, string | number> = {},
    bytesUnread: number | null = null,
  ): void {
    this.#tap.emit({
      type: 'gap',
      at: this.#tap.now(),
      connection: this.#connection,
      exchange: this.exchange,
      host: this.#host,
      port: this.#port,
      gap: { kind, at: [], bytesUnread, detail },
      facts,
    });
  }

  /** Of another host, which this exchange told of; null: of any. */
  hostGap(kind: GapKind, host: string | null, detail: string): void {
    this.#tap.emit({
      type: 'gap',
      at: this.#tap.now(),
      connection: this.#connection,
      exchange: null,
      host,
      port: host === null ? null : 443,
      gap: { kind, at: [], bytesUnread: null, detail },
      facts: {},
    });
  }
}

/** HTTP/2 ends a message in a frame of its own, which need not have come when its receiver has all it wanted and leaves. */
function isWhole(headers: Headers, length: number): boolean {
  let promised: string | null = null;
  for (const [name, value] of headers) {
    if (/^transfer-encoding$/i.test(name)) return false;
    if (/^content-length$/i.test(name)) promised = value;
  }
  return promised === String(length);
}
