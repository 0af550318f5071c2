import { describe, expect, it } from 'vitest';
import { readPolicy } from '../../src/declare/read-policy.ts';
import { loadTaxonomy } from '../../src/signatures/data-types.ts';
import { CHINESE, type Content, ENGLISH, SHAPES } from './shapes.ts';

const taxonomy = loadTaxonomy({ extraFolder: null });

/** What a shape says: some have no addresses. */
const expected = ({ rows }: Content, source = 'https://') =>
  rows.map(({ name, types, link }) => [name, [...types].sort().join(' '), source.includes('https://') ? link : null]);

function found(source: string): [string, string, string | null][] {
  const { sdks } = readPolicy(Buffer.from(source), { name: 'policy', taxonomy });
  return sdks.map(({ name, data_types: types, link }) => [name, [...types].sort().join(' '), link]);
}

describe('readPolicy on one list in many shapes', () => {
  describe.each(Object.entries(SHAPES))('%s', (_, shape) => {
    it('is read in Chinese', () => {
      expect(found(shape(CHINESE))).toEqual(expected(CHINESE, shape(CHINESE)));
    });

    it('is read in English', () => {
      expect(found(shape(ENGLISH))).toEqual(expected(ENGLISH, shape(ENGLISH)));
    });
  });
});

describe('readPolicy on a page whose lines are glued', () => {
  it('tells the fields by the labels that come back', () => {
    const { before, after, labels, rows, title } = CHINESE;
    const fields = rows.flatMap(({ name, vendor, purpose, data, link }) =>
      [name, vendor, purpose, data, link].map((cell, column) => `${labels[column]}：${cell}`),
    );
    expect(found([title, ...before, ...fields, ...after].join(''))).toEqual(expected(CHINESE));
  });
});
