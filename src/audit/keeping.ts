import { closeSync, openSync, readSync } from 'node:fs';
import { exportBundle, importBundle } from '../evidence/bundle.ts';
import type { EvidenceSecret } from '../evidence/protection.ts';
import { pruneEvidence } from '../evidence/prune.ts';
import { unreadableFile } from '../model/errors.ts';

export interface PruneRequest {
  readonly db: string;
  readonly captures: readonly string[];
  /** Captures that ended longer ago; null: none by age. */
  readonly olderThanMs: number | null;
  readonly reason: string;
  readonly secret: EvidenceSecret | null;
}

/** @returns the names of the captures that were taken away. */
export function prune({ db, olderThanMs, ...request }: PruneRequest): readonly string[] {
  const now = Date.now();
  return pruneEvidence(db, { ...request, olderThan: olderThanMs === null ? null : now - olderThanMs, now });
}

/** @returns the name of the capture that was exported. */
export function exportCapture(
  db: string,
  capture: string | null,
  output: string,
  secret: EvidenceSecret | null,
): string {
  return exportBundle(db, capture, output, Date.now(), { secret });
}

/** Whether a file is an evidence file (and so can be a bundle), and not a recording of another tool. */
export function isBundle(path: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw unreadableFile(path, error);
  }
  try {
    const start = Buffer.alloc(16);
    readSync(descriptor, start, 0, 16, 0);
    return start.toString('latin1') === 'SQLite format 3\0';
  } catch (error) {
    throw unreadableFile(path, error);
  } finally {
    closeSync(descriptor);
  }
}

/** @returns the names that the captures have in the file. */
export function importCaptures(bundle: string, db: string, name: string | null): readonly string[] {
  return importBundle(bundle, db, { name });
}
