import { createHash, createHmac } from 'node:crypto';

/** A way in which an SDK may write a value. Written apart from the code under test, on purpose. */
export interface Dressing {
  readonly name: string;
  /** Null where it does not apply to the value. */
  readonly dress: (value: string, dataType: string) => string | Uint8Array | null;
}

const hash = (name: string, input: string | Uint8Array) => createHash(name).update(input).digest();
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bare = (value: string) => value.replace(/[:-]/g, '');
const isMac = (dataType: string) => ['mac_address', 'bluetooth_mac', 'bssid'].includes(dataType);
/** Types whose separators are a matter of taste. */
const isSeparated = (dataType: string) => isMac(dataType) || ['oaid', 'gaid', 'idfa'].includes(dataType);
const hasLetters = (value: string) => /[a-z]/i.test(value);

const SPELLINGS: readonly Dressing[] = [
  { name: 'as it is', dress: (value) => value },
  { name: 'lower case', dress: (value) => (hasLetters(value) ? value.toLowerCase() : null) },
  { name: 'upper case', dress: (value) => (hasLetters(value) ? value.toUpperCase() : null) },
  { name: 'without separators', dress: (value, type) => (isSeparated(type) ? bare(value) : null) },
  {
    name: 'dashes for colons',
    dress: (value, type) => (isMac(type) ? value.replaceAll(':', '-').toUpperCase() : null),
  },
  {
    name: 'Cisco dots',
    dress: (value, type) => (isMac(type) ? (bare(value).match(/.{4}/g) as string[]).join('.') : null),
  },
  { name: 'IMEI of 14 digits', dress: (value, type) => (type === 'imei' ? value.slice(0, 14) : null) },
  { name: 'IMEI with check digit 0', dress: (value, type) => (type === 'imei' ? `${value.slice(0, 14)}0` : null) },
  {
    name: 'IMEISV of 16 digits',
    dress: (value, type) => (type === 'imei' ? `${value.slice(0, 14)}${(Number(value[14]) + 3) % 10}5` : null),
  },
  { name: 'leading zeros dropped', dress: (value, type) => (type === 'android_id' ? value.replace(/^0+/, '') : null) },
  {
    name: 'as a decimal',
    dress: (value, type) => (type === 'android_id' || isMac(type) ? BigInt(`0x${bare(value)}`).toString() : null),
  },
  { name: '+86', dress: (value, type) => (type === 'phone_number' ? `+86${value}` : null) },
  {
    name: '3-4-4 groups',
    dress: (value, type) => (type === 'phone_number' ? value.replace(/^(...)(....)/, '$1 $2 ') : null),
  },
  { name: 'ICCID of 19 digits', dress: (value, type) => (type === 'iccid' ? value.slice(0, 19) : null) },
];

const ALGORITHMS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha3-256', 'sm3', 'ripemd160'];

const HASHES: readonly Dressing[] = ALGORITHMS.flatMap((name) => [
  { name: `${name} hex`, dress: (value: string) => hex(hash(name, value)) },
  { name: `${name} HEX`, dress: (value: string) => hex(hash(name, value)).toUpperCase() },
  { name: `${name} base64`, dress: (value: string) => hash(name, value).toString('base64') },
  { name: `${name} raw`, dress: (value: string) => hash(name, value) },
]);

const NORMALISED: readonly Dressing[] = ['md5', 'sha1', 'sha256'].flatMap((name) => [
  { name: `${name} of upper case`, dress: (value: string) => hex(hash(name, value.toUpperCase())) },
  { name: `${name} of lower case`, dress: (value: string) => hex(hash(name, value.toLowerCase())) },
  {
    name: `${name} without separators`,
    dress: (value: string, type: string) => (isSeparated(type) ? hex(hash(name, bare(value).toUpperCase())) : null),
  },
]);

const SPECIAL: readonly Dressing[] = [
  { name: 'md5 of 16 digits', dress: (value) => hex(hash('md5', value)).slice(8, 24) },
  { name: 'MD5 of 16 digits', dress: (value) => hex(hash('md5', value)).slice(8, 24).toUpperCase() },
  {
    name: 'md5 of an IMEISV',
    dress: (value, type) => (type === 'imei' ? hex(hash('md5', `${value.slice(0, 14)}07`)) : null),
  },
  { name: 'md5 as BigInteger', dress: (value) => BigInt(`0x${hex(hash('md5', value))}`).toString(16) },
  { name: 'sha256 cut to 32 digits', dress: (value) => hex(hash('sha256', value)).slice(0, 32) },
  { name: 'sha1 cut to 16 digits', dress: (value) => hex(hash('sha1', value)).slice(0, 16) },
  { name: 'sha1(sha256 hex)', dress: (value) => hex(hash('sha1', hex(hash('sha256', value)))) },
  { name: 'sha256(md5 hex)', dress: (value) => hex(hash('sha256', hex(hash('md5', value)))) },
  { name: 'md5(md5 hex)', dress: (value) => hex(hash('md5', hex(hash('md5', value)))) },
  { name: 'sha1(md5 HEX)', dress: (value) => hex(hash('sha1', hex(hash('md5', value)).toUpperCase())) },
  { name: 'sha256(md5 raw)', dress: (value) => hex(hash('sha256', hash('md5', value))) },
  { name: 'md5(salt + value)', dress: (value) => hex(hash('md5', `com.baidu${value}`)).toUpperCase() },
  { name: 'sha256(value + salt)', dress: (value) => hex(hash('sha256', `${value}s3cret-salt`)) },
  { name: 'hmac-sha256(app)', dress: (value) => createHmac('sha256', 'com.example.app').update(value).digest('hex') },
  { name: 'nameUUIDFromBytes', dress: nameUuid },
  { name: 'base64(md5 hex)', dress: (value) => Buffer.from(hex(hash('md5', value))).toString('base64') },
  { name: 'reversed md5 hex', dress: (value) => [...hex(hash('md5', value))].reverse().join('') },
];

const CODINGS: readonly Dressing[] = [
  { name: 'base64', dress: (value) => Buffer.from(value).toString('base64') },
  { name: 'base64url', dress: (value) => Buffer.from(value).toString('base64url') },
  { name: 'base64 at offset 1', dress: (value) => Buffer.from(`|${value}|`).toString('base64') },
  { name: 'base64 at offset 2', dress: (value) => Buffer.from(`=:${value};`).toString('base64') },
  { name: 'base64 twice', dress: (value) => Buffer.from(Buffer.from(value).toString('base64')).toString('base64') },
  { name: 'hex of the text', dress: (value) => hex(Buffer.from(value)) },
  { name: 'HEX of the text', dress: (value) => hex(Buffer.from(value)).toUpperCase() },
  { name: 'list of bytes', dress: (value) => JSON.stringify([...Buffer.from(value)]) },
  { name: 'list of signed bytes', dress: (value) => `[${[...new Int8Array(hash('md5', value))].join(', ')}]` },
  { name: 'hex with colons', dress: (value) => pairs(Buffer.from(value)).join(':') },
  { name: 'hex with spaces', dress: (value) => pairs(hash('sha1', value)).join(' ').toUpperCase() },
  { name: 'hex with 0x and commas', dress: (value) => `0x${pairs(Buffer.from(value)).join(', 0x')}` },
  { name: '\\x escapes', dress: (value) => `\\x${pairs(Buffer.from(value)).join('\\x')}` },
  { name: 'octal escapes', dress: (value) => [...Buffer.from(value)].map(octal).join('') },
  { name: 'quoted-printable', dress: (value) => `=${pairs(Buffer.from(value)).join('=').toUpperCase()}` },
  { name: 'base64 of UTF-16', dress: (value) => Buffer.from(value, 'utf16le').toString('base64') },
  { name: 'hex reversed', dress: (value) => [...hex(Buffer.from(value))].reverse().join('') },
  { name: 'base32', dress: (value) => base32(Buffer.from(value)) },
  { name: 'percent', dress: (value) => percentAll(value) },
  { name: 'percent twice', dress: (value) => percentAll(value).replaceAll('%', '%25') },
  { name: '\\u escapes', dress: (value) => unicodeEscapes(value) },
  { name: 'UTF-16LE', dress: (value) => Buffer.from(value, 'utf16le') },
  { name: 'UTF-16BE', dress: (value) => Buffer.from(value, 'utf16le').swap16() },
  { name: 'reversed', dress: (value) => [...value].reverse().join('') },
  { name: 'raw bytes', dress: rawBytes },
  { name: 'XOR with a key of 7 bytes', dress: (value) => (value.length >= 15 ? xored(`id=${value};v=2`) : null) },
  { name: 'in a JSON text', dress: (value) => JSON.stringify({ v: { id: value } }) },
  { name: 'in a joined text', dress: (value) => `a=1##id=${value}##b=2` },
];

export const DRESSINGS: readonly Dressing[] = [...SPELLINGS, ...HASHES, ...NORMALISED, ...SPECIAL, ...CODINGS];

function pairs(bytes: Uint8Array): readonly string[] {
  return hex(bytes).match(/../g) as string[];
}

function octal(byte: number): string {
  return `\\${byte.toString(8).padStart(3, '0')}`;
}

function nameUuid(value: string): string {
  const bytes = hash('md5', value);
  bytes[6] = ((bytes[6] as number) & 15) | 0x30;
  bytes[8] = ((bytes[8] as number) & 63) | 0x80;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Values that are written in hex, as the bytes they stand for. */
function rawBytes(value: string, dataType: string): Uint8Array | null {
  if (
    dataType === 'android_id' ||
    isMac(dataType) ||
    ['oaid', 'gaid', 'idfa', 'drm_id', 'vaid', 'meid'].includes(dataType)
  ) {
    return Buffer.from(bare(value), 'hex');
  }
  return null;
}

function xored(text: string): Uint8Array {
  const key = [0x9d, 0x83, 0xe1, 0xb7, 0xc5, 0xfa, 0x91];
  return Buffer.from(text).map((byte, i) => byte ^ (key[i % key.length] as number));
}

function percentAll(value: string): string {
  return [...Buffer.from(value)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

function unicodeEscapes(value: string): string {
  return [...value].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}

function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const symbols = (bits.match(/.{1,5}/g) as string[]).map((group) => Number.parseInt(group.padEnd(5, '0'), 2));
  const text = symbols.map((symbol) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[symbol]).join('');
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=');
}
