import type { StoredExchange } from '../model/evidence.ts';

/** Finds exchanges and the countries of their servers by id. */
export class ExchangeIndex {
  readonly #exchanges = new Map<number, StoredExchange>();
  readonly #countryOf: ((address: string) => string | null) | null;
  /** By address: each is looked up once. */
  readonly #countries = new Map<string, string | null>();

  /**
   * @param countryOf ISO 3166 code of an address's country; null: there are no such data.
   */
  constructor(exchanges: readonly StoredExchange[], countryOf: ((address: string) => string | null) | null) {
    for (const exchange of exchanges) this.#exchanges.set(exchange.id, exchange);
    this.#countryOf = countryOf;
  }

  get(id: number): StoredExchange | null {
    return this.#exchanges.get(id) ?? null;
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
