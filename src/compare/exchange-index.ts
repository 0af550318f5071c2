import type { StoredExchange } from '../model/evidence.ts';

/** Finds exchanges, whether they went in clear, and the countries of their servers by id. */
export class ExchangeIndex {
  /** By id, from the first: those of one capture lie together, and a list is read faster than a map of half a million. */
  readonly #exchanges: StoredExchange[] = [];
  readonly #first: number;
  /** Numbers of those over http or ws. */
  readonly #inClear = new Set<number>();
  readonly #countryOf: ((address: string) => string | null) | null;
  /** By address: each is looked up once. */
  readonly #countries = new Map<string, string | null>();

  /**
   * @param countryOf ISO 3166 code of an address's country; null: there are no such data.
   */
  constructor(exchanges: readonly StoredExchange[], countryOf: ((address: string) => string | null) | null) {
    this.#first = exchanges.reduce((first, { id }) => Math.min(first, id), Number.POSITIVE_INFINITY);
    for (const exchange of exchanges) {
      this.#exchanges[exchange.id - this.#first] = exchange;
      if (exchange.scheme === 'http' || exchange.scheme === 'ws') this.#inClear.add(exchange.id);
    }
    this.#countryOf = countryOf;
  }

  get(id: number): StoredExchange | null {
    return this.#exchanges[id - this.#first] ?? null;
  }

  /** Of some exchanges, those that went over http or ws; asked once a finding, it is answered without a look at the exchange. */
  inClear<Item extends { readonly exchange: number }>(items: readonly Item[]): readonly Item[] {
    return this.#inClear.size === 0 ? [] : items.filter(({ exchange }) => this.#inClear.has(exchange));
  }

  /** Where the server of an exchange stands; null when nobody knows. */
  countryOf(id: number): string | null {
    return this.#countryOf === null ? null : this.countryAt(this.get(id)?.serverAddress ?? null);
  }

  /** The same for an address. */
  countryAt(address: string | null): string | null {
    if (this.#countryOf === null || address === null) return null;
    const known = this.#countries.get(address);
    if (known !== undefined) return known;
    const country = this.#countryOf(address);
    this.#countries.set(address, country);
    return country;
  }
}
