import { constants, performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Watched } from '../deadlines.ts';
import type { OpenTunnel, PhoneConnection, Relay, Route } from '../relay.ts';
import { closeSoon } from './close-soon.ts';
import { isStuck } from './given-up.ts';
import { Http2PhoneStream } from './phone-stream.ts';

/** HTTP/2 is spoken to the proxy itself, or to a server; what a gateway redirects without TLS is HTTP/1. */
export type Http2Route = Exclude<Route, { kind: 'by-host' }>;

const WINDOW_BYTES = 1024 * 1024;

/** A phone that speaks HTTP/2 on one connection: many exchanges at once. */
export class Http2Phone implements Watched {
  deadlineAt: number;
  /** Whether any request came. */
  served = false;
  readonly relay: Relay;
  readonly connection: PhoneConnection;
  readonly openTunnel: OpenTunnel;
  readonly overTls: boolean;
  readonly #route: Http2Route;
  readonly #session: ServerHttp2Session;
  readonly #socket: Duplex;
  #open = 0;
  #isAsked = false;
  #isNoted = false;

  /**
   * @param socket plain or TLS; nothing of it must have been read, what was is put back (`unshift`).
   * @param openTunnel takes the tunnels that the phone asks the proxy for.
   */
  constructor(relay: Relay, connection: PhoneConnection, socket: Duplex, route: Http2Route, openTunnel: OpenTunnel) {
    this.relay = relay;
    this.openTunnel = openTunnel;
    this.connection = connection;
    this.#route = route;
    this.#socket = socket;
    this.overTls = socket instanceof TLSSocket;
    // Until its first request, as for a head of HTTP/1: a phone may lie idle longer once it has spoken.
    this.deadlineAt = relay.deadlines.now + relay.limits.headMsMax;
    relay.deadlines.watch(this);
    relay.http2Phones.add(this);
    this.#session = performServerHandshake(
      socket as Socket,
      {
        settings: {
          maxConcurrentStreams: relay.limits.streamsMax,
          initialWindowSize: WINDOW_BYTES,
          maxHeaderListSize: relay.limits.headBytesMax,
          enablePush: false,
        },
        maxSessionInvalidFrames: 100,
        maxSessionRejectedStreams: 100,
      } as Parameters<typeof performServerHandshake>[1],
    ) as ServerHttp2Session;
    this.#session.on('stream', (stream, _headers, flags, raw?: string[]) => this.#begin(stream, flags, raw ?? []));
    this.#session.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
    // Our sockets may be half open, which HTTP/2 knows nothing of: without its other half the connection is over.
    socket.once('end', () => this.#session.destroy());
    // Bad frames are the phone's; Node closes the session, and every stream hears of it.
    this.#session.on('close', () => {
      relay.deadlines.forget(this);
      relay.http2Phones.delete(this);
      closeSoon(socket, relay.limits.lingerMsMax);
    });
    // The window of the whole connection must hold more than one stream's.
    this.#session.once('connect', () => {
      if (!this.#session.destroyed) this.#session.setLocalWindowSize(16 * WINDOW_BYTES);
    });
  }

  deadlinePassed(): void {
    const { deadlines, limits } = this.relay;
    if (!this.#isAsked) {
      this.ask();
      this.deadlineAt = deadlines.now;
      return;
    }
    this.noteGivenUp();
    if (this.#session.closed) this.#session.destroy();
    else this.#session.close();
    this.deadlineAt = deadlines.now + limits.lingerMsMax;
  }

  /**
   * After some errors nghttp2 gives the connection up, reads and sends nothing more, and Node tells nobody (see GivenUp). What is asked
   * now stays where it is then, and {@link noteGivenUp} sees that a turn later.
   */
  ask(): void {
    this.#isAsked = true;
    if (!this.#session.closed && !this.#session.destroyed) this.#session.settings({});
  }

  noteGivenUp(): void {
    if (this.#isNoted || !isStuck(this.#session, this.#socket)) return;
    this.#isNoted = true;
    this.#broken('what it sent is none');
  }

  /** Ends the connection with all its streams, whatever state it is in. */
  abandon(): void {
    this.noteGivenUp();
    this.#session.destroy();
  }

  /** What is wrong with the request, in the ledger. */
  refused(sentence: string, status: number): void {
    this.connection.refused(this.#route, status, sentence);
  }

  streamEnded(): void {
    this.#open--;
    if (this.#open === 0) this.deadlineAt = this.relay.deadlines.now + this.relay.limits.phoneIdleMsMax;
  }

  #failed(error: NodeJS.ErrnoException): void {
    this.relay.log('debug', 'HTTP/2 with the phone failed', { error: error.message });
    // A torn connection is no breach of the rules; its streams say what was cut.
    if (error.code?.startsWith('ERR_HTTP2') !== true) return;
    this.#broken(error.message);
  }

  #broken(how: string): void {
    this.connection.announce('http');
    this.refused(`The phone breaks the rules of HTTP/2 (${how}).`, 400);
  }

  #begin(stream: ServerHttp2Stream, flags: number, raw: readonly string[]): void {
    if (!this.served && this.#route.kind === 'fixed') this.#route.onServed?.();
    this.served = true;
    this.#open++;
    this.#isAsked = false;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    new Http2PhoneStream(this, stream).begin(this.#route, raw, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0);
  }
}
