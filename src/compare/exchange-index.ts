import type { StoredExchange } from '../model/evidence.ts';

/** Finds exchanges and the countries of their servers by id, without a second list of a million rows. */
export class ExchangeIndex {
  readonly #exchanges: readonly StoredExchange[];
  readonly #countryOf: ((address: string) => string | null) | null;
  /** By position: 0 where nobody has asked yet, else a position in #countries plus one. A head is read from its pack once. */
  readonly #known: Uint16Array;
  readonly #countries: (string | null)[] = [];

  /**
   * @param exchanges in ascending order of ids, as evidence gives them.
   * @param countryOf ISO 3166 code of an address's country; null: there are no such data.
   */
  constructor(exchanges: readonly StoredExchange[], countryOf: ((address: string) => string | null) | null) {
    this.#exchanges = exchanges;
    this.#countryOf = countryOf;
    this.#known = new Uint16Array(countryOf === null ? 0 : exchanges.length);
  }

  get(id: number): StoredExchange | null {
    return this.#exchanges[this.#positionOf(id)] ?? null;
  }

  /** Where the server of an exchange stands; null when nobody knows. */
  countryOf(id: number): string | null {
    if (this.#countryOf === null) return null;
    const position = this.#positionOf(id);
    const known = this.#known[position];
    if (known === undefined) return null;
    if (known > 0) return this.#countries[known - 1] ?? null;
    const address = this.#exchanges[position]?.serverAddress ?? null;
    const country = address === null ? null : this.#countryOf(address);
    let place = this.#countries.indexOf(country);
    if (place === -1) place = this.#countries.push(country) - 1;
    this.#known[position] = place + 1;
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
