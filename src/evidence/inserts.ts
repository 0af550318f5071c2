import type { Connection } from './database.ts';
import { type Cell, SEALED_TABLE_NAMES, SEALED_TABLES, type SealedTable } from './sealing.ts';
import type { WaitingRows } from './waiting-rows.ts';

/** Rows that one statement takes where many wait: it opens the table and its indexes once for all of them. */
const ROWS_A_STATEMENT = 16;

/** Adds rows to one sealed table, within the caller's transaction, which must not hold when this throws. */
export class Inserts {
  readonly #database: Connection;
  readonly #table: SealedTable;
  readonly #one: Insert;
  #many: Insert | null = null;

  constructor(database: Connection, table: SealedTable) {
    this.#database = database;
    this.#table = table;
    this.#one = prepare(database, table, 1);
  }

  add({ cells, count, width }: WaitingRows): void {
    let next = 0;
    if (!ONE_BY_ONE.has(this.#table)) {
      for (; next + ROWS_A_STATEMENT <= count; next += ROWS_A_STATEMENT) {
        this.#many ??= prepare(this.#database, this.#table, ROWS_A_STATEMENT);
        this.#many.run(...cells.slice(next * width, (next + ROWS_A_STATEMENT) * width));
      }
    }
    // Cell by cell: an array would be read through a slower door.
    for (; next < count; next++) this.#one.run(...cells.slice(next * width, (next + 1) * width));
  }
}

export function insertsOf(database: Connection): Readonly<Record<SealedTable, Inserts>> {
  return Object.fromEntries(
    SEALED_TABLE_NAMES.map((table) => [table, new Inserts(database, table)]),
  ) as unknown as Record<SealedTable, Inserts>;
}

/**
 * Tables whose rows are added one by one. What calls a function, as the index over hashes does, may fail in the middle: SQLite then
 * copies every page that a statement of several rows changes, to be able to undo it. Packs are large themselves.
 */
const ONE_BY_ONE: ReadonlySet<SealedTable> = new Set(['bodies', 'packs']);

interface Insert {
  run(...cells: readonly Cell[]): unknown;
}

function prepare(database: Connection, table: SealedTable, rows: number): Insert {
  const columns = SEALED_TABLES[table];
  // Hashes of bodies wait as the hex that the digest sees: a buffer for each would outlive the young generation.
  const values = `(${columns.map((column) => (column === 'sha256' ? 'unhex(?)' : '?')).join(', ')})`;
  const lists = Array.from({ length: rows }, () => values).join(', ');
  // OR FAIL: the transaction is given up as a whole, and nothing is to be kept to undo a statement alone.
  return database.prepare<Cell[]>(`INSERT OR FAIL INTO ${table} (${columns.join(', ')}) VALUES ${lists}`);
}
