import type { TLSSocket } from 'node:tls';

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * One connection of a client that keeps it: a request, its answer, the next request.
 *
 * No more than that, so that the machine's time goes to the proxies. An answer must be 200, framed by a length or in chunks.
 */
export class KeptConnection {
  readonly #socket: TLSSocket;
  #received: Buffer[] = [];
  #receivedBytes = 0;
  /** Bytes of the answer, head and body; null until the head is whole; infinite: chunks, which end with the last one. */
  #wanted: number | null = null;
  #settle: ((error: Error | null) => void) | null = null;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => this.#take(bytes));
    socket.on('close', () => this.#done(new Error('the connection was closed')));
  }

  /** Sends a request and waits for the whole answer. @throws Error when the answer is not 200 or the connection ends. */
  exchange(request: string): Promise<void> {
    return new Promise((done, fail) => {
      if (this.#socket.destroyed) {
        fail(new Error('the connection is closed'));
        return;
      }
      this.#settle = (error) => (error === null ? done() : fail(error));
      this.#socket.write(request, 'latin1');
    });
  }

  #take(bytes: Buffer): void {
    this.#received.push(bytes);
    this.#receivedBytes += bytes.length;
    if (this.#wanted === null) this.#readHead();
    if (this.#wanted === null) return;
    const whole =
      this.#wanted === Number.POSITIVE_INFINITY
        ? Buffer.concat(this.#received).subarray(-5).equals(Buffer.from('0\r\n\r\n'))
        : this.#receivedBytes >= this.#wanted;
    if (whole) this.#done(null);
  }

  #readHead(): void {
    const received = this.#received.length === 1 ? (this.#received[0] as Buffer) : Buffer.concat(this.#received);
    const end = received.indexOf(HEAD_END);
    if (end === -1) return;
    const head = received.toString('latin1', 0, end);
    if (!head.startsWith('HTTP/1.1 200')) this.#done(new Error(head.slice(0, 40)));
    const length = /\ncontent-length: *(\d+)/i.exec(head)?.[1];
    this.#wanted = length === undefined ? Number.POSITIVE_INFINITY : end + 4 + Number(length);
  }

  #done(error: Error | null): void {
    const settle = this.#settle;
    this.#settle = null;
    this.#received = [];
    this.#receivedBytes = 0;
    this.#wanted = null;
    settle?.(error);
  }
}
