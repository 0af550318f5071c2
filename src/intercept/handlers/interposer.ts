import type { Headers, RequestHead } from '../../model/exchange.ts';
import type { Exchange } from '../exchange.ts';
import type { TargetRefusal } from '../request-target.ts';
import type { Origin, OutgoingRequest, PhoneStream, RawSide, ServerStream } from '../sides.ts';

/** What may stand between the phone's side and the server's: handlers of the operator's own. */
export interface Interposer {
  /**
   * A phone asks for a tunnel.
   * @param go opens it. @param refuse answers that it may not be opened.
   */
  connect(asked: ConnectAsked, phone: RawSide, go: () => void, refuse: (sentence: string) => void): void;
  exchange(exchange: Exchange, phone: PhoneStream): Interposed;
}

export interface ConnectAsked {
  /** As sent: `host:port`. */
  readonly target: string;
  readonly httpVersion: '1.1' | '2';
  readonly headers: Headers;
}

/** Opens a tunnel that a phone asks for, or refuses it, as the operator's handlers say; where there are none it is opened. */
export function openWhenAllowed(
  interposer: Interposer | null,
  asked: ConnectAsked,
  phone: RawSide,
  go: () => void,
  refuse: (refusal: TargetRefusal) => void,
): void {
  if (interposer === null) go();
  else interposer.connect(asked, phone, go, (sentence) => refuse({ status: 403, sentence }));
}

/** What stands between the two sides of one exchange. */
export interface Interposed {
  /** The phone's end, as the exchange is to see it. */
  readonly phone: PhoneStream;
  /** @param go goes on with what is to be asked of which server; not called when it is answered here. */
  request(
    head: RequestHead,
    request: OutgoingRequest,
    origin: Origin,
    go: (request: OutgoingRequest, origin: Origin) => void,
  ): void;
  /** The server's end, as the exchange is to see it. */
  server(server: ServerStream): ServerStream;
}
