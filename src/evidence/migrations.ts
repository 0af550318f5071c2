import { readdirSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { operatorError } from '../model/errors.ts';
import type { Connection } from './database.ts';

/** `PRAGMA application_id` of evidence files: "TELL". */
const APPLICATION_ID = 0x54454c4c;

const folder = new URL('./migrations/', import.meta.url);

/** The numbered SQL files, in order; the file `0003-….sql` takes a file of version 2 to version 3. Never edited once released. */
export function migrations(): readonly { readonly version: number; readonly sql: string }[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}-.+\.sql$/.test(name))
    .sort()
    .map((name) => ({ version: Number(name.slice(0, 4)), sql: readFileSync(new URL(name, folder), 'utf8') }));
}

/**
 * Brings a new or older file to the newest schema, each step in a transaction of its own.
 * @throws TelltaleError `evidence-upgrade` when a step does not fit the file, which somebody changed; others as SQLite has them.
 */
export function migrate(database: Connection, path: string): void {
  const steps = migrations();
  if (!isEmpty(database)) requireEvidence(database, path, steps.length);
  for (const { version, sql } of steps) {
    const step = database.transaction(() => {
      // Another process may have taken this step while we waited for the lock.
      if (versionOf(database) >= version) return;
      database.exec(sql);
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${version}`);
    });
    const found = versionOf(database);
    if (found >= version) continue;
    try {
      step.immediate();
    } catch (error) {
      if (!(error instanceof Database.SqliteError) || !/^SQLITE_(?:ERROR|CONSTRAINT)/.test(error.code)) throw error;
      const reason = error.message;
      throw operatorError('evidence-upgrade', { path, found, wanted: version, reason }, { cause: error });
    }
  }
}

/** Refuses what is no evidence file, or one whose schema this telltale does not know. @returns whether it is of an older schema. */
export function isOlder(database: Connection, path: string): boolean {
  const known = migrations().length;
  requireEvidence(database, path, known);
  return versionOf(database) < known;
}

/** What a file of the same version has from the start. */
export function freshOfVersionOf(database: Connection): Connection {
  const fresh = new Database(':memory:');
  for (const { sql } of migrations().slice(0, versionOf(database))) fresh.exec(sql);
  return fresh;
}

/**
 * Refuses a file whose tables lack columns that its number promises: an unreleased telltale made it, or somebody changed it.
 * What was added or differs otherwise can be read all the same; `telltale verify` names it.
 */
export function requireColumns(database: Connection, path: string): void {
  const found = new Set(columnsOf(database));
  promised ??= promisedColumns();
  const missing = promised.find((column) => !found.has(column));
  if (missing !== undefined) throw operatorError('evidence-schema', { path, version: versionOf(database), missing });
}

let promised: readonly string[] | undefined;

function promisedColumns(): readonly string[] {
  const fresh = new Database(':memory:');
  migrate(fresh, ':memory:');
  const columns = columnsOf(fresh);
  fresh.close();
  return columns;
}

/** `table.column` of every table and view. */
function columnsOf(database: Connection): string[] {
  const sql = `SELECT m.name || '.' || c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type IN ('table', 'view')`;
  return database.prepare(sql).pluck().all() as string[];
}

function requireEvidence(database: Connection, path: string, known: number): void {
  if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID)
    throw operatorError('evidence-invalid', { path, reason: 'it is a database of something else, or empty' });
  const found = versionOf(database);
  if (found > known) throw operatorError('evidence-newer', { path, found, known });
}

function isEmpty(database: Connection): boolean {
  return database.pragma('schema_version', { simple: true }) === 0;
}

function versionOf(database: Connection): number {
  return database.pragma('user_version', { simple: true }) as number;
}
