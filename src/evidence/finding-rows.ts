import type { Connection } from './database.ts';
import type { ExchangeRow } from './exchange-row.ts';
import type { Cell } from './sealing.ts';

/** A row of `repeated_findings`. */
type Repeated = readonly [exchange: number, sameAs: number, shift: number];

/**
 * The findings of exchanges that are given in order, as rows that {@link RowReading.finding} takes.
 *
 * Findings come in the order of their exchanges: rows of one capture lie together, and no index is asked a million times.
 */
export function* findingRows(
  database: Connection,
  exchanges: readonly ExchangeRow[],
): Generator<readonly [ExchangeRow, readonly Cell[]]> {
  const span = [exchanges[0]?.id ?? 0, exchanges.at(-1)?.id ?? 0];
  const repeated = database
    .prepare('SELECT id, same_as, shift FROM repeated_findings WHERE id BETWEEN ? AND ? ORDER BY id')
    .raw()
    .all(...span) as Repeated[];
  const origins = new Map<number, Cell[][]>(repeated.map(([, origin]) => [origin, []]));
  const rows = database
    .prepare(
      `SELECT id, exchange, shape, start, length, value, message, message_at FROM findings
       WHERE +exchange BETWEEN ? AND ? ORDER BY id`,
    )
    .raw()
    .iterate(...span) as IterableIterator<Cell[]>;
  try {
    let next = rows.next();
    let at = 0;
    for (const exchange of exchanges) {
      while (!next.done && (next.value[1] as number) <= exchange.id) {
        const row = next.value;
        origins.get(row[1] as number)?.push(row);
        if (row[1] === exchange.id) yield [exchange, row];
        next = rows.next();
      }
      while ((repeated[at]?.[0] ?? exchange.id) < exchange.id) at += 1;
      const [id, origin, shift] = repeated[at] ?? [0, 0, 0];
      if (id !== exchange.id) continue;
      for (const row of origins.get(origin) ?? []) yield [exchange, [(row[0] as number) + shift, id, ...row.slice(2)]];
    }
  } finally {
    rows.return?.();
  }
}

/** The exchange of a finding by its number; null when there is none. */
export function exchangeOfFinding(database: Connection, finding: number): number | null {
  const own = database.prepare('SELECT exchange FROM findings WHERE id = ?').pluck().get(finding) as number | undefined;
  if (own !== undefined) return own;
  // Numbers grow from exchange to exchange, so that halving finds the last one that begins at or before it.
  const from = database
    .prepare(
      `SELECT id, (SELECT min(f.id) FROM findings f WHERE f.exchange = r.same_as) + shift
       FROM repeated_findings r WHERE id >= ? ORDER BY id LIMIT 1`,
    )
    .raw();
  const [lowest, highest] = database.prepare('SELECT min(id), max(id) FROM repeated_findings').raw().get() as [
    number | null,
    number | null,
  ];
  let [low, high] = [lowest ?? 0, (highest ?? -1) + 1];
  let found: number | null = null;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [id, first] = from.get(middle) as [number, number];
    if (first <= finding) {
      found = id;
      low = id + 1;
    } else high = middle;
  }
  return found;
}
