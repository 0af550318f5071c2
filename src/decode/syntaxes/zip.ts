import { bufferOf } from '../characters.ts';

/** One file of an archive; the span is that of its packed bytes. */
export interface ZipEntry {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly method: 'stored' | 'deflate' | 'unknown';
}

const LOCAL_HEAD = 0x04034b50;
const LOCAL_HEAD_BYTES = 30;
const CENTRAL_HEAD = 0x02014b50;
const CENTRAL_HEAD_BYTES = 46;
const END_RECORD = Buffer.from([0x50, 0x4b, 0x05, 0x06]);
const END_RECORD_BYTES = 22;
const COMMENT_BYTES_MAX = 65_535;
const NAME_LENGTH_MAX = 200;

/**
 * Lists the files of a ZIP archive from its directory, or from the heads before each file where the directory is cut off.
 * Sizes and places that point outside the archive are left out, and encrypted files have an unknown method.
 */
export function readZip(bytes: Uint8Array, entriesMax: number): readonly ZipEntry[] {
  const archive = bufferOf(bytes);
  const directory = directoryStart(archive);
  return directory === -1 ? fromLocalHeads(archive, entriesMax) : fromDirectory(archive, directory, entriesMax);
}

function directoryStart(archive: Buffer): number {
  const from = Math.max(0, archive.length - END_RECORD_BYTES - COMMENT_BYTES_MAX);
  const at = archive.lastIndexOf(END_RECORD);
  if (at < from || at + END_RECORD_BYTES > archive.length) return -1;
  const start = archive.readUInt32LE(at + 16);
  return start + CENTRAL_HEAD_BYTES <= archive.length && archive.readUInt32LE(start) === CENTRAL_HEAD ? start : -1;
}

function fromDirectory(archive: Buffer, directory: number, entriesMax: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = directory;
  while (entries.length < entriesMax && at + CENTRAL_HEAD_BYTES <= archive.length) {
    if (archive.readUInt32LE(at) !== CENTRAL_HEAD) break;
    const local = localHead(archive, archive.readUInt32LE(at + 42), archive.readUInt32LE(at + 20));
    if (local !== null) entries.push(local);
    at +=
      CENTRAL_HEAD_BYTES +
      archive.readUInt16LE(at + 28) +
      archive.readUInt16LE(at + 30) +
      archive.readUInt16LE(at + 32);
  }
  return entries;
}

function fromLocalHeads(archive: Buffer, entriesMax: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (entries.length < entriesMax && at !== -1) {
    const size = at + LOCAL_HEAD_BYTES <= archive.length ? archive.readUInt32LE(at + 18) : 0;
    // A size of 0 is written when the sender did not know it yet: the data reaches to the next head.
    const next = archive.indexOf('PK\x03\x04', at + LOCAL_HEAD_BYTES + size, 'latin1');
    const entry = localHead(archive, at, size > 0 ? size : (next === -1 ? archive.length : next) - at);
    if (entry !== null) entries.push(entry);
    at = next;
  }
  return entries;
}

function localHead(archive: Buffer, at: number, size: number): ZipEntry | null {
  if (at + LOCAL_HEAD_BYTES > archive.length || archive.readUInt32LE(at) !== LOCAL_HEAD) return null;
  const nameStart = at + LOCAL_HEAD_BYTES;
  const nameEnd = nameStart + archive.readUInt16LE(at + 26);
  const start = nameEnd + archive.readUInt16LE(at + 28);
  if (start > archive.length) return null;
  const encrypted = (archive.readUInt16LE(at + 6) & 1) !== 0;
  const code = archive.readUInt16LE(at + 8);
  return {
    name: archive.toString('utf8', nameStart, Math.min(nameEnd, nameStart + NAME_LENGTH_MAX)),
    start,
    end: Math.min(start + size, archive.length),
    method: encrypted ? 'unknown' : code === 8 ? 'deflate' : code === 0 ? 'stored' : 'unknown',
  };
}
