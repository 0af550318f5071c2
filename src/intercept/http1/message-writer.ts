import type { Duplex } from 'node:stream';
import type { Headers } from '../../model/exchange.ts';
import { SOCKET_BUFFER_BYTES } from '../dial.ts';
import { copied } from '../shared-reads.ts';

/** Header lines with the empty line that ends a head. Values are latin1. */
export function headerLines(headers: Headers): string {
  let text = '';
  for (const [name, value] of headers) text += `${name}: ${value}\r\n`;
  return `${text}\r\n`;
}

/** Pieces of a body from this size on are gathered: large bodies come in pieces of one TLS record, 16 KB. */
const PIECE_BYTES_MIN = 8 * 1024;
/** Bytes that are gathered before they go out. */
const GATHERED_BYTES = 64 * 1024;

/** Buffers that went out and wait for the next body; more than are at hand at a time would only lie there. */
const spare: Buffer[] = [];
const SPARE_MAX = 16;

/**
 * Writes HTTP/1 messages to a socket.
 *
 * The pieces of a large body are copied together, in buffers that go round, and leave when those are full or the turn of the event loop
 * is over: one write for several pieces, and no piece needs to be kept until it has gone.
 */
export class MessageWriter {
  readonly #socket: Duplex;
  readonly #drained: () => void;
  #gathered: Buffer | null = null;
  #used = 0;
  #due = false;
  /** Whether {@link body} said that the other side is slow. */
  #behind = false;

  /** @param drained called when the other side has caught up after {@link body} returned false; so is the socket's `drain`. */
  constructor(socket: Duplex, drained: () => void) {
    this.#socket = socket;
    this.#drained = drained;
  }

  /**
   * Writes a head and holds it back until the end of this turn of the event loop, so that it leaves in one packet (and one TLS
   * record) with the body that usually came with it.
   */
  head(head: Buffer | string): void {
    this.flush();
    const socket = this.#socket;
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(uncork, socket);
    }
    if (typeof head === 'string') socket.write(head, 'latin1');
    else socket.write(head);
  }

  /**
   * @param bytes only lent: they are copied.
   * @returns false when the other side is slow.
   */
  body(bytes: Buffer, chunked: boolean): boolean {
    if (bytes.length === 0) return true;
    const socket = this.#socket;
    if (this.#gathered !== null || bytes.length >= PIECE_BYTES_MIN) {
      if (chunked) this.#gather(Buffer.from(`${bytes.length.toString(16)}\r\n`, 'latin1'));
      this.#gather(bytes);
      if (chunked) this.#gather(CHUNK_END);
    } else if (chunked) {
      const corked = socket.writableCorked > 0;
      if (!corked) socket.cork();
      socket.write(`${bytes.length.toString(16)}\r\n`, 'latin1');
      socket.write(copied(bytes));
      socket.write(CHUNK_END, this.#behind ? this.#wentOut : undefined);
      if (!corked) socket.uncork();
    } else socket.write(copied(bytes), this.#behind ? this.#wentOut : undefined);
    const keepsUp = this.#waiting < SOCKET_BUFFER_BYTES;
    if (!keepsUp) this.#behind = true;
    return keepsUp;
  }

  /** The end of a chunked body. */
  end(trailers: Headers): void {
    this.flush();
    this.#socket.write(trailers.length === 0 ? '0\r\n\r\n' : `0\r\n${headerLines(trailers)}`, 'latin1');
  }

  /** Hands on what was gathered; to be called before anybody else writes to the socket, or ends it. */
  flush(): void {
    const buffer = this.#gathered;
    if (buffer === null) return;
    const bytes = buffer.subarray(0, this.#used);
    this.#gathered = null;
    this.#used = 0;
    this.#socket.write(bytes, (error) => {
      if (error !== null && error !== undefined) return;
      if (spare.length < SPARE_MAX) spare.push(buffer);
      this.#wentOut();
    });
  }

  /** The socket itself tells only of what it was too full for, not of what is gathered here. */
  readonly #wentOut = (): void => {
    if (!this.#behind || this.#waiting > SOCKET_BUFFER_BYTES / 2) return;
    this.#behind = false;
    this.#drained();
  };

  get #waiting(): number {
    return this.#used + this.#socket.writableLength;
  }

  #gather(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      this.#gathered ??= spare.pop() ?? Buffer.allocUnsafeSlow(GATHERED_BYTES);
      const copied = bytes.copy(this.#gathered, this.#used, at);
      at += copied;
      this.#used += copied;
      if (this.#used === GATHERED_BYTES) this.flush();
    }
    if (this.#due || this.#gathered === null) return;
    this.#due = true;
    setImmediate(this.#flushDue);
  }

  readonly #flushDue = (): void => {
    this.#due = false;
    this.flush();
  };
}

const CHUNK_END = Buffer.from('\r\n', 'latin1');

function uncork(socket: Duplex): void {
  socket.uncork();
}
