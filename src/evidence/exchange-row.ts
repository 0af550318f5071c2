import type { BodyRef, StoredExchange } from '../model/evidence.ts';
import { type RequestHead, type ResponseHead, urlOf } from '../model/exchange.ts';
import type { Phase } from '../model/mark.ts';
import type { Recipient } from '../model/recipient.ts';
import type { Contents, Heads } from './contents.ts';
import type { Cell } from './sealing.ts';

/** Columns of `exchanges e`, in the order in which {@link ExchangeRow} takes them: what lists need. The rest is read when asked for. */
export const EXCHANGE_COLUMNS = `e.id, e.capture, e.started_at, e.ended_at, e.method, e.scheme, e.host, e.port, e.path, e.query,
  e.status, e.recipient, e.finding_count, e.error, e.server`;

/** The other columns of an exchange. */
export interface ExchangeRest {
  readonly request_body: number | null;
  readonly response_body: number | null;
  readonly head_pack: number;
  readonly head_start: number;
  readonly head_size: number;
  readonly connection: number | null;
}

/** What the numbers in an exchange's row stand for. */
export interface NamesOfExchange {
  readonly contents: Contents;
  captureOf(id: number): string;
  phaseAt(capture: number, moment: number): Phase;
  hostOf(id: number): string;
  targetOf(path: number, query: Cell): string;
  recipientOf(id: number): Recipient;
  restOf(id: number): ExchangeRest;
  deviceOf(connection: number | null, capture: number): string | null;
}

/** An exchange as stored. Everything but the row itself is looked up when asked for, while the reader is open. */
export class ExchangeRow implements StoredExchange {
  readonly id: number;
  readonly #row: readonly Cell[];
  readonly #names: NamesOfExchange;

  constructor(row: readonly Cell[], names: NamesOfExchange) {
    this.id = row[0] as number;
    this.#row = row;
    this.#names = names;
  }

  get capture(): string {
    return this.#names.captureOf(this.#row[1] as number);
  }

  get startedAt(): number {
    return this.#row[2] as number;
  }

  get endedAt(): number {
    return this.#row[3] as number;
  }

  get phase(): Phase {
    return this.#names.phaseAt(this.#row[1] as number, this.startedAt);
  }

  get method(): string {
    return this.#row[4] as string;
  }

  get host(): string {
    return this.#names.hostOf(this.#row[6] as number);
  }

  get recipient(): Recipient {
    return this.#names.recipientOf(this.#row[11] as number);
  }

  get findingCount(): number {
    return this.#row[12] as number;
  }

  get error(): string | null {
    return this.#row[13] as string | null;
  }

  get serverAddress(): string | null {
    const server = this.#row[14] as number | null;
    return server === null ? null : this.#names.hostOf(server);
  }

  get url(): string {
    return urlOf({ scheme: this.scheme, host: this.host, port: this.#row[7] as number, target: this.#target });
  }

  get scheme(): RequestHead['scheme'] {
    return this.#row[5] as RequestHead['scheme'];
  }

  get #target(): string {
    return this.#names.targetOf(this.#row[8] as number, this.#row[9] as Cell);
  }

  #heads(): Heads {
    const { head_pack, head_start, head_size } = this.#names.restOf(this.id);
    return this.#names.contents.heads(head_pack, head_start, head_size);
  }

  #bodyOf(row: number | null): BodyRef | null {
    return row === null ? null : this.#names.contents.refOf(row);
  }

  get request(): RequestHead {
    const heads = () => this.#heads();
    return {
      method: this.method,
      scheme: this.scheme,
      host: this.host,
      port: this.#row[7] as number,
      target: this.#target,
      get httpVersion() {
        return heads().requestVersion;
      },
      get headers() {
        return heads().requestHeaders;
      },
    };
  }

  get response(): ResponseHead | null {
    const status = this.#row[10] as number | null;
    if (status === null) return null;
    const heads = () => this.#heads();
    return {
      status,
      get reason() {
        return heads().reason ?? '';
      },
      get httpVersion() {
        return heads().responseVersion ?? '';
      },
      get headers() {
        return heads().responseHeaders ?? [];
      },
    };
  }

  /** Row of the connection it came over; null when unknown. */
  get connection(): number | null {
    return this.#names.restOf(this.id).connection;
  }

  get device(): string | null {
    return this.#names.deviceOf(this.connection, this.#row[1] as number);
  }

  get requestTrailers(): RequestHead['headers'] {
    return this.#heads().requestTrailers;
  }

  get responseTrailers(): RequestHead['headers'] {
    return this.#heads().responseTrailers;
  }

  get requestBody(): BodyRef | null {
    return this.#bodyOf(this.#names.restOf(this.id).request_body);
  }

  get responseBody(): BodyRef | null {
    return this.#bodyOf(this.#names.restOf(this.id).response_body);
  }
}
