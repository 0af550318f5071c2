import { type ClientHttp2Session, connect } from 'node:http2';
import type { Socket } from 'node:net';
import type { Deadlines, Watched } from '../deadlines.ts';
import type { RelayLimits } from '../limits.ts';
import { bracketed } from '../origin.ts';
import type { Origin, ServerHandler } from '../sides.ts';
import { closeSoon } from './close-soon.ts';
import { GivenUp } from './given-up.ts';
import { Http2ServerStream } from './server-stream.ts';

const WINDOW_BYTES = 1024 * 1024;

/** Who shares connections among exchanges. */
export interface SessionKeeper {
  /** The connection takes no more exchanges. */
  closed(server: Http2Server): void;
  /** The server speaks HTTP/2 but wants this origin's requests in HTTP/1.1. */
  wantsHttp1(origin: Origin): void;
}

/** One HTTP/2 connection to a server. */
export class Http2Server implements Watched {
  readonly origin: Origin;
  readonly address: string | null;
  deadlineAt: number;
  readonly #session: ClientHttp2Session;
  readonly #deadlines: Deadlines;
  readonly #limits: RelayLimits;
  readonly #keeper: SessionKeeper;
  readonly #givenUp: GivenUp;
  readonly #open = new Set<Http2ServerStream>();
  /** An offer that came while nobody asked anything. */
  #offer: string | null = null;
  #gone = false;
  #begun = 0;

  constructor(origin: Origin, socket: Socket, deadlines: Deadlines, limits: RelayLimits, keeper: SessionKeeper) {
    this.origin = origin;
    this.address = socket.remoteAddress ?? null;
    this.#deadlines = deadlines;
    this.#limits = limits;
    this.#keeper = keeper;
    this.deadlineAt = deadlines.now + limits.serverSessionIdleMsMax;
    this.#session = connect(`${origin.secure ? 'https' : 'http'}://${bracketed(origin.verifyName)}:${origin.port}`, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: WINDOW_BYTES, maxHeaderListSize: limits.headBytesMax },
    });
    this.#givenUp = new GivenUp(this.#session, socket, limits.serverSilentMsMax);
    this.#session.once('connect', () => {
      if (!this.#session.destroyed) this.#session.setLocalWindowSize(16 * WINDOW_BYTES);
    });
    this.#session.on('error', () => {});
    // Our sockets may be half open, which HTTP/2 knows nothing of: without its other half the connection is over.
    socket.once('end', () => this.#session.destroy());
    this.#session.on('goaway', () => this.#leave());
    this.#session.on('altsvc', (value) => this.#offered(value));
    this.#session.on('close', () => {
      this.#leave();
      closeSoon(socket, limits.lingerMsMax);
    });
    deadlines.watch(this);
  }

  /** Whether another stream may be opened. */
  get free(): boolean {
    const most = this.#session.remoteSettings?.maxConcurrentStreams ?? 100;
    return !this.#gone && !this.#session.closed && !this.#session.destroyed && this.#open.size < most;
  }

  begin(handler: ServerHandler): void {
    const stream = new Http2ServerStream(
      this,
      this.#session,
      handler,
      this.#begun++ > 0,
      this.#deadlines,
      this.#limits,
    );
    if (this.#open.size === 0) this.deadlineAt = this.#deadlines.now + this.#limits.serverSilentMsMax;
    this.#open.add(stream);
    handler.serverOpened(stream);
    if (this.#offer !== null) handler.alternativeOffered(this.#offer);
    this.#offer = null;
  }

  wantsHttp1(): void {
    this.#keeper.wantsHttp1(this.origin);
  }

  streamEnded(stream: Http2ServerStream): void {
    this.#open.delete(stream);
    if (this.#open.size > 0) return;
    this.deadlineAt = this.#deadlines.now + this.#limits.serverSessionIdleMsMax;
    if (this.#gone) this.#session.close();
  }

  deadlinePassed(): void {
    if (this.#open.size > 0 && !this.#session.destroyed) {
      this.#lookAfterAnswers();
      return;
    }
    if (this.#session.closed) this.#session.destroy();
    else this.#session.close();
    this.deadlineAt = this.#deadlines.now + this.#limits.lingerMsMax;
  }

  close(): void {
    this.#session.destroy();
    this.#leave();
  }

  #lookAfterAnswers(): void {
    const againMs = this.#givenUp.look();
    if (againMs !== null) {
      this.deadlineAt = this.#deadlines.now + againMs;
      return;
    }
    for (const stream of [...this.#open]) stream.sessionGivenUp();
    this.#session.destroy();
  }

  #offered(value: string): void {
    const [stream] = this.#open;
    if (stream === undefined) this.#offer = value;
    else stream.offered(value);
  }

  #leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#deadlines.forget(this);
    this.#keeper.closed(this);
  }
}
