import { expect, it } from 'vitest';
import { openForWriting } from '../../src/evidence/database.ts';
import { Inserts } from '../../src/evidence/inserts.ts';
import type { Row, SealedTable } from '../../src/evidence/sealing.ts';
import { WaitingRows } from '../../src/evidence/waiting-rows.ts';
import { temporaryFile } from './samples.ts';

function waiting(table: SealedTable, rows: readonly Row[]): WaitingRows {
  const list = new WaitingRows(table);
  for (const row of rows) list.add(row, row);
  return list;
}

const hash = (id: number) => id.toString(16).padStart(64, '0');

it.each([0, 1, 15, 16, 17, 32, 100])('adds %i rows as they are, in whatever statements', (count) => {
  const database = openForWriting(temporaryFile());
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  const repeated = ids.map((id): Row => [id, 1, id * 9]);
  const marks = ids.map((id): Row => [id, 1, 'note', 1_763_712_000_000 + id, id % 3 === 0 ? null : `note ${id} é`]);
  const bodies = ids.map((id): Row => [id, hash(id), id, null, null, null, null]);
  for (const [table, rows] of [
    ['repeated_findings', repeated],
    ['marks', marks],
    ['bodies', bodies],
  ] as const)
    new Inserts(database, table).add(waiting(table, rows));
  const stored = (sql: string) => database.prepare(sql).raw().all();
  expect(stored('SELECT * FROM repeated_findings ORDER BY id')).toEqual(repeated);
  expect(stored('SELECT * FROM marks ORDER BY id')).toEqual(marks);
  expect(stored('SELECT id, lower(hex(sha256)), size, pack, start, stream, segments FROM bodies ORDER BY id')).toEqual(
    bodies,
  );
  database.close();
});

it('leaves nothing behind in a transaction that fails in the middle of a statement', () => {
  const database = openForWriting(temporaryFile());
  const inserts = new Inserts(database, 'repeated_findings');
  const rows = Array.from({ length: 40 }, (_, index): Row => [index + 1, 1, 0]);
  rows[35] = [7, 1, 0];
  expect(() => database.transaction(() => inserts.add(waiting('repeated_findings', rows)))()).toThrow('UNIQUE');
  expect(database.prepare('SELECT count(*) FROM repeated_findings').pluck().get()).toBe(0);
  rows[35] = [36, 1, 0];
  database.transaction(() => inserts.add(waiting('repeated_findings', rows)))();
  expect(database.prepare('SELECT count(*) FROM repeated_findings').pluck().get()).toBe(40);
  database.close();
});
