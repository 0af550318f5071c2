import type { Batch } from './batch.ts';
import type { Connection } from './database.ts';
import type { Cell, SealedTable } from './sealing.ts';

/** Keys remembered of one table; the oldest quarter is forgotten beyond. */
const REMEMBERED_MAX = 50_000;
/** Rows of a file that are remembered when it is opened again. */
const PRELOADED_MAX = 10_000;

/**
 * Gives texts that repeat (hosts, paths, shapes of findings) a row each, and remembers them.
 *
 * Where a table's column is unique the file is asked before a row is added; elsewhere a text that was forgotten simply gets a second
 * row: an index over long texts would cost more than the rare double.
 */
export class Interned {
  readonly #batch: Batch;
  readonly #table: SealedTable;
  readonly #known = new Map<string, number>();
  readonly #find: ((key: string) => number | undefined) | null;

  constructor(batch: Batch, table: SealedTable, find: ((key: string) => number | undefined) | null = null) {
    this.#batch = batch;
    this.#table = table;
    this.#find = find;
  }

  /** The row's id for a key; `cells` gives the columns after the id when it is new. */
  idOf(key: string, cells: () => readonly Cell[]): number {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    let id = this.#find?.(key);
    if (id === undefined) {
      id = this.#batch.reserve(this.#table);
      this.#batch.add(this.#table, [id, ...cells()]);
    }
    this.remember(key, id);
    return id;
  }

  remember(key: string, id: number): void {
    if (this.#known.size >= REMEMBERED_MAX)
      for (const old of [...this.#known.keys()].slice(0, REMEMBERED_MAX / 4)) this.#known.delete(old);
    this.#known.set(key, id);
  }
}

/** The newest rows of a table, for {@link Interned.remember}. */
export function newestRows(database: Connection, table: SealedTable, columns: string): Record<string, Cell>[] {
  return database
    .prepare(`SELECT id, ${columns} FROM ${table} ORDER BY id DESC LIMIT ${PRELOADED_MAX}`)
    .all()
    .reverse() as Record<string, Cell>[];
}
