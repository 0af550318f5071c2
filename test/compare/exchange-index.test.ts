import { describe, expect, it } from 'vitest';
import { ExchangeIndex } from '../../src/compare/exchange-index.ts';
import type { StoredExchange } from '../../src/model/evidence.ts';

const PLACES: Readonly<Record<string, string>> = { '203.0.113.5': 'US', '198.51.100.7': 'CN' };

/** Exchanges with these ids; the server of each is the next of the addresses. */
function exchanges(ids: readonly number[]): StoredExchange[] {
  const addresses = ['203.0.113.5', '198.51.100.7', null, '10.0.0.1'];
  return ids.map((id, at) => ({ id, serverAddress: addresses[at % addresses.length] })) as unknown as StoredExchange[];
}

describe('ExchangeIndex', () => {
  it.each([
    ['without holes', [1, 2, 3, 4]],
    ['with holes', [7, 9, 20, 21]],
    ['of two captures far apart', [1, 2, 30_000_000, 30_000_001]],
    ['of one', [5]],
    ['of none', []],
  ])('finds every id of a list %s, and no other', (_, ids) => {
    const index = new ExchangeIndex(exchanges(ids), (address) => PLACES[address] ?? null);
    expect(ids.map((id) => index.get(id)?.id)).toEqual(ids);
    const countries = ['US', 'CN', null, null];
    expect(ids.map((id) => index.countryOf(id))).toEqual(countries.slice(0, ids.length));
    const others = [-1, 0, 6, 8, 19, 22, 30_000_002, 1e9].filter((id) => !ids.includes(id));
    expect(others.map((id) => [index.get(id), index.countryOf(id)])).toEqual(others.map(() => [null, null]));
  });

  it('asks each address for its country once', () => {
    const looked: string[] = [];
    const index = new ExchangeIndex(exchanges([1, 2, 3, 4, 5]), (address) => {
      looked.push(address);
      return PLACES[address] ?? null;
    });
    for (const id of [1, 1, 3, 3, 4, 4, 5]) index.countryOf(id);
    expect(looked).toEqual(['203.0.113.5', '10.0.0.1']);
  });

  it('knows nothing without country data', () => {
    expect(new ExchangeIndex(exchanges([1]), null).countryOf(1)).toBeNull();
  });
});
