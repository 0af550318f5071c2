import { closeSync, openSync, readSync } from 'node:fs';
import { decodeBody } from '../decode/decode-body.ts';
import { compileDetector, type Detector } from '../detect/detector.ts';
import { profileNotices } from '../detect/profile-notices.ts';
import { readDeviceProfile } from '../device/profile.ts';
import { unreadableFile } from '../model/errors.ts';
import type { Detection } from '../model/finding.ts';
import type { Gap } from '../model/gaps.ts';
import type { AuditLimits } from '../model/limits.ts';
import { loadTaxonomy } from '../signatures/data-types.ts';
import { openQuestions } from './open-questions.ts';

/** What one file holds of the device's identifiers, and where it could not be looked into. */
export interface ScannedFile {
  readonly file: string;
  readonly detections: readonly Detection[];
  readonly gaps: readonly Gap[];
}

export interface ScanOptions {
  /** Path of the device profile. */
  readonly device: string;
  readonly app: string | null;
  /** Tell also what is no known value: forms under telling names. */
  readonly forms: boolean;
  readonly limits: AuditLimits;
  /** The user's own folder, whose data types count too; null: none. */
  readonly signatureFolder: string | null;
}

/**
 * Looks for a device's identifiers in files of any kind and size, one after the other. Each is treated as a body whose type
 * nobody named.
 *
 * @param notice is told what the operator should know about the profile.
 * @throws TelltaleError for a profile or a file that cannot be read.
 */
export function* scanFiles(
  files: readonly string[],
  options: ScanOptions,
  notice: (sentence: string) => void,
): Generator<ScannedFile> {
  const taxonomy = loadTaxonomy({ extraFolder: options.signatureFolder });
  const profile = readDeviceProfile(options.device, new Set(taxonomy.keys()));
  for (const sentence of profileNotices(profile)) notice(sentence);
  const detector = compileDetector(profile, { app: options.app, taxonomy, limits: options.limits });
  for (const file of files) {
    const scanned = scanFile(file, detector, options.limits);
    const detections = scanned.detections.filter(({ match }) => options.forms || match === 'known-value');
    yield { ...scanned, detections };
  }
}

const ABOUT = { direction: 'request', place: 'body' } as const;

function scanFile(file: string, detector: Detector, limits: AuditLimits): ScannedFile {
  const reader = openFile(file);
  try {
    const first = readUpTo(reader, limits.decodedInputBytesMax, file);
    const more = readUpTo(reader, READ_BYTES, file);
    const description = { contentType: null, contentEncodings: [], whole: more.length === 0, codec: null, head: null };
    const decoded = decodeBody(first, description, limits);
    const { detections, gaps } = detector.detectBody(decoded, { ...ABOUT, message: null });
    if (more.length === 0) return { file, detections, gaps: openQuestions([...decoded.gaps, ...gaps], detections) };
    const rest = searchRest(reader, first, more, detector, file);
    const cut: Gap = {
      kind: 'limit-body-bytes',
      at: [],
      bytesUnread: rest.bytes,
      detail: `decoded the first ${first.length} bytes; searched the rest as it stands`,
    };
    return {
      file,
      detections: [...detections, ...rest.detections],
      gaps: [...decoded.gaps, ...gaps, ...rest.gaps, cut],
    };
  } finally {
    closeSync(reader);
  }
}

const READ_BYTES = 1024 * 1024;

/** Enough of the decoded part that a value across the border is found whole. */
const OVERLAP_BYTES = 64 * 1024;

function searchRest(
  reader: number,
  first: Uint8Array,
  more: Uint8Array,
  detector: Detector,
  file: string,
): { detections: Detection[]; gaps: readonly Gap[]; bytes: number } {
  const overlap = first.subarray(Math.max(0, first.length - OVERLAP_BYTES));
  const origin = first.length - overlap.length;
  const stream = detector.openStream(ABOUT);
  const detections: Detection[] = [];
  let bytes = 0;
  const keep = (found: readonly Detection[]) => {
    for (const detection of found) {
      const offset = detection.offset + origin;
      if (offset + detection.length > first.length) detections.push({ ...detection, offset });
    }
  };
  keep(stream.write(overlap));
  for (let chunk = more; chunk.length > 0; chunk = readUpTo(reader, READ_BYTES, file)) {
    keep(stream.write(chunk));
    bytes += chunk.length;
  }
  keep(stream.end());
  return { detections, gaps: stream.gaps(), bytes };
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw unreadableFile(path, error);
  }
}

function readUpTo(reader: number, bytesMax: number, path: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  let left = bytesMax;
  try {
    while (left > 0) {
      const chunk = Buffer.allocUnsafe(Math.min(left, READ_BYTES));
      const size = readSync(reader, chunk, 0, chunk.length, null);
      if (size === 0) break;
      chunks.push(chunk.subarray(0, size));
      left -= size;
    }
  } catch (error) {
    throw unreadableFile(path, error);
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
}
