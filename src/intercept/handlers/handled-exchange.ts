import type { IContext, Proxy as MitmProxy } from 'http-mitm-proxy';
import type { Headers, RequestHead } from '../../model/exchange.ts';
import type { Exchange } from '../exchange.ts';
import { copied } from '../shared-reads.ts';
import type { IncomingResponse, Origin, OutgoingRequest, PhoneStream, RawSide, ServerStream } from '../sides.ts';
import { answered, asked } from './changes.ts';
import { newContext } from './context.ts';
import { HandlerResponse } from './handler-response.ts';
import { headerObject, withoutField } from './header-edits.ts';
import type { Interposed } from './interposer.ts';
import { Turns } from './turns.ts';

type Failed = Error | null | undefined;

/**
 * One exchange with the handlers of an http-mitm-proxy `Proxy` between its two sides. The audit hears what phone and server said; what
 * handlers make of it goes on to the other side only.
 */
export class HandledExchange implements Interposed, PhoneStream {
  readonly phone: PhoneStream = this;
  readonly #proxy: MitmProxy;
  readonly #exchange: Exchange;
  readonly #phone: PhoneStream;
  readonly #response: HandlerResponse;
  readonly #up: Turns;
  readonly #down: Turns;
  #ctx: IContext | null = null;
  #requestEnded = false;
  /** A handler has answered, or broken the answer off: nothing more of the server's goes to the phone. */
  #muted = false;

  constructor(proxy: MitmProxy, exchange: Exchange, phone: PhoneStream) {
    this.#proxy = proxy;
    this.#exchange = exchange;
    this.#phone = phone;
    this.#up = new Turns(() => exchange.serverDrained());
    this.#down = new Turns(() => exchange.phoneDrained());
    this.#response = new HandlerResponse({
      answered: (status, reason, headers, body) => this.#answer(status, reason, headers, body),
      added: (bytes) => void phone.write(bytes),
      broken: () => {
        this.#mute();
        phone.cut();
      },
    });
  }

  // ── the request ──

  request(
    head: RequestHead,
    request: OutgoingRequest,
    origin: Origin,
    go: (request: OutgoingRequest, origin: Origin) => void,
  ): void {
    const ctx = newContext(this.#exchange, head, request, origin, this.#phone.phoneAddress, this.#response);
    this.#ctx = ctx;
    const goOn = () => {
      const changesBody = this.#proxy.onRequestDataHandlers.length + ctx.onRequestDataHandlers.length > 0;
      const [changed, destination] = asked(ctx, request, origin, changesBody);
      go(changed, destination);
    };
    this.#dispatch(
      (done) => this.#proxy._onRequest(ctx, done),
      'ON_REQUEST_ERROR',
      () => this.#dispatch((done) => this.#proxy._onRequestHeaders(ctx, done), 'ON_REQUESTHEADERS_ERROR', goOn),
    );
  }

  server(server: ServerStream): ServerStream {
    const ctx = this.#ctx as IContext;
    const chunk = (bytes: Uint8Array | string) => server.write(Buffer.from(bytes as string));
    Object.assign(ctx, { proxyToServerRequest: { write: chunk } });
    const handled: ServerStream = {
      address: server.address,
      send: (request) => server.send(request),
      write: (bytes) => this.#pass(this.#up, '_onRequestData', bytes, (changed) => server.write(changed)),
      finish: (trailers) => {
        this.#up.take((next) => {
          if (this.#requestEnded) {
            server.finish(trailers);
            next();
            return;
          }
          this.#requestEnded = true;
          this.#dispatch(
            (done) => this.#proxy._onRequestEnd(ctx, done),
            'ON_REQUEST_END_ERROR',
            () => {
              server.finish(trailers);
              next();
            },
          );
        });
      },
      abort: () => {
        this.#up.stop();
        server.abort();
      },
      pauseResponse: () => server.pauseResponse(),
      resumeResponse: () => server.resumeResponse(),
      rawSide: () => server.rawSide(),
    };
    return handled;
  }

  // ── the response ──

  get phoneAddress(): string {
    return this.#phone.phoneAddress;
  }

  informational(response: IncomingResponse): void {
    if (!this.#muted) this.#phone.informational(response);
  }

  respond(response: IncomingResponse): void {
    const ctx = this.#ctx as IContext;
    const { head } = response;
    const fields = headerObject(head.headers);
    const seen = {
      statusCode: head.status,
      statusMessage: head.reason,
      headers: fields,
      httpVersion: head.httpVersion,
    };
    Object.assign(ctx, { serverToProxyResponse: { ...seen, rawHeaders: head.headers.flat() } });
    this.#down.take((next) =>
      this.#dispatch(
        (done) => this.#proxy._onResponse(ctx, done),
        'ON_RESPONSE_ERROR',
        () =>
          this.#dispatch(
            (done) => this.#proxy._onResponseHeaders(ctx, done),
            'ON_RESPONSEHEADERS_ERROR',
            () => {
              const changesBody =
                this.#proxy.responseContentPotentiallyModified || ctx.responseContentPotentiallyModified;
              if (!this.#muted) {
                this.#response.relayed();
                this.#phone.respond(answered(ctx, response, changesBody));
              }
              next();
            },
          ),
      ),
    );
  }

  write(bytes: Buffer): boolean {
    return this.#pass(this.#down, '_onResponseData', bytes, (changed) => this.#phone.write(changed));
  }

  finish(trailers: Headers): void {
    const ctx = this.#ctx as IContext;
    this.#down.take((next) =>
      this.#dispatch(
        (done) => this.#proxy._onResponseEnd(ctx, done),
        'ON_RESPONSE_END_ERROR',
        () => {
          this.#response.finished = true;
          if (!this.#muted) this.#phone.finish(trailers);
          next();
        },
      ),
    );
  }

  cut(): void {
    this.#down.stop();
    if (!this.#muted) this.#phone.cut();
  }

  hangUp(): void {
    this.#down.take((next) => {
      this.#phone.hangUp();
      next();
    });
  }

  /** The server could not be reached, or did not answer: a handler of errors may say something else. */
  answer(status: number, sentence: string): void {
    const handlers = [...this.#proxy.onErrorHandlers, ...(this.#ctx?.onErrorHandlers ?? [])];
    for (const handle of handlers) handle(this.#ctx, new Error(sentence), 'PROXY_TO_SERVER_REQUEST_ERROR');
    if (!this.#muted) this.#phone.answer(status, sentence);
  }

  pauseRequest(): void {
    this.#phone.pauseRequest();
  }

  resumeRequest(): void {
    this.#phone.resumeRequest();
  }

  switchProtocols(response: IncomingResponse): RawSide | null {
    return this.#phone.switchProtocols(response);
  }

  // ── within ──

  /** One piece of a body through its handlers, which may hold it back. */
  #pass(
    turns: Turns,
    handlers: '_onRequestData' | '_onResponseData',
    lent: Buffer,
    write: (changed: Buffer) => boolean,
  ): boolean {
    const bytes = copied(lent);
    const ctx = this.#ctx as IContext;
    let keepsUp = true;
    const over = turns.take((next) => {
      const error = handlers === '_onRequestData' ? 'ON_REQUEST_DATA_ERROR' : 'ON_RESPONSE_DATA_ERROR';
      let piece: Buffer | null | undefined = bytes;
      const call = (done: (failed?: Failed) => void) =>
        this.#proxy[handlers](ctx, bytes, (failed: Failed, changed?: Buffer) => {
          piece = changed;
          done(failed);
        });
      this.#dispatch(call, error, () => {
        if (piece && piece.length > 0 && !this.#muted) keepsUp = write(Buffer.from(piece));
        next();
      });
    });
    return over && keepsUp;
  }

  /** Calls handlers; what they report or throw goes to those of errors, and ends the exchange. */
  #dispatch(call: (done: (failed?: Failed) => void) => void, kind: string, go: () => void): void {
    let called = false;
    const fail = (error: unknown) => this.#proxy._onError(kind, this.#ctx, error as Error);
    try {
      call((failed) => {
        if (called) return;
        called = true;
        if (failed) fail(failed);
        else if (!this.#muted) go();
      });
    } catch (error) {
      called = true;
      fail(error);
    }
  }

  #answer(status: number, reason: string, headers: Headers, body: Buffer): void {
    this.#mute();
    const hasBody = status >= 200 && status !== 204 && status !== 304;
    const kept = withoutField(withoutField(headers, 'content-length'), 'transfer-encoding');
    this.#exchange.answerInstead("A handler answered in the server's place.", () => {
      this.#phone.respond({
        head: {
          status,
          reason,
          httpVersion: '2',
          headers: hasBody ? [...kept, ['Content-Length', String(body.length)]] : kept,
        },
        raw: null,
        framing: hasBody && body.length > 0 ? 'length' : 'none',
        keepAlive: true,
        upgrade: null,
      });
      if (hasBody && body.length > 0) this.#phone.write(body);
      this.#phone.finish([]);
    });
  }

  #mute(): void {
    this.#muted = true;
    this.#down.stop();
    this.#up.stop();
  }
}
