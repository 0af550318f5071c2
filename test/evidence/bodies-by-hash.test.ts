import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { Batch } from '../../src/evidence/batch.ts';
import { selectByHash } from '../../src/evidence/bodies-by-hash.ts';
import { BodyStore } from '../../src/evidence/body-store.ts';
import { openForWriting } from '../../src/evidence/database.ts';
import { Packing } from '../../src/evidence/packing.ts';
import { PLAIN } from '../../src/evidence/protection.ts';
import { SEALED_TABLE_NAMES } from '../../src/evidence/sealing.ts';
import { temporaryFile } from './samples.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** A file with bodies of these numbers, each of its number as text. */
function fileWith(ids: readonly number[]) {
  const database = openForWriting(temporaryFile());
  const add = database.prepare('INSERT INTO bodies VALUES (?, ?, ?, 1, 0, NULL, NULL)');
  for (const id of ids) add.run(id, sha256(String(id)), String(id).length);
  return database;
}

const IDS = [1, 2, 32_767, 32_768, 65_535, 65_536, 98_304, 1_000_000, 1_000_001];

it.each(IDS)('body %i is found by its hash, up to its own number', (id) => {
  const database = fileWith(IDS);
  const find = database.prepare(selectByHash('id')).pluck();
  const hash = sha256(String(id));
  expect(find.all({ sha256: hash, upto: null })).toEqual([id]);
  expect(find.all({ sha256: hash, upto: id })).toEqual([id]);
  expect(find.all({ sha256: sha256('another'), upto: null })).toEqual([]);
  database.close();
});

it('nothing is found in a file without bodies', () => {
  const database = fileWith([]);
  expect(database.prepare(selectByHash('id')).all({ sha256: sha256('1'), upto: null })).toEqual([]);
  database.close();
});

it('asks the index for both the part and the hash', () => {
  const database = fileWith(IDS);
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${selectByHash('id')}`).all({ sha256: sha256('1'), upto: null });
  expect(plan.map((step) => (step as { detail: string }).detail)).toContain(
    'SEARCH bodies USING INDEX bodies_by_hash (<expr>=? AND <expr>=?)',
  );
  database.close();
});

it.each([
  // bodies of the file                  put          stored as
  [[1, 2], '2', 2],
  [[1, 2], 'new', 3],
  [[1, 40_000, 4_100_000], '40000', 40_000],
  [[1, 40_000, 4_100_000], '4100000', 4_100_000],
  [[1, 40_000, 4_100_000], 'new', 4_100_001],
])('of a file with bodies %j, %s is body %i: also of one with more than are remembered', (ids, text, row) => {
  const database = fileWith(ids);
  const batch = new Batch(SEALED_TABLE_NAMES.map((table) => (table === 'bodies' ? (ids.at(-1) as number) : 0)));
  const packing = new Packing(batch, PLAIN);
  const store = new BodyStore({ database, batch, packing, protection: PLAIN, keep: 'all', flush: () => undefined });
  expect(store.claim(store.put(Buffer.from(text)), false)).toBe(row);
  database.close();
});
