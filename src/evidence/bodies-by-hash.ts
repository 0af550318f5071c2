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
