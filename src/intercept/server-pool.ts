import type { Deadlines } from './deadlines.ts';
import type { Dialled, Dialler } from './dial.ts';
import { Http1Server, type ServerKeeper } from './http1/server.ts';
import { Http2Server, type SessionKeeper } from './http2/server.ts';
import type { RelayLimits } from './limits.ts';
import type { Origin, ServerHandler } from './sides.ts';

/** A request for a connection; `handler` becomes null when it is no longer wanted. */
export interface ServerRequest {
  handler: ServerHandler | null;
  /** The phone speaks HTTP/2, so the server may too. */
  readonly http2: boolean;
}

/** The connections to one origin. */
interface Stable {
  readonly idle: Http1Server[];
  readonly sessions: Set<Http2Server>;
  readonly waiting: ServerRequest[];
  open: number;
  /** Set while the first connection that may become HTTP/2 is being made: the others wait to share it. */
  asking: boolean;
  /** What the origin turned out to speak alone: offered both it took or wanted HTTP/1.1, or it knows no HTTP/1.1; null: it may speak both. */
  only: 'h2' | 'http/1.1' | null;
}

/** Connections to servers, kept and used again for the same origin, the one used last first. */
export class ServerPool implements ServerKeeper, SessionKeeper {
  readonly #dialler: Dialler;
  readonly #deadlines: Deadlines;
  readonly #limits: RelayLimits;
  readonly #stables = new Map<string, Stable>();
  readonly #all = new Set<Http1Server | Http2Server>();
  #idleCount = 0;
  #closed = false;

  constructor(dialler: Dialler, deadlines: Deadlines, limits: RelayLimits) {
    this.#dialler = dialler;
    this.#deadlines = deadlines;
    this.#limits = limits;
  }

  get open(): number {
    return this.#all.size;
  }

  /**
   * Gives the handler a connection to the origin, now or later, or tells it why there is none.
   * @param http2 whether HTTP/2 may be spoken; a phone that speaks HTTP/1 gets HTTP/1 unless the server has nothing else.
   * @param fresh asks for one that served nobody before.
   */
  request(origin: Origin, handler: ServerHandler, http2: boolean, fresh: boolean): ServerRequest {
    const request: ServerRequest = { handler, http2: http2 && (origin.secure || origin.plainHttp2) };
    let stable = this.#stables.get(origin.key);
    if (stable === undefined) {
      stable = { idle: [], sessions: new Set(), waiting: [], open: 0, asking: false, only: null };
      this.#stables.set(origin.key, stable);
    }
    this.#serve(origin, stable, request, fresh);
    return request;
  }

  release(server: Http1Server): void {
    const stable = this.#stables.get(server.origin.key);
    if (stable === undefined || this.#closed || this.#idleCount >= this.#limits.idleServerConnectionsMax) {
      server.close();
      return;
    }
    const next = nextWanted(stable);
    // Not within the call that ends the exchange before: its phone would hear of the next one first.
    if (next !== null) setImmediate(() => (next.handler === null ? this.release(server) : server.begin(next.handler)));
    else {
      stable.idle.push(server);
      this.#idleCount++;
    }
  }

  closed(server: Http1Server | Http2Server): void {
    if (!this.#all.delete(server)) return;
    const stable = this.#stables.get(server.origin.key);
    if (stable === undefined) return;
    stable.open--;
    if (server instanceof Http2Server) stable.sessions.delete(server);
    else {
      const at = stable.idle.indexOf(server);
      if (at !== -1) {
        stable.idle.splice(at, 1);
        this.#idleCount--;
      }
    }
    this.#serveNext(server.origin, stable);
    this.#forgetEmpty(server.origin, stable);
  }

  wantsHttp1(origin: Origin): void {
    const stable = this.#stables.get(origin.key);
    if (stable !== undefined) stable.only = 'http/1.1';
  }

  close(): void {
    this.#closed = true;
    for (const server of [...this.#all]) server.close();
  }

  #serve(origin: Origin, stable: Stable, request: ServerRequest, fresh: boolean): void {
    const { handler } = request;
    if (handler === null) return;
    // Each phone in its own version where the server has it: gRPC needs HTTP/2 to the end, an upgrade to WebSocket HTTP/1.1.
    const http2 = stable.only === null ? request.http2 : stable.only === 'h2';
    if (!fresh && http2) {
      for (const session of stable.sessions) {
        if (!session.free) continue;
        session.begin(handler);
        return;
      }
    }
    const idle = fresh || http2 ? undefined : stable.idle.pop();
    if (idle !== undefined) {
      this.#idleCount--;
      idle.begin(handler);
      return;
    }
    if (stable.open >= this.#limits.serverConnectionsMax || (http2 && stable.asking)) stable.waiting.push(request);
    else this.#dial(origin, stable, request, http2 ? ['h2', 'http/1.1'] : ['http/1.1']);
  }

  #dial(origin: Origin, stable: Stable, request: ServerRequest, protocols: readonly string[]): void {
    const asks = protocols[0] === 'h2';
    stable.open++;
    if (asks) stable.asking = true;
    const dialled = (result: Dialled) => {
      if (asks) stable.asking = false;
      if ('failure' in result) {
        stable.open--;
        // A server that speaks nothing but HTTP/2, as gRPC's do.
        if (result.noProtocol === true && !asks) this.#dial(origin, stable, request, ['h2']);
        else this.#failed(origin, stable, request, result.failure);
        return;
      }
      this.#connected(origin, stable, request, result, protocols);
    };
    this.#dialler.dial(origin, protocols, dialled, origin.plainHttp2);
  }

  #failed(
    origin: Origin,
    stable: Stable,
    request: ServerRequest,
    failure: Extract<Dialled, { failure: unknown }>['failure'],
  ): void {
    request.handler?.serverFailed(failure);
    this.#serveNext(origin, stable);
    this.#forgetEmpty(origin, stable);
  }

  #connected(
    origin: Origin,
    stable: Stable,
    request: ServerRequest,
    dialled: Exclude<Dialled, { failure: unknown }>,
    offered: readonly string[],
  ): void {
    const http2 = dialled.protocol === 'h2' || origin.plainHttp2;
    if (http2 && offered[0] === 'h2' && offered.length === 1) stable.only = 'h2';
    if (!http2 && offered.length > 1) stable.only = 'http/1.1';
    if (http2) {
      const session = new Http2Server(origin, dialled.socket, this.#deadlines, this.#limits, this);
      this.#all.add(session);
      stable.sessions.add(session);
      if (this.#closed) session.close();
      else if (request.handler !== null) session.begin(request.handler);
    } else {
      const server = new Http1Server(
        origin,
        dialled.socket,
        dialled.proxyAuthorization,
        this,
        this.#deadlines,
        this.#limits,
      );
      this.#all.add(server);
      if (this.#closed) server.close();
      else if (request.handler !== null) server.begin(request.handler);
      else this.release(server);
    }
    // Those that waited for the answer to "which protocol" go on together.
    for (const waiting of stable.waiting.splice(0)) this.#serve(origin, stable, waiting, false);
  }

  #serveNext(origin: Origin, stable: Stable): void {
    const next = nextWanted(stable);
    if (next !== null) this.#serve(origin, stable, next, false);
  }

  #forgetEmpty(origin: Origin, stable: Stable): void {
    // What it speaks is worth remembering, but not for every host ever met.
    if (stable.open === 0 && stable.waiting.length === 0 && this.#stables.size > 1_000)
      this.#stables.delete(origin.key);
  }
}

function nextWanted(stable: Stable): ServerRequest | null {
  for (let next = stable.waiting.shift(); next !== undefined; next = stable.waiting.shift()) {
    if (next.handler !== null) return next;
  }
  return null;
}
