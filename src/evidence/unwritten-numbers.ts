import type { Connection } from './database.ts';
import { SEALED_TABLE_NAMES, type SealedTable, type Upto } from './sealing.ts';
import { hasTable } from './standing.ts';

/** Tells numbers that a batch left out of its tables, because those findings stand in the file already, from rows that are gone. */
export class UnwrittenNumbers {
  readonly #database: Connection;
  readonly #exchanges: readonly [from: number, to: number];
  #ofFindings: ReadonlySet<number> | null = null;

  /** @param from, to what a seal covers. */
  constructor(database: Connection, from: Upto, to: Upto) {
    this.#database = database;
    const exchanges = SEALED_TABLE_NAMES.indexOf('exchanges');
    this.#exchanges = [from[exchanges] as number, to[exchanges] as number];
  }

  /** The first number between two rows of a table that a row should have; null when there is none. */
  firstMissing(table: SealedTable, previous: number, next: number): number | null {
    if (next === previous + 1) return null;
    if (table === 'repeated_findings') return this.#firstWithoutFindings(previous, next);
    let number = previous + 1;
    if (table === 'findings') while (number < next && this.#repeated().has(number)) number += 1;
    return number < next ? number : null;
  }

  #repeated(): ReadonlySet<number> {
    if (!hasTable(this.#database, 'repeated_findings')) return new Set();
    this.#ofFindings ??= new Set(
      this.#database
        .prepare(
          `SELECT f.id + r.shift FROM repeated_findings r JOIN findings f ON f.exchange = r.same_as
           WHERE r.id > ? AND r.id <= ?`,
        )
        .pluck()
        .all(...this.#exchanges) as number[],
    );
    return this.#ofFindings;
  }

  #firstWithoutFindings(previous: number, next: number): number | null {
    const first = this.#database
      .prepare(
        `SELECT e.id FROM exchanges e WHERE e.id > ? AND e.id < ? AND e.finding_count > 0
         AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.exchange = e.id) ORDER BY e.id LIMIT 1`,
      )
      .pluck()
      .get(previous, next) as number | undefined;
    return first ?? null;
  }
}
