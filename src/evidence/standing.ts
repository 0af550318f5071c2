import { operatorError } from '../model/errors.ts';
import type { Connection } from './database.ts';
import { Inserts } from './inserts.ts';
import { addSeal, BatchDigest, chainHead, type Row, SEALED_TABLE_NAMES, type SealedTable } from './sealing.ts';
import type { SigningKey } from './signing-key.ts';
import { WaitingRows } from './waiting-rows.ts';

/**
 * Refuses to go on with a file that holds rows beyond its last seal: they were put there by something else, and the next seal must
 * not cover them.
 */
export function requireSealed(database: Connection, path: string): void {
  const stray = strayRow(database);
  if (stray !== null) throw operatorError('evidence-invalid', { path, reason: `${stray} is covered by no seal` });
}

/** A row that no seal covers, as `table id`; null when there is none. */
export function strayRow(database: Connection): string | null {
  const { upto } = chainHead(database);
  for (const [index, table] of SEALED_TABLE_NAMES.entries()) {
    // A file of an older schema, which is verified as it is.
    if (!hasTable(database, table)) continue;
    const [lowest, highest] = database.prepare(`SELECT min(id), max(id) FROM ${table}`).raw().get() as (
      | number
      | null
    )[];
    if ((highest ?? 0) > (upto[index] as number)) return `${table} ${highest}`;
    if ((lowest ?? 1) < 1) return `${table} ${lowest}`;
  }
  return null;
}

export function hasTable(database: Connection, name: string): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !== undefined;
}

/** The row of the signer's public key; a key that is new to the file is added and sealed. */
export function requireSigner(database: Connection, signer: SigningKey, now: number): number {
  const find = database.prepare('SELECT id FROM keys WHERE public_key = ?').pluck();
  const add = database.transaction((): number => {
    const known = find.get(signer.publicKey) as number | undefined;
    if (known !== undefined) return known;
    const id = chainHead(database).upto[0] as number;
    return appendSealed(database, signer, id + 1, null, now, { keys: [[signer.publicKey, Math.round(now)]] })
      .keys?.[0] as number;
  });
  return (find.get(signer.publicKey) as number | undefined) ?? add.immediate();
}

/**
 * Adds rows with a seal of their own, within the caller's transaction. Ids are given here: the rows come without.
 * @returns the ids, by table.
 */
export function appendSealed(
  database: Connection,
  signer: SigningKey,
  key: number,
  capture: number | null,
  now: number,
  rows: Readonly<Partial<Record<SealedTable, readonly Row[]>>>,
): Partial<Record<SealedTable, number[]>> {
  const head = chainHead(database);
  const upto = [...head.upto];
  const digest = new BatchDigest();
  const ids: Partial<Record<SealedTable, number[]>> = {};
  for (const [index, table] of SEALED_TABLE_NAMES.entries()) {
    const added = rows[table] ?? [];
    if (added.length === 0) continue;
    digest.table(table);
    const numbered = added.map((cells, number): Row => [(upto[index] as number) + 1 + number, ...cells]);
    const waiting = new WaitingRows(table);
    for (const row of numbered) {
      waiting.add(row, row);
      digest.row(row);
    }
    new Inserts(database, table).add(waiting);
    ids[table] = numbered.map(([id]) => id as number);
    upto[index] = (upto[index] as number) + added.length;
  }
  addSeal(database, head, { capture, at: Math.round(now), upto, key }, digest, signer);
  return ids;
}
