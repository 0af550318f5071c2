import Database from 'better-sqlite3';
import { type Connection, openForVerifying } from './database.ts';
import { freshOfVersionOf } from './migrations.ts';
import { RowDigests } from './row-digests.ts';
import { FINDINGS } from './row-reading.ts';
import { readUpto, SEALED_TABLE_NAMES, type SealFacts, sealHash, type Upto } from './sealing.ts';
import { fingerprint, isSignedBy } from './signing-key.ts';
import { hasTable, strayRow } from './standing.ts';
import { strayTimeStamps } from './time-stamps.ts';
import { UnwrittenNumbers } from './unwritten-numbers.ts';

export interface VerifyOptions {
  /** Hash (64 hex) of a seal that must be in the chain: the last one that a report printed. */
  readonly seal: string | null;
  /** Fingerprints of the only keys that may have signed; empty: the key that signed the file's first seal. */
  readonly keys: readonly string[];
}

/** What `verify` found. */
export interface Verification {
  /** The first thing that does not hold; null when everything does. */
  readonly broken: string | null;
  readonly seals: number;
  readonly exchanges: number;
  readonly findings: number;
  readonly captures: number;
  /** Fingerprints of the keys that signed, in order of appearance. */
  readonly keys: readonly string[];
  /** Hash of the last seal, in hex; null when there is none. */
  readonly lastSeal: string | null;
  /** What was taken away by `telltale prune`, in words. */
  readonly pruned: readonly string[];
}

/**
 * Checks every row of an evidence file against the chain of seals.
 *
 * A change, removal, insertion or reorder of rows shows at the first seal that covers it; a cut tail shows when `seal` names one that
 * was cut. Whoever holds the signing key can write another history: only a seal or key kept elsewhere shows that.
 *
 * @throws TelltaleError when there is no evidence file to check.
 */
export function verifyEvidence(path: string, options: VerifyOptions): Verification {
  const database = openForVerifying(path);
  try {
    return database.transaction(() => new Verifier(database, options).run())();
  } finally {
    database.close();
  }
}

/** Thrown within this file only: ends the check. */
class Broken extends Error {}

interface SealRow extends SealFacts {
  readonly hash: Buffer;
  readonly signature: Buffer;
}

interface Reseal {
  readonly seal: number;
  readonly content: Buffer;
  readonly checks: Buffer;
}

class Verifier {
  readonly #database: Connection;
  readonly #options: VerifyOptions;
  readonly #keys = new Map<number, Buffer>();
  readonly #signers = new Set<string>();
  #resealed: ReadonlyMap<number, Reseal> | null = null;
  #digests: RowDigests | null = null;
  #last: SealRow | null = null;

  constructor(database: Connection, options: VerifyOptions) {
    this.#database = database;
    this.#options = options;
  }

  get #reseals(): ReadonlyMap<number, Reseal> {
    if (this.#resealed !== null) return this.#resealed;
    const reseals = this.#database.prepare('SELECT seal, content, checks FROM reseals ORDER BY id').all() as Reseal[];
    this.#resealed = new Map(reseals.map((reseal) => [reseal.seal, reseal]));
    return this.#resealed;
  }

  get #rows(): RowDigests {
    this.#digests ??= new RowDigests(this.#database);
    return this.#digests;
  }

  run(): Verification {
    let broken: string | null = null;
    try {
      this.#checkSchema();
      this.#checkChain();
      this.#checkRest();
    } catch (error) {
      if (error instanceof Broken) broken = error.message;
      else if (error instanceof Database.SqliteError) broken = `the database itself is damaged: ${error.message}`;
      else throw error;
    }
    return { broken, ...this.#summary() };
  }

  #summary(): Omit<Verification, 'broken'> {
    const rows = (sql: string): unknown[] => {
      try {
        return this.#database.prepare(sql).all();
      } catch {
        return []; // the table is missing or damaged, which `broken` says
      }
    };
    const count = (table: string) =>
      (rows(`SELECT count(*) AS n FROM ${table}`)[0] as { n: number } | undefined)?.n ?? 0;
    const prunes = rows('SELECT at, captures, reason FROM prunes ORDER BY id') as {
      at: number;
      captures: string;
      reason: string;
    }[];
    return {
      seals: count('seals'),
      exchanges: count('exchanges'),
      findings: (rows('SELECT sum(finding_count) AS n FROM exchanges')[0] as { n: number | null } | undefined)?.n ?? 0,
      captures: count('captures'),
      keys: [...this.#signers],
      lastSeal: this.#last?.hash.toString('hex') ?? null,
      pruned: prunes.map(({ at, captures, reason }) => `${new Date(at).toISOString()}: ${captures} (${reason})`),
    };
  }

  /** A trigger or view that somebody added could make rows say something else. */
  #checkSchema(): void {
    const fresh = freshOfVersionOf(this.#database);
    const wanted = schemaOf(fresh);
    fresh.close();
    const found = schemaOf(this.#database);
    for (const [name, sql] of found) if (wanted.get(name) !== sql) throw new Broken(`the schema was changed: ${name}`);
    for (const name of wanted.keys())
      if (!found.has(name)) throw new Broken(`the schema was changed: ${name} is missing`);
  }

  #checkChain(): void {
    const seals = this.#database.prepare('SELECT * FROM seals ORDER BY id').iterate() as Iterable<SealRow>;
    let before: Uint8Array = Buffer.alloc(32);
    let upto: Upto = SEALED_TABLE_NAMES.map(() => 0);
    let expected = 1;
    let named = this.#options.seal === null;
    for (const seal of seals) {
      if (seal.id !== expected) throw new Broken(`seal ${expected} is missing`);
      if (!sealHash(seal, before).equals(seal.hash))
        throw new Broken(`seal ${seal.id} was changed, or stands in another place`);
      const next = readUpto(seal.upto);
      if (next.some((highest, index) => highest < (upto[index] as number)))
        throw new Broken(`seal ${seal.id} goes back behind the one before it`);
      this.#checkRows(seal, upto, next);
      this.#checkSignature(seal);
      named ||= seal.hash.toString('hex') === this.#options.seal;
      before = seal.hash;
      upto = next;
      expected += 1;
      this.#last = seal;
    }
    if (!named)
      throw new Broken(`seal ${this.#options.seal} is not in the chain: the tail was cut, or the chain made anew`);
  }

  #checkSignature(seal: SealRow): void {
    let key = this.#keys.get(seal.key);
    if (key === undefined) {
      key = this.#database.prepare('SELECT public_key FROM keys WHERE id = ?').pluck().get(seal.key) as
        | Buffer
        | undefined;
      if (key === undefined) throw new Broken(`seal ${seal.id} is signed by key ${seal.key}, which is not there`);
      this.#keys.set(seal.key, key);
      const name = fingerprint(key);
      const { keys } = this.#options;
      if (keys.length > 0 ? !keys.includes(name) : this.#signers.size > 0)
        throw new Broken(`seal ${seal.id} is signed by key ${name}, which is not among those expected`);
      this.#signers.add(name);
    }
    if (!isSignedBy(key, seal.hash, seal.signature)) throw new Broken(`seal ${seal.id}: the signature does not hold`);
  }

  #checkRows(seal: SealRow, from: Upto, to: Upto): void {
    const reseal = this.#reseals.get(seal.id);
    const content = reseal?.content ?? seal.content;
    const checks = Buffer.from(reseal?.checks ?? seal.checks);
    const found = this.#rows.digest(from, to);
    if (!found.content.equals(content)) throw new Broken(this.#firstBroken(seal, from, to, checks, found.checks));
  }

  /** Which row it is, by the check of each row. */
  #firstBroken(seal: SealRow, from: Upto, to: Upto, wanted: Buffer, found: Buffer): string {
    const difference = found.length - wanted.length;
    let at = 0;
    while (at < wanted.length && at < found.length && wanted.readUInt32BE(at) === found.readUInt32BE(at)) at += 4;
    let index = 0;
    const unwritten = new UnwrittenNumbers(this.#database, from, to);
    for (const [position, table] of SEALED_TABLE_NAMES.entries()) {
      let previous = from[position] as number;
      for (const row of this.#rows.rows(table, previous, to[position] as number)) {
        const id = row[0] as number;
        const absent = difference < 0 && index * 4 >= at ? unwritten.firstMissing(table, previous, id) : null;
        if (absent !== null) return `${table} ${absent} is missing (seal ${seal.id})`;
        if (index * 4 === at) {
          if (difference === 0) return `${table} ${id} was changed (seal ${seal.id})`;
          if (difference > 0) return `${table} ${id} was put in (seal ${seal.id})`;
        }
        previous = id;
        index += 1;
      }
      const end = (to[position] as number) + 1;
      const absent = difference < 0 && index * 4 >= at ? unwritten.firstMissing(table, previous, end) : null;
      if (absent !== null) return `${table} ${absent} is missing (seal ${seal.id})`;
    }
    return `a row that seal ${seal.id} covers was changed`;
  }

  #checkRest(): void {
    const stray = strayRow(this.#database);
    if (stray !== null) throw new Broken(`${stray} is covered by no seal`);
    const tally = this.#database.prepare(TALLY_DIFFERENCE).get() as { capture: number; host: number } | undefined;
    if (tally !== undefined)
      throw new Broken(`the tally of capture ${tally.capture}, host ${tally.host} does not add up`);
    const findings = hasTable(this.#database, 'repeated_findings') ? FINDINGS : OLDER_FINDINGS;
    const types = this.#database.prepare(findingTallyDifference(findings)).get() as { data_type: string } | undefined;
    if (types !== undefined) throw new Broken(`the tally of ${types.data_type} does not add up`);
    const [stamp] = strayTimeStamps(this.#database);
    if (stamp !== undefined) throw new Broken(`time_stamps ${stamp} is not over the seal that it stands by`);
    // An index that says other than its table hides rows from questions, and quick_check only counts its entries.
    const [found] = this.#database.pragma('integrity_check(1)') as { integrity_check: string }[];
    if (found?.integrity_check !== 'ok') throw new Broken(`the database itself is damaged: ${found?.integrity_check}`);
  }
}

/** Tallies against what they sum up, both ways. */
const TALLY_DIFFERENCE = `
  WITH sums AS (
    SELECT e.capture, e.host, e.recipient, coalesce(e.server, 0), count(*), sum(e.finding_count), sum(coalesce(q.size, 0)), sum(coalesce(r.size, 0)),
      min(e.started_at), max(e.started_at)
    FROM exchanges e LEFT JOIN bodies q ON q.id = e.request_body LEFT JOIN bodies r ON r.id = e.response_body
    GROUP BY 1, 2, 3, 4)
  SELECT capture, host FROM (SELECT * FROM tallies EXCEPT SELECT * FROM sums)
  UNION ALL SELECT capture, host FROM (SELECT * FROM sums EXCEPT SELECT * FROM tallies) LIMIT 1`;

/** As {@link FINDINGS}, in a file that has no `repeated_findings`. */
const OLDER_FINDINGS = 'findings f JOIN exchanges e ON e.id = f.exchange';

const findingTallyDifference = (findings: string) => `
  WITH sums AS (
    SELECT e.capture, e.recipient, s.data_type, count(*) FROM ${findings} JOIN finding_shapes s ON s.id = f.shape GROUP BY 1, 2, 3)
  SELECT data_type FROM (SELECT * FROM finding_tallies EXCEPT SELECT * FROM sums)
  UNION ALL SELECT data_type FROM (SELECT * FROM sums EXCEPT SELECT * FROM finding_tallies) LIMIT 1`;

function schemaOf(database: Connection): ReadonlyMap<string, string> {
  const rows = database
    .prepare(
      "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .raw()
    .all() as [string, string][];
  return new Map(rows);
}
