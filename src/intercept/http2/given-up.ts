import type { ClientHttp2Session, Http2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Bytes that a server may send beside its answers: acknowledgements, windows, pings. */
const SMALL_TALK_BYTES = 64;
/** The acknowledgement of our question. */
const ACKNOWLEDGED_BYTES = 9;
const PATIENCE_GROWS = 4;
/** Node ends a connection on which ten are not acknowledged: a server may have no time to read. */
const UNACKNOWLEDGED_MAX = 3;

/**
 * Notices that an HTTP/2 connection was given up below us.
 *
 * When a server sends what is no HTTP/2, nghttp2 says GOAWAY, hears and sends nothing from then on, and Node (20) tells nobody: the
 * answers would be waited for until their time-outs. So while a server is silent it is sent empty SETTINGS, once for each silence; what
 * stays in nghttp2's queue although the socket takes all it is given will never be sent. A PING would do, but servers of gRPC count those.
 */
export class GivenUp {
  readonly #session: ClientHttp2Session;
  readonly #socket: Socket;
  readonly #silentMsMax: number;
  #heard = 0;
  /** What had been heard when it was last asked. */
  #heardWhenAsked = Number.NEGATIVE_INFINITY;
  #writtenWhenAsked: number | null = null;
  #patienceMs: number;
  #unacknowledged = 0;

  constructor(session: ClientHttp2Session, socket: Socket, silentMsMax: number) {
    this.#session = session;
    this.#socket = socket;
    this.#silentMsMax = silentMsMax;
    this.#patienceMs = silentMsMax;
  }

  /** Looks once. @returns milliseconds until it must look again while answers are awaited; null when the connection was given up. */
  look(): number | null {
    const { bytesRead, bytesWritten } = this.#socket;
    const silent = bytesRead === this.#heard;
    if (bytesRead - this.#heard > SMALL_TALK_BYTES) this.#patienceMs = this.#silentMsMax;
    this.#heard = bytesRead;
    if (this.#writtenWhenAsked !== null) {
      const written = bytesWritten !== this.#writtenWhenAsked;
      this.#writtenWhenAsked = null;
      if (!written && silent && isStuck(this.#session, this.#socket)) return null;
    } else if (silent && this.#mayAsk(bytesRead)) {
      this.#writtenWhenAsked = bytesWritten;
      this.#heardWhenAsked = bytesRead;
      this.#unacknowledged++;
      this.#session.settings({}, () => {
        this.#unacknowledged--;
      });
      this.#patienceMs *= PATIENCE_GROWS;
      return this.#silentMsMax;
    }
    return this.#patienceMs;
  }

  /** Once for each silence: not again before more than an acknowledgement was heard. */
  #mayAsk(heard: number): boolean {
    const isNew = heard - this.#heardWhenAsked > ACKNOWLEDGED_BYTES;
    return isNew && this.#unacknowledged < UNACKNOWLEDGED_MAX && waitingBytes(this.#socket) === 0;
  }
}

/** Whether something is to be sent, the socket is free, and yet it stays: nghttp2 will never send it. */
export function isStuck(session: Http2Session, socket: Duplex): boolean {
  return !session.destroyed && waitingBytes(socket) === 0 && (session.state.outboundQueueSize ?? 0) > 0;
}

/** Bytes that a socket was given and the system has not taken: who is slow is not broken. */
function waitingBytes(socket: Duplex): number {
  return (socket as { _handle?: { writeQueueSize?: number } })._handle?.writeQueueSize ?? 0;
}
