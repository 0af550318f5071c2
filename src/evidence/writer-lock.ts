import { closeSync, fstatSync, openSync, realpathSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { operatorError } from '../model/errors.ts';
import { explained } from './database.ts';

/**
 * Keeps a second capture out of an evidence file: `FILE-lock` beside it is held with an exclusive SQLite transaction, which the
 * operating system ends with the process, however it dies. Symbolic links lead to one lock; a file with a second name of its own (a
 * hard link) is refused, since SQLite would keep a log for each name.
 *
 * @throws TelltaleError `evidence-locked` when another process (or another writer of this one) holds it, `file-unwritable`.
 */
export class WriterLock {
  readonly #database: Database.Database;
  readonly #file: string;

  private constructor(database: Database.Database, file: string) {
    this.#database = database;
    this.#file = file;
  }

  static take(path: string): WriterLock {
    const real = explained(path, () => realPath(path));
    const found = statSync(real, { throwIfNoEntry: false });
    if (found?.isFile() && found.nlink > 1)
      throw operatorError('file-unwritable', { path, reason: 'it has a second name (a hard link)' });
    const file = `${real}-lock`;
    for (;;) {
      const inode = explained(path, () => inodeOf(file));
      const database = new Database(file, { timeout: 0 });
      try {
        database.pragma('journal_mode = MEMORY');
        database.exec('BEGIN EXCLUSIVE');
      } catch (error) {
        database.close();
        throw operatorError('evidence-locked', { path }, { cause: error });
      }
      // The holder before us may have deleted the file between our opening and locking it: then our lock keeps nobody out.
      if (statSync(file, { throwIfNoEntry: false })?.ino === inode) return new WriterLock(database, file);
      database.close();
    }
  }

  release(): void {
    rmSync(this.#file, { force: true });
    this.#database.close();
  }
}

/** Where the file is, or will be made. */
function realPath(path: string): string {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return realpathSync(path);
  const folder = dirname(resolve(path));
  const exists = statSync(folder, { throwIfNoEntry: false }) !== undefined;
  return join(exists ? realpathSync(folder) : folder, basename(path));
}

/** Closed again before SQLite locks the file: closing any descriptor of a file gives up all of the process's locks on it. */
function inodeOf(file: string): number {
  const descriptor = openSync(file, 'a', 0o600);
  try {
    return fstatSync(descriptor).ino;
  } finally {
    closeSync(descriptor);
  }
}
