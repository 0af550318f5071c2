import type { StoredExchange } from '../model/evidence.ts';

/** Finds exchanges and the countries of their servers by id, without a second list of half a million rows. */
export class ExchangeIndex {
  readonly #exchanges: readonly StoredExchange[];
  readonly #countryOf: ((address: string) => string | null) | null;
  /** By address: each is looked up once. */
  readonly #countries = new Map<string, string | null>();

  /**
   * @param exchanges in ascending order of ids, as evidence gives them.
   * @param countryOf ISO 3166 code of an address's country; null: there are no such data.
   */
  constructor(exchanges: readonly StoredExchange[], countryOf: ((address: string) => string | null) | null) {
    this.#exchanges = exchanges;
    this.#countryOf = countryOf;
  }

  get(id: number): StoredExchange | null {
    return this.#exchanges[this.#positionOf(id)] ?? null;
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

  /** -1 for an id that is not there. */
  #positionOf(id: number): number {
    let low = 0;
    let high = this.#exchanges.length - 1;
    // One capture at a time leaves no holes: the first look finds it.
    let middle = id - (this.#exchanges[0]?.id ?? 0);
    while (low <= high) {
      const found = this.#exchanges[middle]?.id;
      if (found === id) return middle;
      if (found !== undefined && found < id) low = middle + 1;
      else if (found !== undefined) high = middle - 1;
      middle = (low + high) >> 1;
    }
    return -1;
  }
}
