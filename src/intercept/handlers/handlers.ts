import type { IncomingMessage } from 'node:http';
import type { Proxy as MitmProxy } from 'http-mitm-proxy';
import type { Exchange } from '../exchange.ts';
import type { PhoneStream, RawSide } from '../sides.ts';
import { HandledExchange } from './handled-exchange.ts';
import { headerObject } from './header-edits.ts';
import type { ConnectAsked, Interposed, Interposer } from './interposer.ts';

/** The handlers that are registered on an http-mitm-proxy `Proxy`. */
export class Handlers implements Interposer {
  readonly #proxy: MitmProxy;
  readonly #noteTaken: (target: string) => void;

  /** @param noteTaken hears of each tunnel that a handler of `onConnect` kept to itself until the phone's side of it was closed. */
  constructor(proxy: MitmProxy, noteTaken: (target: string) => void) {
    this.#proxy = proxy;
    this.#noteTaken = noteTaken;
  }

  /** Whether any is registered: while none is, nothing of this is in an exchange's way. */
  get any(): boolean {
    const proxy = this.#proxy;
    return (
      proxy.onConnectHandlers.length > 0 ||
      proxy.onErrorHandlers.length > 0 ||
      proxy.onRequestHandlers.length > 0 ||
      proxy.onRequestHeadersHandlers.length > 0 ||
      proxy.onRequestDataHandlers.length > 0 ||
      proxy.onRequestEndHandlers.length > 0 ||
      proxy.onResponseHandlers.length > 0 ||
      proxy.onResponseHeadersHandlers.length > 0 ||
      proxy.onResponseDataHandlers.length > 0 ||
      proxy.onResponseEndHandlers.length > 0
    );
  }

  exchange(exchange: Exchange, phone: PhoneStream): Interposed {
    return new HandledExchange(this.#proxy, exchange, phone);
  }

  connect(asked: ConnectAsked, phone: RawSide, go: () => void, refuse: (sentence: string) => void): void {
    const request = {
      method: 'CONNECT',
      url: asked.target,
      httpVersion: asked.httpVersion === '2' ? '2.0' : asked.httpVersion,
      headers: headerObject(asked.headers),
      rawHeaders: asked.headers.flat(),
      socket: phone.socket,
    } as unknown as IncomingMessage;
    let waiting = this.#proxy.onConnectHandlers.length;
    let refused = false;
    // A handler that never answers speaks on the socket itself: what goes through it nobody reads.
    phone.socket.once('close', () => {
      if (waiting > 0 && !refused) this.#noteTaken(asked.target);
    });
    const settle = (error?: Error | null) => {
      if (refused) return;
      waiting -= 1;
      if (error) {
        refused = true;
        this.#proxy._onError('ON_CONNECT_ERROR', null, error);
        refuse(`A handler refused the tunnel: ${error.message}`);
      } else if (waiting === 0) go();
    };
    if (waiting === 0) go();
    for (const handle of this.#proxy.onConnectHandlers) {
      try {
        handle.call(this.#proxy, request, phone.socket, phone.early, settle);
      } catch (error) {
        settle(error as Error);
      }
    }
    // The socket was paused behind the request's head: a handler that reads it itself waits for what comes.
    if (waiting > 0 && phone.socket.listenerCount('data') > 0) phone.socket.resume();
  }
}
