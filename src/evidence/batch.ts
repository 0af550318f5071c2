import type { Inserts } from './inserts.ts';
import { type BatchDigest, type Row, SEALED_TABLE_NAMES, type SealedTable, type Upto } from './sealing.ts';
import { WaitingRows } from './waiting-rows.ts';

/** Rows that wait to be written together: they get their ids at once, and reach the file in one transaction. */
export class Batch {
  readonly #waiting: Readonly<Record<SealedTable, WaitingRows>>;
  readonly #upto: Record<SealedTable, number>;
  #count = 0;

  constructor(upto: Upto) {
    const byTable = <Value>(make: (table: SealedTable, index: number) => Value) =>
      Object.fromEntries(SEALED_TABLE_NAMES.map((name, index) => [name, make(name, index)])) as Record<
        SealedTable,
        Value
      >;
    this.#waiting = byTable((table) => new WaitingRows(table));
    this.#upto = byTable((_, index) => upto[index] as number);
  }

  get count(): number {
    return this.#count;
  }

  /** @returns the first of so many ids. */
  reserve(table: SealedTable, count = 1): number {
    const first = this.#upto[table] + 1;
    this.#upto[table] += count;
    return first;
  }

  /** For a table whose ids are those of another one's rows, in their order. */
  reserveUpto(table: SealedTable, id: number): void {
    this.#upto[table] = id;
  }

  /** The first cell must be an id that {@link reserve} or {@link reserveUpto} gave. */
  add(table: SealedTable, row: Row, sealed: Row = row): void {
    this.#waiting[table].add(row, sealed);
    this.#count += 1;
  }

  /** Writes all rows, in the order of tables and ids; the caller owns the transaction and forgets them when it held. */
  write(inserts: Readonly<Record<SealedTable, Inserts>>, digest: BatchDigest): void {
    for (const table of SEALED_TABLE_NAMES) {
      const rows = this.#waiting[table];
      if (rows.count === 0) continue;
      if (table === 'packs') rows.sort();
      digest.table(table);
      inserts[table].add(rows);
      for (let number = 0; number < rows.count; number++) digest.row(rows.sealed(number));
    }
  }

  /** Highest ids after this batch, given those that the file holds (another process may have added marks). */
  upto(found: Upto): Upto {
    return SEALED_TABLE_NAMES.map((name, index) => Math.max(this.#upto[name], found[index] as number));
  }

  /** Takes over what others added since. */
  follow(found: Upto): void {
    SEALED_TABLE_NAMES.forEach((name, index) => {
      this.#upto[name] = Math.max(this.#upto[name], found[index] as number);
    });
  }

  clear(tables: readonly SealedTable[] = SEALED_TABLE_NAMES): void {
    for (const table of tables) {
      this.#count -= this.#waiting[table].count;
      this.#waiting[table].clear();
    }
  }

  waiting(table: SealedTable): WaitingRows {
    return this.#waiting[table];
  }
}
