import { createHmac } from 'node:crypto';
import { crc32, DIGESTS, type Digest, DOUBLE_DIGESTS, digestNamed, javaHash } from './digest.ts';
import type { KnownValue } from './known-value.ts';
import { murmur3x32 } from './murmur3.ts';
import type { PatternBook } from './pattern-book.ts';
import type { Spelling } from './spelling.ts';
import {
  base32Surfaces,
  base64Surfaces,
  hexSurfaces,
  reversedSurfaces,
  type Surface,
  unicodeEscapeSurfaces,
  utf16Surfaces,
} from './surface.ts';

/** Salts known from public code: Baidu's CUID family, and the tracker of Leaky Forms. */
const KNOWN_SALTS = ['com.baidu', 'com.helios', 'QX4QkKEU'];

/** Everything that is made of one spelling by hashing. */
export function addDerivedPatterns(
  book: PatternBook,
  value: KnownValue,
  spelling: Spelling,
  salts: readonly string[],
): void {
  const { bytes } = spelling;
  for (const digest of DIGESTS) {
    const raw = digest.of(bytes);
    if (digest.common) addEverySurface(book, value, digest.name, raw, digest.bits);
    else addUsualSurfaces(book, [value], digest.name, raw, digest.bits);
    if (digest.name === 'md5') addMd5Forms(book, value, raw);
  }
  addChecksums(book, value, spelling);
  const add = spelling.common ? addUsualSurfaces : addPlainSurfaces;
  for (const [outer, inner] of DOUBLE_DIGESTS) {
    addDouble(book, value, digestNamed(outer), digestNamed(inner), bytes, add);
  }
  for (const salt of new Set([...KNOWN_SALTS, ...salts])) addSalted(book, value, bytes, Buffer.from(salt, 'utf8'), add);
}

/** Digests of an IMEISV: the 14 digits of an IMEI with a software version behind them, which nobody knows but the phone. */
export function addSoftwareVersions(book: PatternBook, value: KnownValue, body: string): void {
  for (let version = 0; version < 100; version++) {
    const bytes = Buffer.from(body + String(version).padStart(2, '0'), 'latin1');
    for (const digest of DIGESTS) {
      const raw = digest.of(bytes);
      const add = digest.common ? addUsualSurfaces : addPlainSurfaces;
      add(book, [value], digest.name, raw, digest.bits);
      if (digest.name === 'md5') addMd5Forms(book, value, raw);
    }
  }
}

/** Hex of either case, base64 at every alignment, and the bytes themselves. */
export function addUsualSurfaces(
  book: PatternBook,
  values: readonly KnownValue[],
  name: string,
  raw: Uint8Array,
  bits: number,
): void {
  addWritten(book, values, name, raw, bits, base64Surfaces(raw));
  const facts = { valueBytes: raw.length, bits, token: 'bytes' } as const;
  book.add(values, [asTheyAre(raw)], { ...facts, transform: `${name}-raw` });
}

/** Hex of either case, and base64 that stands by itself. */
function addPlainSurfaces(
  book: PatternBook,
  values: readonly KnownValue[],
  name: string,
  raw: Uint8Array,
  bits: number,
): void {
  addWritten(book, values, name, raw, bits, base64Surfaces(raw, 1));
}

function addWritten(
  book: PatternBook,
  values: readonly KnownValue[],
  name: string,
  raw: Uint8Array,
  bits: number,
  inBase64: readonly Surface[],
): void {
  const facts = { valueBytes: raw.length, bits, token: 'word' } as const;
  book.add(values, hexSurfaces(raw), { ...facts, transform: `${name}-hex`, valueBytes: raw.length * 2 });
  book.add(values, inBase64, { ...facts, transform: `${name}-base64` });
}

type AddSurfaces = typeof addUsualSurfaces;

/** To how many digits digests are cut. */
const CUT_DIGITS = [16, 32];

function addEverySurface(book: PatternBook, value: KnownValue, name: string, raw: Uint8Array, bits: number): void {
  addUsualSurfaces(book, [value], name, raw, bits);
  const add = (transform: string, surfaces: readonly Surface[]) =>
    book.add([value], surfaces, { transform, valueBytes: raw.length, bits, token: 'word' });
  add(`${name}-base32`, base32Surfaces(raw, 1));
  for (const text of carelessHex(raw)) add(`${name}-hex-unpadded`, [asTheyAre(Buffer.from(text, 'latin1'))]);
  const hex = Buffer.from(raw).toString('hex');
  for (const digits of CUT_DIGITS) {
    if (digits < hex.length) add(`${name}-first-${digits}-hex`, hexSurfaces(raw.subarray(0, digits / 2)));
  }
  add(`${name}-last-16-hex`, hexSurfaces(raw.subarray(-8)));
  for (const text of [hex, hex.toUpperCase()]) {
    add(`base64(${name}-hex)`, base64Surfaces(Buffer.from(text, 'latin1')));
    add(`reversed(${name}-hex)`, reversedSurfaces(text));
    add(`unicode-escape(${name}-hex)`, unicodeEscapeSurfaces(text));
    for (const surface of utf16Surfaces(text)) add(`${surface.name}(${name}-hex)`, [surface]);
  }
}

/** The middle 16 digits, the digest shaped as a UUID, and what `UUID.nameUUIDFromBytes` makes of it. */
function addMd5Forms(book: PatternBook, value: KnownValue, raw: Uint8Array): void {
  const add = (transform: string, surfaces: readonly Surface[], bits: number) =>
    book.add([value], surfaces, { transform, valueBytes: raw.length, bits, token: 'word' });
  const middle = raw.subarray(4, 12);
  add('md5-16-hex', hexSurfaces(middle), 64);
  add('md5-16-base64', base64Surfaces(middle), 64);
  add('md5-uuid', uuidTexts(raw), 128);
  const named = Uint8Array.from(raw);
  named[6] = ((named[6] as number) & 0x0f) | 0x30;
  named[8] = ((named[8] as number) & 0x3f) | 0x80;
  add('name-uuid', uuidTexts(named), 122);
  add('name-uuid', hexSurfaces(named), 122);
  add('name-uuid-raw', [asTheyAre(named)], 122);
}

function uuidTexts(bytes: Uint8Array): readonly Surface[] {
  const dashed = Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return [dashed, dashed.toUpperCase()].map((text) => asTheyAre(Buffer.from(text, 'latin1')));
}

/** What `new BigInteger(1, digest).toString(16)` and `Integer.toHexString(b & 0xff)` make of zeros: they drop them. */
function carelessHex(raw: Uint8Array): readonly string[] {
  const hex = Buffer.from(raw).toString('hex');
  const whole = hex.replace(/^0+/, '');
  const each = [...raw].map((byte) => byte.toString(16)).join('');
  return [...new Set([whole, each].filter((text) => text !== hex).flatMap((text) => [text, text.toUpperCase()]))];
}

/** 32 bits say little: only a whole field counts, and a value long enough to fill them. */
function addChecksums(book: PatternBook, value: KnownValue, { text, bytes, common }: Spelling): void {
  if (!common || text === null || text.length < 8) return;
  const checksums: readonly (readonly [name: string, number: number])[] = [
    ['crc32', crc32(bytes)],
    ['murmur3-32', murmur3x32(bytes)],
    ['java-hash', javaHash(text)],
  ];
  for (const [name, number] of checksums) {
    const unsigned = number >>> 0;
    const hex = unsigned.toString(16);
    const padded = hex.padStart(8, '0');
    const decimals = [String(unsigned), String(unsigned | 0)].filter((digits) => digits.length >= 8);
    const swapped = Buffer.from(padded, 'hex').reverse().toString('hex');
    const texts = [...decimals, padded, swapped, ...(hex.length === 7 ? [hex] : [])].flatMap((text) => [
      text,
      text.toUpperCase(),
    ]);
    const surfaces = [...new Set(texts)].map((written) => asTheyAre(Buffer.from(written, 'latin1')));
    book.add([value], surfaces, { transform: name, valueBytes: 4, bits: 32, token: 'word' });
  }
}

function addDouble(
  book: PatternBook,
  value: KnownValue,
  outer: Digest,
  inner: Digest,
  bytes: Uint8Array,
  add: AddSurfaces,
): void {
  const raw = inner.of(bytes);
  const hex = Buffer.from(raw).toString('hex');
  const forms: readonly (readonly [form: string, bytes: Uint8Array])[] = [
    ['hex', Buffer.from(hex, 'latin1')],
    ['hex', Buffer.from(hex.toUpperCase(), 'latin1')],
    ['raw', raw],
    ['base64', Buffer.from(Buffer.from(raw).toString('base64'), 'latin1')],
  ];
  for (const [form, wrapped] of forms) {
    add(book, [value], `${outer.name}(${inner.name}-${form})`, outer.of(wrapped), outer.bits);
  }
}

/** Before or after the value, or as the key of an HMAC. */
function addSalted(book: PatternBook, value: KnownValue, bytes: Uint8Array, salt: Uint8Array, add: AddSurfaces): void {
  for (const digest of DIGESTS.filter(({ common }) => common)) {
    const { name, bits } = digest;
    add(book, [value], `${name}(salt+plain)`, digest.of(Buffer.concat([salt, bytes])), bits);
    add(book, [value], `${name}(plain+salt)`, digest.of(Buffer.concat([bytes, salt])), bits);
    add(book, [value], `hmac-${name}(salt)`, createHmac(name, salt).update(bytes).digest(), bits);
  }
}

function asTheyAre(bytes: Uint8Array): Surface {
  return { name: 'text', alignment: 0, bytes };
}
