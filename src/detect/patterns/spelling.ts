import { encodeGbk } from './gbk.ts';
import { isIPv4 } from './ip.ts';

/**
 * The ways one value is written before anything is done to it: separators, case, check digits, country codes, numbers and bytes.
 * Formats and their sources are described in docs/detection.md.
 */
export interface Spelling {
  /** Name of the transform; `plain` for every way of writing the value out as text. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The text, when these bytes are one; text spellings are hashed and encoded further, byte forms only encoded. */
  readonly text: string | null;
  /** How unlikely it is that these bytes stand somewhere by chance, as a power of two. */
  readonly bits: number;
  /** Met often enough that salted, double and joint hashes are made of it too. */
  readonly common: boolean;
}

/** All spellings of a value, the one the operator wrote first; equal byte forms appear once. */
export function spellingsOf(dataType: string, value: string): readonly Spelling[] {
  const writer = new SpellingWriter(dataType, value);
  writer.text(value, { bits: writer.bits, common: true });
  if (/[a-z]/i.test(value)) {
    writer.text(value.toLowerCase(), { bits: writer.bits, common: true });
    writer.text(value.toUpperCase(), { bits: writer.bits, common: true });
  }
  for (const { applies, write } of FORMS) if (applies(dataType, value)) write(value, writer);
  return writer.spellings();
}

const MAC_TYPES = new Set(['mac_address', 'bluetooth_mac', 'bssid']);
const PHONE_TYPES = new Set(['phone_number', 'contact_info']);
const ICCID_TYPES = new Set(['iccid', 'sim_serial']);
const IMEI_TYPES = new Set(['imei', 'device_identifier']);
/** Values that people make up: letters of words, not of a key. */
const HUMAN_TYPES = new Set(
  'ssid real_name nickname account address device_name email password organization contacts user_content'.split(' '),
);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

class SpellingWriter {
  readonly bits: number;
  readonly #found = new Map<string, Spelling>();

  constructor(dataType: string, value: string) {
    if (MAC_TYPES.has(dataType) && hexOf(value).length === 12) this.bits = 48;
    else this.bits = HUMAN_TYPES.has(dataType) ? bitsOfWords(value) : bitsOfText(value);
  }

  text(written: string, { bits = bitsOfText(written), common = false } = {}): void {
    this.#add({ name: 'plain', bytes: Buffer.from(written, 'utf8'), text: written, bits, common });
  }

  raw(name: string, bytes: Uint8Array, bits = bytes.length * 8): void {
    this.#add({ name, bytes, text: null, bits, common: false });
  }

  spellings(): readonly Spelling[] {
    return [...this.#found.values()];
  }

  #add(spelling: Spelling): void {
    const key = Buffer.from(spelling.bytes).toString('latin1');
    if (spelling.bytes.length > 0 && !this.#found.has(key)) this.#found.set(key, spelling);
  }
}

interface Form {
  readonly applies: (dataType: string, value: string) => boolean;
  readonly write: (value: string, writer: SpellingWriter) => void;
}

const FORMS: readonly Form[] = [
  { applies: (type) => type === 'ssid', write: writeSsid },
  { applies: (type, value) => MAC_TYPES.has(type) && hexOf(value).length === 12, write: writeMac },
  { applies: (type, value) => IMEI_TYPES.has(type) && /^\d{14,16}$/.test(digitsOf(value)), write: writeImei },
  { applies: isMeid, write: writeMeid },
  { applies: (type) => type === 'imsi', write: (value, writer) => writer.raw('tbcd', swappedNibbles(digitsOf(value))) },
  { applies: (type, value) => ICCID_TYPES.has(type) && digitsOf(value).length >= 18, write: writeIccid },
  { applies: (type) => PHONE_TYPES.has(type), write: writePhone },
  { applies: (_, value) => UUID.test(value), write: writeUuid },
  { applies: (_, value) => /^[0-9a-f]{32}$/i.test(value), write: writeUndashedUuid },
  { applies: (type, value) => type === 'android_id' && /^[0-9a-f]{1,16}$/i.test(value), write: writeAndroidId },
  {
    applies: (type, value) => type !== 'android_id' && /^(?:[0-9a-f]{2}){8,64}$/i.test(value) && /[a-f]/i.test(value),
    write: (value, writer) => writer.raw('raw', Buffer.from(value, 'hex')),
  },
  { applies: (type, value) => type === 'ip_address' && isIPv4(value), write: writeIPv4 },
  { applies: (type, value) => type === 'utdid' && value.length === 24, write: writeUtdid },
  { applies: (_, value) => /[^\0-\x7f]/.test(value), write: writeGbk },
];

function isMeid(dataType: string, value: string): boolean {
  return (
    (dataType === 'meid' || dataType === 'imei') && /^[0-9a-f]{14,15}$/i.test(hexOf(value)) && /[a-f]/i.test(value)
  );
}

/** Android's WifiInfo puts names into quotes, which stay there when the name is hashed. */
function writeSsid(value: string, writer: SpellingWriter): void {
  writer.text(`"${value}"`, { bits: writer.bits, common: true });
}

function writeMac(value: string, writer: SpellingWriter): void {
  const hex = hexOf(value);
  const octets = hex.match(/../g) as string[];
  const common = [octets.join(':'), hex, octets.join('-')];
  const rare = [
    octets.join('.'),
    octets.join(' '),
    (hex.match(/.{4}/g) as string[]).join('.'),
    octets.map((octet) => octet.replace(/^0/, '')).join(':'),
  ];
  for (const spelling of [...common, ...rare]) {
    const known = { bits: 48, common: common.includes(spelling) };
    writer.text(spelling.toUpperCase(), known);
    writer.text(spelling.toLowerCase(), known);
  }
  writer.text(BigInt(`0x${hex}`).toString(), { bits: 48 });
  const bytes = Buffer.from(hex, 'hex');
  writer.raw('raw', bytes);
  writer.raw('raw-reversed', Buffer.from(bytes).reverse());
}

/** With the check digit as written and as computed: profiles and phones get it wrong, and old systems send 0. */
function writeImei(value: string, writer: SpellingWriter): void {
  const digits = digitsOf(value);
  const body = digits.slice(0, 14);
  const text = (spelling: string, common = false) =>
    writer.text(spelling, { bits: Math.min(50, bitsOfText(spelling)), common });
  text(digits, true);
  text(body, true);
  text(`${body}0`, true);
  for (const whole of new Set([body + luhnDigit(body), digits.padEnd(15, luhnDigit(body)).slice(0, 15)])) {
    const check = whole.slice(14);
    text(whole, true);
    text(`${body.slice(0, 2)}-${body.slice(2, 8)}-${body.slice(8)}-${check}`);
    text(`${body.slice(0, 8)}-${body.slice(8)}-${check}`);
    text(`${body.slice(0, 8)} ${body.slice(8)} ${check}`);
    text(`${body.slice(0, 6)}-${body.slice(6, 8)}-${body.slice(8)}-${check}`);
    text(`${body.slice(0, 6)} ${body.slice(6, 8)} ${body.slice(8)} ${check}`);
    writer.raw('tbcd', swappedNibbles(whole), 50);
    writer.raw('tbcd', swappedNibbles(`${whole}0`), 50);
    for (const bytes of int64Bytes(BigInt(whole))) writer.raw('int64', bytes, 50);
  }
  writer.raw('tbcd', swappedNibbles(`${body}0`), 46);
  for (const bytes of int64Bytes(BigInt(body))) writer.raw('int64', bytes, 46);
}

/** 14 hex digits; also 18 decimal ones: ten for the first eight, eight for the last six (3GPP2 C.S0072). */
function writeMeid(value: string, writer: SpellingWriter): void {
  const hex = hexOf(value).slice(0, 14);
  writer.text(hex.toUpperCase(), { bits: 56, common: true });
  writer.text(hex.toLowerCase(), { bits: 56, common: true });
  const decimal = (part: string, width: number) => BigInt(`0x${part}`).toString().padStart(width, '0');
  writer.text(decimal(hex.slice(0, 8), 10) + decimal(hex.slice(8), 8), { bits: 56 });
  writer.raw('raw', Buffer.from(hex, 'hex'), 56);
}

/** 19 or 20 digits; operators differ in whether the last is a check digit, and cards pad with F. */
function writeIccid(value: string, writer: SpellingWriter): void {
  const digits = digitsOf(value).replace(/f$/i, '');
  writer.text(digits, { common: true });
  writer.text(digits.slice(0, 19), { common: true });
  if (digits.length === 19) {
    writer.text(`${digits}F`);
    writer.text(`${digits}f`);
    writer.text(digits + luhnDigit(digits));
  }
  writer.raw('tbcd', swappedNibbles(digits));
}

/** Eleven digits of a mainland number, with and without the country code, grouped 3-4-4. */
function writePhone(value: string, writer: SpellingWriter): void {
  const digits = digitsOf(value).replace(/^(?:00)?86(?=1\d{10}$)/, '');
  if (!/^1\d{10}$/.test(digits)) return;
  const groups = [digits.slice(0, 3), digits.slice(3, 7), digits.slice(7)];
  const bits = 36;
  writer.text(digits, { bits, common: true });
  writer.text(`86${digits}`, { bits, common: true });
  writer.text(`+86${digits}`, { bits, common: true });
  for (const prefix of ['0086', '+86 ', '+86-', '86-', '(+86)', '(86)']) writer.text(prefix + digits, { bits });
  for (const joint of [' ', '-']) {
    writer.text(groups.join(joint), { bits });
    writer.text(`+86${joint}${groups.join(joint)}`, { bits });
  }
}

function writeUuid(value: string, writer: SpellingWriter): void {
  const hex = value.replaceAll('-', '');
  writer.text(hex.toLowerCase(), { common: true });
  writer.text(hex.toUpperCase(), { common: true });
  writer.text(`{${value.toUpperCase()}}`);
  const bytes = Buffer.from(hex, 'hex');
  writer.raw('raw', bytes);
  writer.raw('raw-guid', guidBytes(bytes));
}

function writeUndashedUuid(value: string, writer: SpellingWriter): void {
  const dashed = value.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  writer.text(dashed.toLowerCase());
  writer.text(dashed.toUpperCase());
}

/** `Long.toHexString` drops leading zeros; later Androids always write 16 digits. */
function writeAndroidId(value: string, writer: SpellingWriter): void {
  const padded = value.padStart(16, '0').toLowerCase();
  const stripped = padded.replace(/^0+/, '');
  const bits = Math.min(64, stripped.length * 4 + 4);
  for (const spelling of [padded, stripped]) {
    writer.text(spelling, { bits: spelling.length * 4, common: true });
    writer.text(spelling.toUpperCase(), { bits: spelling.length * 4, common: true });
  }
  const number = BigInt(`0x${padded}`);
  writer.text(number.toString(), { bits });
  writer.text(BigInt.asIntN(64, number).toString(), { bits });
  for (const bytes of int64Bytes(number)) writer.raw('raw', bytes, bits);
}

function writeIPv4(value: string, writer: SpellingWriter): void {
  const bytes = Buffer.from(value.split('.').map(Number));
  writer.text(`::ffff:${value}`, { bits: 32 });
  writer.text(String(bytes.readUInt32BE()), { bits: 32 });
  writer.text(String(bytes.readUInt32LE()), { bits: 32 });
  writer.raw('raw', bytes);
}

/** 24 characters of base64 for 18 bytes; URLs carry it with the other alphabet. */
function writeUtdid(value: string, writer: SpellingWriter): void {
  writer.text(value.replaceAll('+', '-').replaceAll('/', '_'));
  writer.raw('raw', Buffer.from(value, 'base64'));
}

function writeGbk(value: string, writer: SpellingWriter): void {
  const bytes = encodeGbk(value);
  if (bytes !== null) writer.raw('gbk', bytes, writer.bits);
}

/** Two digits a byte, the first one low; a filler F after an odd number (3GPP TS 24.008, 10.5.1.4). */
export function swappedNibbles(digits: string): Uint8Array {
  const padded = digits.length % 2 === 0 ? digits : `${digits}f`;
  return Buffer.from(padded.replace(/(.)(.)/g, '$2$1'), 'hex');
}

/** The check digit of ISO/IEC 7812-1, annex B. */
export function luhnDigit(digits: string): string {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = i % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return String((10 - (sum % 10)) % 10);
}

/** Big-endian, then little-endian. */
function int64Bytes(number: bigint): readonly [Uint8Array, Uint8Array] {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, number));
  return [bytes, Buffer.from(bytes).reverse()];
}

/** A GUID as Windows and .NET lay it out: the first three groups little-endian. */
function guidBytes(bytes: Uint8Array): Uint8Array {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  return Uint8Array.from(order, (from) => bytes[from] as number);
}

function hexOf(value: string): string {
  return /^[0-9a-f:.\- ]+$/i.test(value) ? value.replace(/[^0-9a-f]/gi, '') : '';
}

function digitsOf(value: string): string {
  return value.replace(/[\s\-+()]/g, '');
}

/** Bits of a value made by a machine: what its alphabet allows for each character. */
function bitsOfText(text: string): number {
  const core = text.replace(/[^\p{L}\p{N}]/gu, '');
  if (/^\d*$/.test(core)) return core.length * Math.log2(10);
  if (/^(?:[0-9a-f]*|[0-9A-F]*)$/.test(core)) return core.length * 4;
  return [...core].reduce((bits, character) => bits + (character < '\u0080' ? 5 : 10), 0);
}

/** Bits of a value made by a person: letters of words say less. */
function bitsOfWords(text: string): number {
  return [...text].reduce((bits, character) => bits + (character < '\u0080' ? 3 : 10), 0);
}
