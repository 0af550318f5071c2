import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPolicy } from '../../src/declare/read-policy.ts';
import { loadTaxonomy } from '../../src/signatures/data-types.ts';
import { type GoldPolicy, score } from './score.ts';

const shared = resolve(import.meta.dirname, '../../../shared');
const present = existsSync(join(shared, 'gold'));
const taxonomy = loadTaxonomy({ extraFolder: null });

if (!present) process.stderr.write('The labelled policies of ../shared are not here: they are not read.\n');

describe.skipIf(!present)('readPolicy on the labelled policies', () => {
  const names = present ? readdirSync(join(shared, 'gold')).filter((name) => name.endsWith('.json')) : [];

  it.each(names)('finds what a careful reader found in %s', (name) => {
    const gold = JSON.parse(readFileSync(join(shared, 'gold', name), 'utf8')) as GoldPolicy;
    const bytes = readFileSync(join(shared, 'seeds', gold.file));
    const result = score(gold, readPolicy(bytes, { name, taxonomy }), bytes.toString('utf8'));
    expect(result.problems).toEqual([]);
    expect(result.firstParty).toBeGreaterThanOrEqual(0.9);
  });
});
