import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPolicy } from '../../src/declare/read-policy.ts';
import { loadTaxonomy } from '../../src/signatures/data-types.ts';
import { type GoldPolicy, score } from './score.ts';

const folder = resolve(import.meta.dirname, '../fixtures/policies');
const taxonomy = loadTaxonomy({ extraFolder: null });

describe('readPolicy on policies of our own writing, one for each layout', () => {
  it.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('finds what %s says', (name) => {
    const gold = JSON.parse(readFileSync(join(folder, name), 'utf8')) as GoldPolicy;
    const bytes = readFileSync(join(folder, gold.file));
    const result = score(gold, readPolicy(bytes, { name, taxonomy }), bytes.toString('utf8'));
    expect(result).toEqual({ problems: [], firstParty: 1, firstPartyMissing: [], firstPartyExtra: [] });
  });
});
