/** Compressed forms that announce themselves in their first bytes and that we open. */
export type Magic = 'gzip' | 'zlib' | 'zstd' | 'zip';

/**
 * Whether text, also in UTF-16, a compressed form or a file that we know can start with three bytes, given as one number. Rules out
 * most digests and words before they are decoded.
 */
export function canStart(threeBytes: number): boolean {
  const [first, second, third] = [threeBytes >> 16, (threeBytes >> 8) & 0xff, threeBytes & 0xff];
  if (isKnownStart(threeBytes >> 8)) return true;
  if (second === 0) return canBeText(first) && canBeText(third);
  return (canBeText(first) || first === 0) && canBeText(second) && (first === 0 ? third === 0 : canBeText(third));
}

/** Whether a compressed form or a file that we know starts with two bytes, given as one number. */
export function isKnownStart(twoBytes: number): boolean {
  return KNOWN_STARTS[twoBytes] === 1;
}

/** Whether UTF-8 text has such bytes. */
export function canBeText(byte: number): boolean {
  return STARTS_TEXT[byte] === 1;
}

/** 1 for the bytes of which UTF-8 text is made. */
const STARTS_TEXT = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d || (byte >= 0x80 && byte < 0xf5)
    ? 1
    : 0,
);

/** What the first bytes announce; null when they announce nothing we open. */
export function magicOf(bytes: Uint8Array): Magic | null {
  const a = bytes[0];
  const b = bytes[1];
  if (a === undefined || b === undefined || bytes.length < 7) return null;
  if (a === 0x1f && b === 0x8b && bytes[2] === 0x08) return 'gzip';
  if (a === 0x28 && b === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd) return 'zstd';
  if (a === 0x50 && b === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04) return 'zip';
  return isZlibHead((a << 8) | b) ? 'zlib' : null;
}

/** RFC 1950: method 8, window up to 32 KiB, header divisible by 31, no preset dictionary. */
function isZlibHead(head: number): boolean {
  return ((head >> 8) & 0x0f) === 8 && head >> 12 <= 7 && head % 31 === 0 && (head & 0x20) === 0;
}

/** Kinds of files that are no message of an SDK but what it was made to carry. `archive` may hold anything, and we do not open it. */
export type FileKind = 'media' | 'font' | 'document' | 'program' | 'archive';

interface FileMark {
  readonly kind: FileKind;
  readonly offset: number;
  readonly magic: Uint8Array;
}

const MARKS: readonly (readonly [kind: FileKind, offset: number, magic: string])[] = [
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

const FILE_MARKS: readonly FileMark[] = MARKS.map(([kind, offset, magic]) => ({
  kind,
  offset,
  magic: Buffer.from(magic, 'latin1'),
}));

/** The marks that stand at the very beginning, by their first two bytes. */
const FIRST_MARKS = new Map<number, FileMark[]>();
for (const mark of FILE_MARKS.filter(({ offset }) => offset === 0)) {
  const two = ((mark.magic[0] as number) << 8) | (mark.magic[1] as number);
  FIRST_MARKS.set(two, [...(FIRST_MARKS.get(two) ?? []), mark]);
}

/** Those further in, as RIFF and MP4 have them. */
const LATE_MARKS = FILE_MARKS.filter(({ offset }) => offset > 0);

/** 1 for the two bytes with which the compressed forms, and the files that announce themselves at once, begin. */
const KNOWN_STARTS = Uint8Array.from({ length: 65_536 }, (_, two) =>
  two === 0x1f8b || two === 0x28b5 || two === 0x504b || isZlibHead(two) || FIRST_MARKS.has(two) ? 1 : 0,
);

/** The kind of file that the first bytes announce; null for anything else. */
export function fileKindOf(bytes: Uint8Array): FileKind | null {
  if (bytes.length < 12) return null;
  const two = ((bytes[0] as number) << 8) | (bytes[1] as number);
  const first = KNOWN_STARTS[two] === 1 ? FIRST_MARKS.get(two)?.find((mark) => stands(mark, bytes)) : undefined;
  if (first !== undefined) return first.kind;
  for (const mark of LATE_MARKS) {
    if (bytes[mark.offset] === mark.magic[0] && stands(mark, bytes)) return mark.kind;
  }
  return null;
}

function stands({ offset, magic }: FileMark, bytes: Uint8Array): boolean {
  return magic.every((byte, at) => bytes[offset + at] === byte);
}
