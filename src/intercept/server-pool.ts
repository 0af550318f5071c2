import type { Deadlines } from './deadlines.ts';
import type { Dialler } from './dial.ts';
import { Http1Server, type ServerKeeper } from './http1/server.ts';
import type { RelayLimits } from './limits.ts';
import type { Origin, ServerHandler } from './sides.ts';

/** A request for a connection; `handler` becomes null when it is no longer wanted. */
export interface ServerRequest {
  handler: ServerHandler | null;
}

interface Stable {
  readonly idle: Http1Server[];
  readonly waiting: ServerRequest[];
  open: number;
}

/** Connections to servers, kept and used again for the same origin, the one used last first. */
export class ServerPool implements ServerKeeper {
  readonly #dialler: Dialler;
  readonly #deadlines: Deadlines;
  readonly #limits: RelayLimits;
  readonly #stables = new Map<string, Stable>();
  readonly #all = new Set<Http1Server>();
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
   * @param fresh asks for one that served nobody before.
   */
  request(origin: Origin, handler: ServerHandler, fresh: boolean): ServerRequest {
    const request: ServerRequest = { handler };
    let stable = this.#stables.get(origin.key);
    if (stable === undefined) {
      stable = { idle: [], waiting: [], open: 0 };
      this.#stables.set(origin.key, stable);
    }
    const idle = fresh ? undefined : stable.idle.pop();
    if (idle !== undefined) {
      this.#idleCount--;
      idle.begin(handler);
    } else if (stable.open < this.#limits.serverConnectionsMax) this.#dial(origin, stable, request);
    else stable.waiting.push(request);
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

  closed(server: Http1Server): void {
    if (!this.#all.delete(server)) return;
    const stable = this.#stables.get(server.origin.key);
    if (stable === undefined) return;
    stable.open--;
    const at = stable.idle.indexOf(server);
    if (at !== -1) {
      stable.idle.splice(at, 1);
      this.#idleCount--;
    }
    const next = nextWanted(stable);
    if (next !== null) this.#dial(server.origin, stable, next);
    else if (stable.open === 0) this.#stables.delete(server.origin.key);
  }

  close(): void {
    this.#closed = true;
    for (const server of [...this.#all]) server.close();
  }

  #dial(origin: Origin, stable: Stable, request: ServerRequest): void {
    stable.open++;
    this.#dialler.dial(origin, ['http/1.1'], (result) => {
      if ('failure' in result) {
        stable.open--;
        if (stable.open === 0 && stable.waiting.length === 0) this.#stables.delete(origin.key);
        request.handler?.serverFailed(result.failure);
        return;
      }
      const server = new Http1Server(origin, result.socket, this, this.#deadlines, this.#limits);
      this.#all.add(server);
      if (this.#closed) server.close();
      else if (request.handler !== null) server.begin(request.handler);
      else this.release(server);
    });
  }
}

function nextWanted(stable: Stable): ServerRequest | null {
  for (let next = stable.waiting.shift(); next !== undefined; next = stable.waiting.shift()) {
    if (next.handler !== null) return next;
  }
  return null;
}
