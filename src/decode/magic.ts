import { bufferOf } from './characters.ts';

/** Compressed forms that announce themselves in their first bytes and that we open. */
export type Magic = 'gzip' | 'zlib' | 'zstd' | 'zip';

/** What the first bytes announce; null when they announce nothing we open. */
export function magicOf(bytes: Uint8Array): Magic | null {
  const a = bytes[0];
  const b = bytes[1];
  if (a === undefined || b === undefined || bytes.length < 7) return null;
  if (a === 0x1f && b === 0x8b && bytes[2] === 0x08) return 'gzip';
  if (a === 0x28 && b === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd) return 'zstd';
  if (a === 0x50 && b === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04) return 'zip';
  // RFC 1950: method 8, window up to 32 KiB, header divisible by 31, no preset dictionary.
  if ((a & 0x0f) === 8 && a >> 4 <= 7 && ((a << 8) | b) % 31 === 0 && (b & 0x20) === 0) return 'zlib';
  return null;
}

/** Kinds of files that are no message of an SDK but what it was made to carry. `archive` may hold anything, and we do not open it. */
export type FileKind = 'media' | 'font' | 'document' | 'program' | 'archive';

const SIGNATURES: readonly (readonly [kind: FileKind, offset: number, magic: string])[] = [
  ['media', 0, '\x89PNG\r\n\x1a\n'],
  ['media', 0, '\xff\xd8\xff'],
  ['media', 0, 'GIF87a'],
  ['media', 0, 'GIF89a'],
  ['media', 8, 'WEBP'],
  ['media', 8, 'WAVE'],
  ['media', 8, 'AVI '],
  ['media', 4, 'ftyp'],
  ['media', 4, 'styp'],
  ['media', 4, 'moof'],
  ['media', 4, 'moov'],
  ['media', 4, 'sidx'],
  ['media', 0, 'OggS'],
  ['media', 0, 'fLaC'],
  ['media', 0, 'ID3'],
  ['media', 0, 'FLV\x01'],
  ['media', 0, '#!AMR'],
  ['media', 0, '#!SILK'],
  ['media', 0, '\x1aE\xdf\xa3'],
  ['media', 0, '\x00\x00\x01\x00'],
  ['media', 0, 'II*\x00'],
  ['media', 0, 'MM\x00*'],
  ['font', 0, 'wOFF'],
  ['font', 0, 'wOF2'],
  ['font', 0, 'OTTO'],
  ['font', 0, '\x00\x01\x00\x00\x00'],
  ['document', 0, '%PDF-'],
  ['document', 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['document', 0, 'SQLite format 3\x00'],
  ['program', 0, 'dex\n03'],
  ['program', 0, '\x7fELF'],
  ['program', 0, '\x00asm'],
  ['program', 0, '\xca\xfe\xba\xbe'],
  ['archive', 0, "7z\xbc\xaf'\x1c"],
  ['archive', 0, 'Rar!\x1a\x07'],
  ['archive', 0, '\xfd7zXZ\x00'],
  ['archive', 0, 'BZh'],
  ['archive', 0, '\x04"M\x18'],
];

/** The kind of file that the first bytes announce; null for anything else. */
export function fileKindOf(bytes: Uint8Array): FileKind | null {
  if (bytes.length < 12) return null;
  const head = bufferOf(bytes).toString('latin1', 0, 16);
  const found = SIGNATURES.find(([, offset, magic]) => head.startsWith(magic, offset));
  return found?.[0] ?? null;
}
