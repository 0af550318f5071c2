import type { LocalRequest, LocalResponse } from '../model/local-page.ts';
import type { Relay } from './relay.ts';
import { copied } from './shared-reads.ts';
import type { PhoneHandler, PhoneStream } from './sides.ts';

/** A request for one of the proxy's own pages: gathered, answered, and no concern of the audit. */
export class LocalExchange implements PhoneHandler {
  readonly #relay: Relay;
  readonly #phone: PhoneStream;
  readonly #request: Omit<LocalRequest, 'body'>;
  readonly #body: Buffer[] = [];
  #bodyBytes = 0;
  #done = false;

  constructor(relay: Relay, phone: PhoneStream, request: Omit<LocalRequest, 'body'>) {
    this.#relay = relay;
    this.#phone = phone;
    this.#request = request;
  }

  requestBytes(bytes: Buffer): void {
    this.#bodyBytes += bytes.length;
    if (this.#bodyBytes <= this.#relay.limits.localBodyBytesMax) this.#body.push(copied(bytes));
    else if (!this.#done) {
      this.#done = true;
      this.#phone.answer(413, 'The proxy takes no body of this size.');
    }
  }

  requestEnded(): void {
    if (this.#done) return;
    this.#done = true;
    this.#relay.localPages({ ...this.#request, body: Buffer.concat(this.#body) }).then(
      (response) => this.#respond(response),
      (error: unknown) => {
        this.#relay.log('error', 'a page of the proxy failed', { error: String(error) });
        this.#phone.answer(500, 'This page of the proxy has a defect; its log says more.');
      },
    );
  }

  requestCut(): void {
    this.#done = true;
  }

  phoneDrained(): void {}

  phoneGone(): void {
    this.#done = true;
  }

  #respond(response: LocalResponse): void {
    const headers = response.headers.filter(
      ([name]) => !/^(?:content-length|transfer-encoding|connection)$/i.test(name),
    );
    this.#phone.respond({
      head: {
        status: response.status,
        reason: '',
        httpVersion: '2',
        headers: [...headers, ['Content-Length', String(response.body.length)]],
      },
      raw: null,
      framing: this.#request.method === 'HEAD' ? 'none' : 'length',
      keepAlive: true,
      upgrade: null,
    });
    if (this.#request.method !== 'HEAD' && response.body.length > 0) this.#phone.write(Buffer.from(response.body));
    this.#phone.finish([]);
  }
}
