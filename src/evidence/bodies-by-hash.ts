import type { Connection } from './database.ts';
import { HashFilter } from './hash-filter.ts';

/**
 * SQL that finds the rows of `bodies` with a hash: each part of the index `bodies_by_hash` is asked in turn, the newest first.
 *
 * Takes `@sha256` in bytes, and `@upto`, the highest id to look at; null: look at all.
 */
export function selectByHash(columns: string): string {
  return `
    WITH RECURSIVE parts (part) AS (
      SELECT coalesce(@upto, (SELECT max(id) FROM bodies)) >> 16
      UNION ALL SELECT part - 1 FROM parts WHERE part > 0
    )
    SELECT ${columns} FROM parts CROSS JOIN bodies
    WHERE id >> 16 = part AND substr(sha256, 1, 8) = substr(@sha256, 1, 8) AND sha256 = @sha256`;
}

/** The hashes of the newer bodies of a file. @param from the last body that is left out. */
export function filterOfBodies(database: Connection, from: number): HashFilter {
  const filter = new HashFilter();
  const hashes = database.prepare('SELECT sha256 FROM bodies WHERE id > ?').pluck().iterate(from) as Iterable<Buffer>;
  for (const hash of hashes) filter.add(hash.toString('hex', 0, 16));
  return filter;
}
