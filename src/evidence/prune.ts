import { existsSync } from 'node:fs';
import { operatorError } from '../model/errors.ts';
import { SEGMENTS_MAX } from './body-store.ts';
import { type Connection, explained, leaveWal, openForWriting } from './database.ts';
import { captureNamed } from './marks.ts';
import { blankPacks } from './pack-blanking.ts';
import { type EvidenceSecret, protectionOf } from './protection.ts';
import { RowDigests } from './row-digests.ts';
import { chainHead, type Row, readUpto, SEALED_TABLE_NAMES, type Upto } from './sealing.ts';
import { signingKeyAt, signingKeyPath } from './signing-key.ts';
import { appendSealed, requireSigner } from './standing.ts';
import { verifyEvidence } from './verify.ts';
import { WriterLock } from './writer-lock.ts';

export interface PruneOptions {
  /** Names of captures to take away; with `olderThan` both count. */
  readonly captures: readonly string[];
  /** Takes away captures that ended before this moment (or, when they never ended, began before it); null: none by age. */
  readonly olderThan: number | null;
  /** Stays in the file. */
  readonly reason: string;
  readonly now: number;
  readonly secret: EvidenceSecret | null;
  readonly keyPath?: string;
  /** What the account of the pruning names; by default the captures. */
  readonly account?: readonly string[];
}

/**
 * Takes captures out of an evidence file, with everything that no other capture uses, down to the bytes.
 *
 * The seals stay. For each one whose rows were touched the digest of what is left is added, sealed and signed like any row, so that
 * `verify` still finds every change that is not this one. A file whose seals do not hold is refused: pruning would hide that.
 *
 * @returns the names of the captures that were taken away.
 */
export function pruneEvidence(path: string, options: PruneOptions): readonly string[] {
  if (!existsSync(path)) throw operatorError('evidence-missing', { path });
  const lock = WriterLock.take(path);
  try {
    const { broken } = verifyEvidence(path, { seal: null, keys: [] });
    if (broken !== null) throw operatorError('evidence-invalid', { path, reason: broken });
    const database = openForWriting(path);
    try {
      return explained(path, () => prune(database, path, options));
    } finally {
      database.close();
    }
  } finally {
    lock.release();
  }
}

function prune(database: Connection, path: string, options: PruneOptions): readonly string[] {
  const captures = chosen(database, path, options);
  if (captures.length === 0) return [];
  const signer = signingKeyAt(options.keyPath ?? signingKeyPath(path));
  const key = requireSigner(database, signer, options.now);
  const protection = protectionOf(database, path, options.secret);
  const names = captures.map(({ name }) => name);
  const work = database.transaction(() => {
    const before = digestsOf(database);
    removeRows(
      database,
      captures.map(({ id }) => id),
    );
    blankPacks(database, protection);
    const prune = (chainHead(database).upto[SEALED_TABLE_NAMES.indexOf('prunes')] as number) + 1;
    const reseals = changedDigests(database, before).map(
      ({ seal, content, checks }): Row => [prune, seal, content, checks],
    );
    const account: Row = [Math.round(options.now), JSON.stringify(options.account ?? names), options.reason];
    appendSealed(database, signer, key, null, options.now, { prunes: [account], reseals });
  });
  work.immediate();
  // Deleted rows would otherwise stay readable in free pages.
  database.exec('VACUUM');
  leaveWal(database);
  return names;
}

function chosen(database: Connection, path: string, options: PruneOptions): { id: number; name: string }[] {
  const byName = options.captures.map((name) => captureNamed(database, path, name));
  const byAge = database
    .prepare(`
      SELECT c.id, c.name FROM captures c LEFT JOIN capture_ends n ON n.capture = c.id
      WHERE coalesce(n.ended_at, c.started_at) < ? ORDER BY c.id`)
    .all(options.olderThan ?? Number.MIN_SAFE_INTEGER) as { id: number; name: string }[];
  const all = new Map([...byName, ...byAge].map((capture) => [capture.id, capture]));
  return [...all.values()].sort((one, other) => one.id - other.id);
}

function removeRows(database: Connection, captures: readonly number[]): void {
  database.exec('CREATE TEMP TABLE pruned (id INTEGER PRIMARY KEY)');
  const add = database.prepare('INSERT INTO temp.pruned VALUES (?)');
  for (const id of captures) add.run(id);
  const exchanges = 'SELECT id FROM exchanges WHERE capture IN (SELECT id FROM temp.pruned)';
  database.exec(`DELETE FROM repeated_findings WHERE id IN (${exchanges})`);
  for (const table of ['findings', 'messages']) database.exec(`DELETE FROM ${table} WHERE exchange IN (${exchanges})`);
  database.exec(
    `DELETE FROM connection_ends WHERE connection IN (SELECT id FROM connections WHERE capture IN (SELECT id FROM temp.pruned))`,
  );
  for (const table of ['gaps', 'marks', 'exchanges', 'connections', 'capture_ends', 'tallies', 'finding_tallies'])
    database.exec(`DELETE FROM ${table} WHERE capture IN (SELECT id FROM temp.pruned)`);
  database.exec('DELETE FROM captures WHERE id IN (SELECT id FROM temp.pruned)');
  database.exec('DROP TABLE temp.pruned');
  for (const [table, users] of Object.entries(USERS)) {
    const used = users.map(([user, column]) => `SELECT ${column} FROM ${user} WHERE ${column} IS NOT NULL`);
    database.exec(`DELETE FROM ${table} WHERE id NOT IN (${used.join(' UNION ALL ')})`);
  }
  database.exec(
    `DELETE FROM segments WHERE id / ${SEGMENTS_MAX} NOT IN (SELECT stream FROM bodies WHERE stream IS NOT NULL)`,
  );
}

/** Tables whose rows serve others, and who they serve. */
const USERS: Readonly<Record<string, readonly (readonly [table: string, column: string])[]>> = {
  devices: [
    ['captures', 'device'],
    ['connections', 'device'],
  ],
  hosts: [
    ['exchanges', 'host'],
    ['exchanges', 'server'],
    ['gaps', 'host'],
  ],
  paths: [['exchanges', 'path']],
  recipients: [
    ['exchanges', 'recipient'],
    ['gaps', 'recipient'],
  ],
  finding_shapes: [['findings', 'shape']],
  found_values: [['findings', 'value']],
  bodies: [
    ['exchanges', 'request_body'],
    ['exchanges', 'response_body'],
    ['messages', 'body'],
  ],
};

interface SealDigest {
  readonly seal: number;
  readonly from: Upto;
  readonly to: Upto;
  readonly content: Buffer;
}

function digestsOf(database: Connection): readonly SealDigest[] {
  const rows = new RowDigests(database);
  let from: Upto = SEALED_TABLE_NAMES.map(() => 0);
  return (database.prepare('SELECT id, upto FROM seals ORDER BY id').all() as { id: number; upto: string }[]).map(
    ({ id, upto }) => {
      const to = readUpto(upto);
      const digest = { seal: id, from, to, content: rows.digest(from, to).content };
      from = to;
      return digest;
    },
  );
}

function changedDigests(
  database: Connection,
  before: readonly SealDigest[],
): readonly { readonly seal: number; readonly content: Buffer; readonly checks: Buffer }[] {
  const rows = new RowDigests(database);
  return before.flatMap(({ seal, from, to, content }) => {
    const now = rows.digest(from, to);
    return now.content.equals(content) ? [] : [{ seal, ...now }];
  });
}
