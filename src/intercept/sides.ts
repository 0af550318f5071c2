import type { Duplex } from 'node:stream';
import type { Headers, ResponseHead } from '../model/exchange.ts';
import type { Framing } from './http1/head.ts';

/** Where a request goes. `key` tells origins apart whose connections may not stand in for each other. */
export interface Origin {
  readonly secure: boolean;
  /** Host name or address to connect to, lower case, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Name for SNI, as the phone sent it; null: none is sent. */
  readonly serverName: string | null;
  /** What the server's certificate must be for. */
  readonly verifyName: string;
  /** HTTP/2 without TLS, which both ends must know of beforehand (RFC 9113 §3.3). */
  readonly plainHttp2: boolean;
  readonly key: string;
}

/** A request as it goes on to the server. */
export interface OutgoingRequest {
  readonly method: string;
  /** Origin form: path and query, or `*`. */
  readonly target: string;
  readonly version: '1.0' | '1.1' | '2';
  /** Host and port as the phone named them: Host, or :authority. */
  readonly authority: string;
  readonly headers: Headers;
  /** The head as bytes when it can be passed on as it came, null when it must be written anew. */
  readonly raw: Buffer | null;
  readonly framing: Framing;
  readonly upgrade: string | null;
  readonly keepAlive: boolean;
}

/** A response as it goes back to the phone. */
export interface IncomingResponse {
  readonly head: ResponseHead;
  /** As in {@link OutgoingRequest}. */
  readonly raw: Buffer | null;
  readonly framing: Framing;
  readonly keepAlive: boolean;
  readonly upgrade: string | null;
}

/** The phone's end of one exchange, whatever protocol it speaks. */
export interface PhoneStream {
  /** Address of the phone. */
  readonly phoneAddress: string;
  informational(response: IncomingResponse): void;
  respond(response: IncomingResponse): void;
  /**
   * @param bytes only lent: they change when the call has returned.
   * @returns false when the phone is slow: the exchange's `phoneDrained` is called when it has caught up.
   */
  write(bytes: Buffer): boolean;
  finish(trailers: Headers): void;
  /** Breaks off so that the phone can tell the response is not whole. */
  cut(): void;
  /** Ends the connection behind what was written. */
  hangUp(): void;
  /** An answer of the proxy's own, one sentence of plain text. */
  answer(status: number, sentence: string): void;
  pauseRequest(): void;
  resumeRequest(): void;
  /** After `respond` with a change of protocol: the bytes of the connection from here on. */
  switchProtocols(response: IncomingResponse): RawSide | null;
}

/** What a phone's end tells the exchange. */
export interface PhoneHandler {
  /** @param bytes only lent: they change when the call has returned. */
  requestBytes(bytes: Buffer): void;
  requestEnded(trailers: Headers): void;
  requestCut(reason: string): void;
  phoneDrained(): void;
  /** The phone is no longer there to hear the answer. */
  phoneGone(reason: string): void;
}

/** The server's end of one exchange. */
export interface ServerStream {
  readonly address: string | null;
  send(request: OutgoingRequest): void;
  /**
   * @param bytes only lent, as of {@link PhoneStream.write}.
   * @returns false when the server is slow: `serverDrained` is called when it has caught up.
   */
  write(bytes: Buffer): boolean;
  finish(trailers: Headers): void;
  abort(): void;
  pauseResponse(): void;
  resumeResponse(): void;
  /** After `switched`: the bytes of the connection from here on. */
  rawSide(): RawSide;
}

/** What a server's end tells the exchange. */
export interface ServerHandler {
  serverOpened(server: ServerStream): void;
  serverFailed(failure: ServerFailure): void;
  informational(response: IncomingResponse): void;
  /** The server offers another way to reach it beside its answers: an ALTSVC frame (RFC 7838 §4). */
  alternativeOffered(value: string): void;
  responseStarted(response: IncomingResponse): void;
  /** @param bytes only lent, as of {@link PhoneHandler.requestBytes}. */
  responseBytes(bytes: Buffer): void;
  responseEnded(trailers: Headers): void;
  serverDrained(): void;
  /**
   * The connection ended or what it sent cannot be read, before the response was whole.
   * @param again whether the request may be sent once more over a fresh connection: the server did not look at it, or closed a
   * connection that had served others without a word, as servers do with one that lies idle. Anything else might do it twice.
   */
  serverBroke(reason: string, again: boolean): void;
}

/** A connection that no longer speaks HTTP: its bytes both ways, with what was already read of it. */
export interface RawSide {
  /** A socket, or one stream of an HTTP/2 connection. */
  readonly socket: Duplex;
  readonly early: Buffer;
}

/** Why a server could not be reached. */
export interface ServerFailure {
  readonly cause:
    | 'forbidden'
    | 'name-unknown'
    | 'connect-failed'
    | 'connect-timeout'
    | 'tls-failed'
    | 'certificate'
    | 'certificate-requested'
    | 'broke'
    | 'answer-timeout'
    | 'unreadable';
  readonly sentence: string;
}
