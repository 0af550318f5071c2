import type { Duplex } from 'node:stream';
import type { Headers } from '../../model/exchange.ts';
import type { IncomingResponse } from '../sides.ts';
import { ownHead, relayedHead } from './answer.ts';
import type { Http1Request } from './head.ts';
import { MessageWriter } from './message-writer.ts';

/** Writes the answers of one connection to a phone that speaks HTTP/1, one after another. */
export class AnswerWriter {
  readonly #out: MessageWriter;
  /** The request that is answered; null: what came was none. */
  #request: Pick<Http1Request, 'method' | 'minor'> | null = null;
  #started = false;
  #chunked = false;
  #endFramed = false;

  /** @param drained as of {@link MessageWriter}. */
  constructor(socket: Duplex, drained: () => void) {
    this.#out = new MessageWriter(socket, drained);
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
    this.#out.head(relayedHead(response, response.framing === 'chunked' && this.#oldPhone));
  }

  /** As {@link MessageWriter.body}. */
  write(bytes: Buffer): boolean {
    return this.#out.body(bytes, this.#chunked);
  }

  finish(trailers: Headers): void {
    if (this.#chunked) this.#out.end(trailers);
  }

  /** As {@link MessageWriter.flush}. */
  flush(): void {
    this.#out.flush();
  }

  /** An answer of the proxy's own. */
  own(status: number, sentence: string, extra: Headers, keepAlive: boolean): void {
    const body = Buffer.from(`${sentence}\n`);
    this.#out.head(ownHead(status, body.length, extra, keepAlive));
    if (this.#request?.method !== 'HEAD') this.#out.body(body, false);
  }

  get #oldPhone(): boolean {
    return this.#request?.minor === 0;
  }
}
