import type { RequestHead } from '../../model/exchange.ts';
import { Exchange } from '../exchange.ts';
import { LocalExchange } from '../local-exchange.ts';
import { markRecurring } from '../recurring.ts';
import type { PhoneConnection, Relay, Route } from '../relay.ts';
import { askedHost, isLocal, originOfRequest, type Target } from '../request-target.ts';
import type { Origin, OutgoingRequest, PhoneHandler, PhoneStream } from '../sides.ts';
import type { Http1Request } from './head.ts';
import { outgoing } from './outgoing.ts';

/** A request as it goes on. */
interface Relayed {
  readonly request: OutgoingRequest;
  readonly origin: Origin;
  readonly described: RequestHead;
  times: number;
}

/** Finds who serves the requests of one connection that speaks HTTP/1: our own pages, or the server that they name. */
export class RequestHandlers {
  readonly #relay: Relay;
  readonly #connection: PhoneConnection;
  readonly #route: Route;
  readonly #overTls: boolean;
  #last: { readonly head: Http1Request; readonly relayed: Relayed } | null = null;

  constructor(relay: Relay, connection: PhoneConnection, route: Route, overTls: boolean) {
    this.#relay = relay;
    this.#connection = connection;
    this.#route = route;
    this.#overTls = overTls;
  }

  handlerOf(head: Http1Request, target: Target, phone: PhoneStream): PhoneHandler {
    if (isLocal(this.#relay.targets, target)) return this.#local(head, target, phone);
    this.#last = { head, relayed: this.#relayed(head, target) };
    return this.#exchange(this.#last.relayed, phone);
  }

  #local(head: Http1Request, target: Target, phone: PhoneStream): PhoneHandler {
    return new LocalExchange(this.#relay, phone, {
      method: head.method,
      target: target.path,
      headers: head.headers,
      phoneAddress: this.#connection.address,
      throughProxy: this.#route.kind !== 'proxy' || !head.target.startsWith('/'),
      overTls: this.#overTls,
    });
  }

  /** The same head on the same connection goes the same way; see HeadMemory. @returns null when it is another than the last. */
  again(head: Http1Request, phone: PhoneStream): PhoneHandler | null {
    if (this.#last?.head !== head) return null;
    const { relayed } = this.#last;
    if (++relayed.times === 2) {
      markRecurring(relayed.described);
      markRecurring(relayed.described.headers);
    }
    return this.#exchange(relayed, phone);
  }

  #exchange({ request, origin, described }: Relayed, phone: PhoneStream): Exchange {
    const exchange = new Exchange(this.#relay, this.#connection.id, phone, request, origin);
    exchange.begin(described);
    return exchange;
  }

  #relayed(head: Http1Request, target: Target): Relayed {
    const route = this.#route;
    const asked = askedHost(target.host, route.kind === 'fixed' ? route.serverName : null, head.host);
    const websocket = head.upgrade?.toLowerCase() === 'websocket';
    const scheme = target.secure ? (websocket ? 'wss' : 'https') : websocket ? 'ws' : 'http';
    const described: RequestHead = {
      method: head.method,
      scheme,
      host: asked,
      port: target.port,
      target: target.path,
      httpVersion: head.minor === 0 ? '1.0' : '1.1',
      headers: head.headers,
    };
    const request = outgoing(head, target.path, route.kind === 'proxy');
    return { request, origin: this.#originFor(target, asked), described, times: 1 };
  }

  /** Inside a tunnel every request has the same, as long as it names the same host. */
  #originFor(target: Target, asked: string): Origin {
    const known = this.#last?.relayed;
    if (known !== undefined && this.#route.kind === 'fixed' && known.described.host === asked) return known.origin;
    return originOfRequest(this.#route, target, asked);
  }
}
