import { existsSync } from 'node:fs';
import { operatorError } from '../model/errors.ts';
import type { Mark, MarkKind } from '../model/mark.ts';
import { type Connection, closeBeside, explained, openForReading, openForWriting } from './database.ts';
import type { Row } from './sealing.ts';
import { type SigningKey, signingKeyAt, signingKeyPath } from './signing-key.ts';
import { appendSealed, requireSealed, requireSigner } from './standing.ts';
import { wellFormedOrNull } from './well-formed.ts';

export interface NewMark {
  readonly kind: MarkKind;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly note: string | null;
}

/**
 * Sets a mark in a capture (null: the latest), also while a proxy in another process writes the same file: the mark gets a seal of
 * its own in one short transaction, and the proxy's next seal follows it.
 *
 * @param options.now when the seal is made, in milliseconds since 1970; without it, the moment of the mark.
 * @returns the name of the capture.
 * @throws TelltaleError `evidence-missing`, `capture-unknown`, and whatever opening the file for writing throws.
 */
export function addMarkTo(
  path: string,
  capture: string | null,
  kind: MarkKind,
  at: number,
  note: string | null,
  options: { readonly keyPath?: string; readonly now?: number } = {},
): string {
  if (!existsSync(path)) throw operatorError('evidence-missing', { path });
  const database = openForWriting(path);
  try {
    const found = captureNamed(database, path, capture);
    const signer = signingKeyAt(options.keyPath ?? signingKeyPath(path));
    explained(path, () => appendMark(database, signer, found.id, { kind, at, note }, options.now ?? at, path));
    return found.name;
  } finally {
    closeBeside(database);
  }
}

/** Adds a mark and its seal in a transaction of their own. @returns the mark's row. */
export function appendMark(
  database: Connection,
  signer: SigningKey,
  capture: number,
  mark: NewMark,
  now: number,
  path?: string,
): number {
  const append = database.transaction((): number => {
    if (path !== undefined) requireSealed(database, path);
    const key = requireSigner(database, signer, now);
    const row: Row = [capture, mark.kind, Math.round(mark.at), wellFormedOrNull(mark.note)];
    return appendSealed(database, signer, key, capture, now, { marks: [row] }).marks?.[0] as number;
  });
  return append.immediate();
}

/** @throws TelltaleError `capture-unknown`, or `capture-none` where there is not one. */
export function captureNamed(
  database: Connection,
  path: string,
  name: string | null,
): { readonly id: number; readonly name: string } {
  const found = (
    name === null
      ? database.prepare('SELECT id, name FROM captures ORDER BY id DESC LIMIT 1').get()
      : database.prepare('SELECT id, name FROM captures WHERE name = ?').get(name)
  ) as { id: number; name: string } | undefined;
  if (found !== undefined) return found;
  const known = database.prepare('SELECT name FROM captures ORDER BY id DESC LIMIT 20').pluck().all() as string[];
  if (known.length === 0 || name === null) throw operatorError('capture-none', { path });
  throw operatorError('capture-unknown', { path, capture: name, known: known.join(', ') });
}

/**
 * The marks of a capture (null: the latest), with those that were withdrawn.
 * @throws TelltaleError `evidence-missing`, `capture-unknown`.
 */
export function marksIn(
  path: string,
  capture: string | null,
): { readonly capture: string; readonly marks: readonly Mark[] } {
  const database = openForReading(path);
  try {
    const { id, name } = captureNamed(database, path, capture);
    return { capture: name, marks: marksOf(database, id) };
  } finally {
    database.close();
  }
}

/** The marks of a capture, in the order of their times. */
export function marksOf(database: Connection, capture: number): readonly Mark[] {
  return database
    .prepare('SELECT id, kind, at, note FROM marks WHERE capture = ? ORDER BY at, id')
    .all(capture) as Mark[];
}
