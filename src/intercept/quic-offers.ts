import { offersQuic, withoutQuic } from './alt-svc.ts';
import { DnsAnswer } from './dns-answer.ts';
import { factsOf } from './header-facts.ts';
import type { Lru } from './lru.ts';
import type { IncomingResponse } from './sides.ts';

/**
 * Takes the offers of HTTP/3 out of one answer, in Alt-Svc and in HTTPS records. The audit keeps the server's own words; the phone does
 * not get the offer, and stays where it can be heard.
 */
export class QuicOffers {
  readonly #noted: Lru<boolean>;
  readonly #note: (detail: string) => void;
  readonly #noteLeft: (host: string | null, detail: string) => void;
  readonly #target: string;
  /** An answer of DNS over HTTPS, held until it is whole. */
  #dns: DnsAnswer | null = null;

  /**
   * @param noted hosts whose offer is in the ledger already: each makes one gap.
   * @param target path and query of the request.
   * @param note hears of offers that were taken out. @param noteLeft of hosts whose offers reached the phone; null: nobody knows whose.
   */
  constructor(
    noted: Lru<boolean>,
    target: string,
    note: (detail: string) => void,
    noteLeft: (host: string | null, detail: string) => void,
  ) {
    this.#noted = noted;
    this.#target = target;
    this.#note = note;
    this.#noteLeft = noteLeft;
  }

  /** @param asked the body of the request, as far as it is at hand. @returns the head as it goes on. */
  head(response: IncomingResponse, host: string, asked: () => Buffer): IncomingResponse {
    const { head } = response;
    this.#dns = DnsAnswer.of(head, this.#target, asked);
    const offer = factsOf(head.headers).quicOffer;
    if (offer === null) return response;
    this.#noteOnce(host, `Alt-Svc: ${offer.slice(0, 200)}`);
    return { ...response, raw: null, head: { ...head, headers: withoutQuic(head.headers) } };
  }

  /** An offer in a frame of its own, which goes no further than to us. */
  frame(value: string, host: string): void {
    if (offersQuic(value)) this.#noteOnce(host, `ALTSVC frame: ${value.slice(0, 200)}`);
  }

  /** @returns what goes on now; null: it is held. */
  body(bytes: Buffer): Buffer | null {
    if (this.#dns === null) return bytes;
    if (this.#dns.take(bytes)) return null;
    // Longer than a DNS message can be: whatever it is, it goes on as it came.
    const held = this.#dns.bytes;
    this.#unread(this.#dns, `it is longer than a DNS message`);
    this.#dns = null;
    return held;
  }

  /** The body is whole. @returns what was held of it; null: nothing. */
  end(): Buffer | null {
    if (this.#dns === null) return null;
    const { message, names, left, unread } = this.#dns.withoutHints();
    for (const name of names) this.#noteOnce(name, `HTTPS record of ${name.slice(0, 255)}`);
    for (const name of left)
      this.#leftOnce(name, `HTTPS record of ${name.slice(0, 255)} in an answer that could not be changed`);
    if (unread !== null) this.#unread(this.#dns, unread);
    return message.length > 0 ? message : null;
  }

  #unread({ question }: DnsAnswer, why: string): void {
    if (question?.mayOffer !== false) this.#leftOnce(question?.name ?? null, `An answer was not read: ${why}`);
  }

  #leftOnce(host: string | null, detail: string): void {
    const key = `left ${host ?? ''}`;
    if (this.#noted.get(key) !== undefined) return;
    this.#noted.set(key, true);
    this.#noteLeft(host, detail);
  }

  #noteOnce(host: string, detail: string): void {
    if (this.#noted.get(host) !== undefined) return;
    this.#noted.set(host, true);
    this.#note(detail);
  }
}
