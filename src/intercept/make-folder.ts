import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { unwritableFile } from '../model/errors.ts';

/**
 * Makes a folder, and those above it, unless it is there.
 *
 * Not with mkdir's `recursive`: below /proc, where nothing can be made and "no such file" is said of it, Node (20) tries for ever.
 *
 * @throws TelltaleError `file-unwritable`.
 */
export function makeFolder(path: string): void {
  const folder = resolve(path);
  const above = dirname(folder);
  if (existsSync(folder)) return;
  if (above !== folder) makeFolder(above);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have come first.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unwritableFile(path, error);
  }
}
