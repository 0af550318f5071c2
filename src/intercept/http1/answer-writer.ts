import type { Duplex } from 'node:stream';
import type { Headers } from '../../model/exchange.ts';
import type { IncomingResponse } from '../sides.ts';
import { ownHead, relayedHead } from './answer.ts';
import type { Http1Request } from './head.ts';
import { writeBody, writeEnd, writeHead } from './write.ts';

/** Writes the answers of one connection to a phone that speaks HTTP/1, one after another. */
export class AnswerWriter {
  readonly #socket: Duplex;
  /** The request that is answered; null: what came was none. */
  #request: Pick<Http1Request, 'method' | 'minor'> | null = null;
  #started = false;
  #chunked = false;
  #endFramed = false;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  /** Whether the answer's head went out. */
  get started(): boolean {
    return this.#started;
  }

  /** Whether the end of the connection is what ends the answer. */
  get endFramed(): boolean {
    return this.#endFramed;
  }

  begin(request: Http1Request): void {
    this.#request = request;
    this.#started = false;
  }

  /** The request and its answer are over: what comes next may be none, and is answered all the same. */
  end(): void {
    this.#request = null;
    this.#started = false;
  }

  /** An answer before the answer; HTTP/1.0 has none. */
  informational(response: IncomingResponse): void {
    if (!this.#oldPhone) this.head(response);
  }

  respond(response: IncomingResponse): void {
    this.#started = true;
    this.#chunked = response.framing === 'chunked' && !this.#oldPhone;
    this.#endFramed = response.framing === 'close' || (this.#oldPhone && response.framing === 'chunked');
    this.head(response);
  }

  head(response: IncomingResponse): void {
    writeHead(this.#socket, relayedHead(response, response.framing === 'chunked' && this.#oldPhone));
  }

  /** @returns false when the phone is slow. */
  write(bytes: Buffer): boolean {
    return writeBody(this.#socket, bytes, this.#chunked);
  }

  finish(trailers: Headers): void {
    if (this.#chunked) writeEnd(this.#socket, trailers);
  }

  /** An answer of the proxy's own. */
  own(status: number, sentence: string, extra: Headers, keepAlive: boolean): void {
    const body = Buffer.from(`${sentence}\n`);
    writeHead(this.#socket, ownHead(status, body.length, extra, keepAlive));
    if (this.#request?.method !== 'HEAD') this.#socket.write(body);
  }

  get #oldPhone(): boolean {
    return this.#request?.minor === 0;
  }
}
