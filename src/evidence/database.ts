import { chmodSync, closeSync, existsSync, openSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { operatorError, TelltaleError } from '../model/errors.ts';
import { isOlder, migrate, requireColumns } from './migrations.ts';

export type Connection = Database.Database;
export type Statement = Database.Statement<unknown[]>;

/** Another process may hold the file for the length of one batch or of a checkpoint; longer than this is an error. */
const BUSY_MS_MAX = 15_000;

/**
 * Opens an evidence file for writing; makes it, readable by its owner only, when there is none.
 *
 * `synchronous = FULL`: a seal that was reported as written must outlive a power cut, and with a few commits a second the cost of
 * an fsync each is small. (A kill of the process alone loses nothing that was committed, whatever the setting.)
 *
 * @throws TelltaleError `evidence-invalid`, `evidence-newer`, `evidence-schema`, `evidence-upgrade`, `evidence-locked`,
 * `file-unwritable`.
 */
export function openForWriting(path: string, busyMs = BUSY_MS_MAX): Connection {
  const file = resolve(path);
  return explained(path, () => {
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
    const mode = statSync(file).mode & 0o777;
    // Who took away the right to write has finished the file: that is not undone.
    if ((mode & 0o200) === 0) throw operatorError('file-unwritable', { path, reason: 'it is marked read-only' });
    if ((mode & 0o077) !== 0) chmodSync(file, mode & 0o700);
    const database = new Database(file, { timeout: busyMs });
    try {
      database.pragma('page_size = 8192');
      migrate(database, path);
      requireColumns(database, path);
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = FULL');
      database.pragma('wal_autocheckpoint = 4000');
      // More would be memory of the proxy's for rows that are hardly ever looked at again (64 MB: 50 MB more resident, no faster).
      database.pragma('cache_size = -16000');
      // References come from the writer's own tables of ids; checking each again took a fifth of its time.
      database.pragma('foreign_keys = OFF');
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/**
 * Opens an evidence file for reading only; a proxy may be writing it. A file of an older schema is brought to the newest first.
 *
 * @throws TelltaleError `evidence-missing`, `evidence-invalid`, `evidence-newer`, `evidence-schema`; `file-unwritable` when an older
 * file cannot be brought up.
 */
export function openForReading(path: string): Connection {
  const database = openForVerifying(path);
  try {
    if (isOlder(database, path)) {
      database.close();
      const upgraded = openForWriting(path);
      tidy(upgraded);
      upgraded.close();
      return openForReading(path);
    }
    requireColumns(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens a file as it is, whatever became of its tables and however old its schema: to tell what was changed about them. */
export function openForVerifying(path: string): Connection {
  const file = resolve(path);
  mustBeThere(file, path);
  return explained(path, () => {
    const database = openReadOnly(file);
    try {
      isOlder(database, path);
      database.pragma('cache_size = -64000');
      database.pragma('mmap_size = 1073741824');
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** SQLite only says that the disk fails when it is given a folder. */
function mustBeThere(file: string, path: string): void {
  const there = statSync(file, { throwIfNoEntry: false });
  if (there === undefined) throw operatorError('evidence-missing', { path });
  if (there.isDirectory()) throw operatorError('evidence-invalid', { path, reason: 'it is a folder' });
}

function openReadOnly(file: string): Connection {
  const database = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_MS_MAX });
  try {
    database.pragma('schema_version');
    return database;
  } catch (error) {
    database.close();
    if (!(error instanceof Database.SqliteError) || !/READONLY|CANTOPEN/.test(error.code)) throw error;
    // The files that WAL needs beside the database cannot be made on read-only media. Finished files are in WAL mode no more.
    throw operatorError('file-unreadable', { path: file, reason: UNFINISHED }, { cause: error });
  }
}

const UNFINISHED =
  'it was not finished, and its folder cannot be written; copy it, with the -wal file beside it, to one that can';

/** Bytes that the file may grow to; null: as many as the disk takes. */
export function limitSize(database: Connection, maxBytes: number | null): void {
  if (maxBytes === null) return;
  const pageSize = database.pragma('page_size', { simple: true }) as number;
  database.pragma(`max_page_count = ${Math.max(1, Math.floor(maxBytes / pageSize))}`);
}

/** A finished file needs no `-wal` beside it and can be copied as it is. While others read, it stays in WAL mode. */
export function leaveWal(database: Connection): void {
  database.pragma('wal_checkpoint(TRUNCATE)');
  dropLog(database);
}

/** Closes a file that a capture may be writing, without waiting for it. */
export function closeBeside(database: Connection): void {
  dropLog(database);
  database.close();
}

function dropLog(database: Connection): void {
  database.pragma('busy_timeout = 200');
  try {
    database.pragma('journal_mode = DELETE');
  } catch {
    // Somebody else has it open.
  }
}

/** Statistics for the query planner, and one file in place of three: worth having, and nothing to fail for. */
export function tidy(database: Connection): void {
  try {
    database.pragma('optimize');
    leaveWal(database);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
  }
}

/** Runs what touches the file; SQLite's and the system's errors come out as what an operator can mend. */
export function explained<Result>(path: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw explain(path, error);
  }
}

function explain(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TelltaleError) return error;
  const code = String((error as { code?: unknown }).code ?? '');
  const cause = { cause: error };
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    return operatorError('file-unwritable', { path, reason: 'it is a folder' }, cause);
  if (/^SQLITE_(NOTADB|CORRUPT|FORMAT)/.test(code))
    return operatorError('evidence-invalid', { path, reason: error.message }, cause);
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return operatorError('evidence-locked', { path }, cause);
  if (/^SQLITE_FULL/.test(code) || code === 'ENOSPC')
    return operatorError('evidence-full', { path, reason: 'the disk or its quota is full' }, cause);
  if (code === 'ENOENT') return operatorError('file-unwritable', { path, reason: 'its folder does not exist' }, cause);
  if (/^SQLITE_(READONLY|CANTOPEN|IOERR|PERM|AUTH)/.test(code) || /^E[A-Z]+$/.test(code))
    return operatorError('file-unwritable', { path, reason: error.message }, cause);
  if (error instanceof TypeError && /directory does not exist/.test(error.message))
    return operatorError('file-unwritable', { path, reason: 'its folder does not exist' }, cause);
  return error;
}
