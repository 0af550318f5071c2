import { operatorError } from '../model/errors.ts';
import type { Connection } from './database.ts';
import { addSeal, BatchDigest, chainHead, type Row, SEALED_TABLE_NAMES } from './sealing.ts';
import type { SigningKey } from './signing-key.ts';

/**
 * Refuses to go on with a file that holds rows beyond its last seal: they were put there by something else, and the next seal must
 * not cover them.
 */
export function requireSealed(database: Connection, path: string): void {
  const { upto } = chainHead(database);
  SEALED_TABLE_NAMES.forEach((table, index) => {
    const highest = database.prepare(`SELECT max(id) FROM ${table}`).pluck().get() as number | null;
    if ((highest ?? 0) > (upto[index] as number))
      throw operatorError('evidence-invalid', { path, reason: `${table} ${highest} is covered by no seal` });
  });
}

/** The row of the signer's public key; a key that is new to the file is added and sealed. */
export function requireSigner(database: Connection, signer: SigningKey, now: number): number {
  const find = database.prepare('SELECT id FROM keys WHERE public_key = ?').pluck();
  const add = database.transaction((): number => {
    const known = find.get(signer.publicKey) as number | undefined;
    if (known !== undefined) return known;
    const head = chainHead(database);
    const id = (head.upto[0] as number) + 1;
    const row: Row = [id, signer.publicKey, now];
    database.prepare('INSERT INTO keys (id, public_key, added_at) VALUES (?, ?, ?)').run(...row);
    const digest = new BatchDigest();
    digest.table('keys');
    digest.row(row);
    const upto = head.upto.map((highest, index) => (index === 0 ? id : highest));
    addSeal(database, head, { capture: null, at: now, upto, key: id }, digest, signer);
    return id;
  });
  return (find.get(signer.publicKey) as number | undefined) ?? add.immediate();
}
