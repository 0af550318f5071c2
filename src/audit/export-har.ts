import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { EvidenceReader } from '../evidence/evidence-reader.ts';
import type { EvidenceSecret } from '../evidence/protection.ts';
import { unwritableFile } from '../model/errors.ts';
import { harPieces } from '../report/har.ts';

export interface HarRequest {
  readonly db: string;
  /** Null: the latest. */
  readonly capture: string | null;
  readonly secret: EvidenceSecret | null;
}

/** A capture as the pieces of a HAR file. */
export function* exportHar({ db, capture, secret }: HarRequest, version: string): Generator<string> {
  const reader = EvidenceReader.open(db, { secret });
  try {
    const stored = reader.capture(capture);
    yield* harPieces({
      tool: { name: 'telltale', version },
      capture: stored,
      exchanges: reader.exchanges({ capture: stored.name, limit: null }),
      messagesOf: (exchange) => reader.messagesOf(exchange),
      bodyPieces: (sha256) => reader.bodyPieces(sha256),
    });
  } finally {
    reader.close();
  }
}

/** Writes pieces beside the file's name first, so that a reader never meets half of it. Evidence is for its owner alone. */
export function writePieces(path: string, pieces: Iterable<string>, mode = 0o600): void {
  const draft = `${path}.${process.pid}.part`;
  let descriptor: number | null = null;
  try {
    for (const piece of joined(pieces)) {
      descriptor ??= openDraft(draft, path, mode);
      writeAll(descriptor, Buffer.from(piece), path);
    }
    if (descriptor !== null) closeSync(descriptor);
    descriptor = null;
    publish(draft, path);
  } finally {
    if (descriptor !== null) closeSync(descriptor);
    rmSync(draft, { force: true });
  }
}

function publish(draft: string, path: string): void {
  try {
    renameSync(draft, path);
  } catch (error) {
    throw unwritableFile(path, error);
  }
}

/** Small pieces together, so that the disk is asked once for 256 KB. */
function* joined(pieces: Iterable<string>): Generator<string> {
  let parts: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    parts.push(piece);
    length += piece.length;
    if (length < 262_144) continue;
    yield parts.join('');
    parts = [];
    length = 0;
  }
  yield parts.join('');
}

function openDraft(draft: string, path: string, mode: number): number {
  try {
    return openSync(draft, 'w', mode);
  } catch (error) {
    throw unwritableFile(path, error);
  }
}

function writeAll(descriptor: number, bytes: Uint8Array, path: string): void {
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
  } catch (error) {
    throw unwritableFile(path, error);
  }
}
