import { createHash } from 'node:crypto';
import { SEGMENTS_MAX, segmentSeal } from './body-store.ts';
import type { Connection, Statement } from './database.ts';
import {
  BatchDigest,
  type Cell,
  type Row,
  SEALED_TABLE_NAMES,
  SEALED_TABLES,
  type SealedTable,
  type Upto,
} from './sealing.ts';

/** Reads sealed rows back as the digest of a seal sees them. */
export class RowDigests {
  readonly #database: Connection;
  readonly #ranges = new Map<SealedTable, Statement>();
  readonly #segments: Statement;

  constructor(database: Connection) {
    this.#database = database;
    this.#segments = database
      .prepare('SELECT coding, size, data FROM segments WHERE id >= ? AND id < ? ORDER BY id')
      .raw();
  }

  /** The digest over the rows whose ids lie beyond one seal's and up to the next one's. */
  digest(from: Upto, to: Upto): { readonly content: Buffer; readonly checks: Buffer } {
    const digest = new BatchDigest();
    for (const [index, table] of SEALED_TABLE_NAMES.entries()) {
      if (from[index] === to[index]) continue;
      let named = false;
      for (const row of this.rows(table, from[index] as number, to[index] as number)) {
        if (!named) digest.table(table);
        named = true;
        digest.row(row);
      }
    }
    return digest.finish();
  }

  *rows(table: SealedTable, from: number, to: number): Generator<Row> {
    for (const row of this.#range(table).iterate(from, to) as Iterable<Cell[]>) {
      if (table === 'packs')
        row[3] = createHash('sha256')
          .update(row[3] as Uint8Array)
          .digest('hex');
      if (table === 'bodies' && row[5] !== null) row.push(...this.#segmentSeals(row[5] as number));
      yield row;
    }
  }

  /** Prepared when asked for: a file of an older schema lacks tables of which it has no rows. */
  #range(table: SealedTable): Statement {
    let range = this.#ranges.get(table);
    if (range === undefined) {
      const sql = `SELECT ${SEALED_TABLES[table].join(', ')} FROM ${table} WHERE id > ? AND id <= ? ORDER BY id`;
      range = this.#database.prepare(sql).raw();
      this.#ranges.set(table, range);
    }
    return range;
  }

  /** All segments that a body's stream has, also when there are more or fewer than it says. */
  #segmentSeals(stream: number): string[] {
    const rows = this.#segments.iterate(stream * SEGMENTS_MAX, (stream + 1) * SEGMENTS_MAX);
    return Array.from(rows as Iterable<[string, number, Buffer]>, ([coding, size, data]) =>
      segmentSeal(coding, size, data),
    );
  }
}
