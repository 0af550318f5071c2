import type { RelayLimits } from './limits.ts';
import { copied } from './shared-reads.ts';
import type { ServerStream } from './sides.ts';

/** The body of a request on its way: what waits for a server, and what was sent while it is small enough to be sent again. */
export class RequestBody {
  readonly #limits: RelayLimits;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** Null when it was too large, or nobody will want it again. */
  #sent: Buffer[] | null = [];
  #sentBytes = 0;

  constructor(limits: RelayLimits) {
    this.#limits = limits;
  }

  /** Whether all that was sent is still at hand. */
  get canBeSentAgain(): boolean {
    return this.#sent !== null;
  }

  /** All that was sent; nothing when that is no longer at hand. */
  get sent(): Buffer {
    return Buffer.concat(this.#sent ?? []);
  }

  /** Remembers what is sent, in case it must be sent again. */
  keep(bytes: Buffer): void {
    if (this.#sent === null) return;
    this.#sentBytes += bytes.length;
    if (this.#sentBytes > this.#limits.retryBodyBytesMax) this.#sent = null;
    else this.#sent.push(copied(bytes));
  }

  /** Holds what comes before there is a server. @returns whether no more should come. */
  hold(bytes: Buffer): boolean {
    this.#waiting.push(copied(bytes));
    this.#waitingBytes += bytes.length;
    return this.#waitingBytes >= this.#limits.waitingBodyBytesMax;
  }

  /** Sends what waited. @returns false when the server is slow. */
  flushTo(server: ServerStream): boolean {
    let keepsUp = true;
    for (const bytes of this.#waiting) keepsUp = server.write(bytes);
    this.dropWaiting();
    return keepsUp;
  }

  /** What was sent waits for another server. */
  sendAgain(): void {
    this.#waiting = [...(this.#sent ?? [])];
    this.#waitingBytes = this.#sentBytes;
  }

  dropWaiting(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  dropSent(): void {
    this.#sent = null;
  }
}
