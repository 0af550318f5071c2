import { EventEmitter } from 'node:events';
import type { Headers } from '../../model/exchange.ts';

/** Where a handler's own words go. */
export interface HandlerAnswers {
  /** A whole answer, in the server's place. */
  answered(status: number, reason: string, headers: Headers, body: Buffer): void;
  /** More of a body whose head has gone out. */
  added(bytes: Buffer): void;
  /** An answer that has begun is not to be finished. */
  broken(): void;
}

type Fields = Readonly<Record<string, string | number | readonly string[]>>;

/** What handlers find as `ctx.proxyToClientResponse`: the part of `http.ServerResponse` that they use to answer by themselves. */
export class HandlerResponse extends EventEmitter {
  statusCode = 200;
  statusMessage = '';
  /** Set when a head has gone out, the handler's or the server's. */
  headersSent = false;
  finished = false;
  readonly #answers: HandlerAnswers;
  readonly #headers = new Map<string, [name: string, values: readonly string[]]>();
  readonly #body: Buffer[] = [];
  /** The server's head has gone out: what is written joins its body. */
  #relayed = false;

  constructor(answers: HandlerAnswers) {
    super();
    this.#answers = answers;
  }

  /** The server's answer has begun. */
  relayed(): void {
    this.headersSent = true;
    this.#relayed = true;
  }

  setHeader(name: string, value: string | number | readonly string[]): this {
    this.#headers.set(name.toLowerCase(), [name, Array.isArray(value) ? value.map(String) : [String(value)]]);
    return this;
  }

  getHeader(name: string): string | undefined {
    return this.#headers.get(name.toLowerCase())?.[1].join(', ');
  }

  removeHeader(name: string): void {
    this.#headers.delete(name.toLowerCase());
  }

  writeHead(status: number, reason?: string | Fields, fields?: Fields): this {
    if (this.#relayed) return this;
    this.statusCode = status;
    if (typeof reason === 'string') this.statusMessage = reason;
    for (const [name, value] of Object.entries(fields ?? (typeof reason === 'object' ? reason : {})))
      this.setHeader(name, value as string);
    this.headersSent = true;
    return this;
  }

  write(chunk: Uint8Array | string, encoding?: BufferEncoding): boolean {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Buffer.from(chunk);
    if (this.#relayed) this.#answers.added(bytes);
    else this.#body.push(bytes);
    return true;
  }

  end(chunk?: Uint8Array | string, encoding?: BufferEncoding): this {
    if (this.finished) return this;
    this.finished = true;
    if (this.#relayed) {
      this.#answers.broken();
      return this;
    }
    if (chunk !== undefined && chunk !== null) this.write(chunk, encoding);
    this.headersSent = true;
    const headers = [...this.#headers.values()].flatMap(([name, values]) =>
      values.map((value) => [name, value] as [string, string]),
    );
    this.#answers.answered(this.statusCode, this.statusMessage, headers, Buffer.concat(this.#body));
    return this;
  }
}
