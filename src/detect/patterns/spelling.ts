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
}

/** All spellings of a value, the one the operator wrote first; equal byte forms appear once. */
export function spellingsOf(dataType: string, value: string): readonly Spelling[] {
  const found = new Map<string, Spelling>();
  const add = (spelling: Spelling) => {
    const key = Buffer.from(spelling.bytes).toString('latin1');
    if (spelling.bytes.length > 0 && !found.has(key)) found.set(key, spelling);
  };
  const text = (written: string, bits = bitsOfText(written)) =>
    add({ name: 'plain', bytes: Buffer.from(written, 'utf8'), text: written, bits });
  const raw = (name: string, bytes: Uint8Array, bits = bytes.length * 8) => add({ name, bytes, text: null, bits });
  text(value, bitsOfValue(dataType, value));
  for (const form of FORMS) if (form.applies(dataType, value)) form.write(value, text, raw, dataType);
  return [...found.values()];
}

type WriteText = (written: string, bits?: number) => void;
type WriteRaw = (name: string, bytes: Uint8Array, bits?: number) => void;

interface Form {
  applies(dataType: string, value: string): boolean;
  write(value: string, text: WriteText, raw: WriteRaw, dataType: string): void;
}

const MAC_TYPES = new Set(['mac_address', 'bluetooth_mac', 'bssid']);
const PHONE_TYPES = new Set(['phone_number', 'contact_info']);
const ICCID_TYPES = new Set(['iccid', 'sim_serial']);
/** Values that people make up: letters of words, not of a key. */
const HUMAN_TYPES = new Set([
  'ssid',
  'real_name',
  'nickname',
  'account',
  'address',
  'device_name',
  'email',
  'password',
  'organization',
]);

const FORMS: readonly Form[] = [
  { applies: (_, value) => /[a-z]/i.test(value), write: writeCases },
  { applies: (dataType, value) => MAC_TYPES.has(dataType) && hexOf(value).length === 12, write: writeMac },
  { applies: (dataType, value) => dataType === 'imei' && /^\d{14,16}$/.test(digitsOf(value)), write: writeImei },
  { applies: (dataType, value) => dataType === 'meid' && hexOf(value).length === 14, write: writeMeid },
  {
    applies: (dataType, value) => dataType === 'imei' && /^[0-9a-f]{14}$/i.test(value) && /[a-f]/i.test(value),
    write: writeMeid,
  },
  {
    applies: (dataType) => dataType === 'imsi',
    write: (value, _, raw) => raw('tbcd', swappedNibbles(digitsOf(value))),
  },
  { applies: (dataType) => ICCID_TYPES.has(dataType), write: writeIccid },
  { applies: (dataType) => PHONE_TYPES.has(dataType), write: writePhone },
  { applies: (_, value) => UUID.test(value), write: writeUuid },
  { applies: (_, value) => /^[0-9a-f]{32}$/i.test(value), write: writeUndashedUuid },
  { applies: (dataType, value) => dataType === 'android_id' && /^[0-9a-f]{1,16}$/i.test(value), write: writeAndroidId },
  {
    applies: (dataType, value) => dataType !== 'android_id' && /^(?:[0-9a-f]{2}){8,64}$/i.test(value),
    write: (value, _, raw) => raw('raw', Buffer.from(value, 'hex')),
  },
];

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function writeCases(value: string, text: WriteText, _raw: WriteRaw, dataType: string): void {
  const bits = bitsOfValue(dataType, value);
  text(value.toLowerCase(), bits);
  text(value.toUpperCase(), bits);
}

function writeMac(value: string, text: WriteText, raw: WriteRaw): void {
  const hex = hexOf(value);
  const octets = hex.match(/../g) as string[];
  const spellings = [
    octets.join(':'),
    hex,
    octets.join('-'),
    octets.join('.'),
    octets.join(' '),
    (hex.match(/.{4}/g) as string[]).join('.'),
    octets.map((octet) => octet.replace(/^0/, '')).join(':'),
  ];
  for (const spelling of spellings) {
    text(spelling.toUpperCase(), 48);
    text(spelling.toLowerCase(), 48);
  }
  text(BigInt(`0x${hex}`).toString(), 48);
  const bytes = Buffer.from(hex, 'hex');
  raw('raw', bytes);
  raw('raw-reversed', Buffer.from(bytes).reverse());
}

/** With the check digit as written and as computed: profiles and phones get it wrong, and old systems send 0. */
function writeImei(value: string, text: WriteText, raw: WriteRaw): void {
  const digits = digitsOf(value);
  const body = digits.slice(0, 14);
  const spellings = [digits, body, `${body}0`];
  const wholes = new Set([body + luhnDigit(body), digits.padEnd(15, luhnDigit(body)).slice(0, 15)]);
  for (const whole of wholes) {
    const check = whole.slice(14);
    spellings.push(
      whole,
      `${body.slice(0, 2)}-${body.slice(2, 8)}-${body.slice(8)}-${check}`,
      `${body.slice(0, 8)}-${body.slice(8)}-${check}`,
      `${body.slice(0, 8)} ${body.slice(8)} ${check}`,
      `${body.slice(0, 6)}-${body.slice(6, 8)}-${body.slice(8)}-${check}`,
    );
    raw('tbcd', swappedNibbles(whole), 50);
    raw('tbcd', swappedNibbles(`${whole}0`), 50);
    for (const bytes of int64Bytes(BigInt(whole))) raw('int64', bytes, 50);
  }
  for (const spelling of spellings) text(spelling, Math.min(50, bitsOfText(spelling)));
  raw('tbcd', swappedNibbles(`${body}0`), 46);
  for (const bytes of int64Bytes(BigInt(body))) raw('int64', bytes, 46);
}

/** 14 hex digits; also 18 decimal ones: ten for the first eight, eight for the last six (3GPP2 C.S0072). */
function writeMeid(value: string, text: WriteText, raw: WriteRaw): void {
  const hex = hexOf(value);
  text(hex.toUpperCase(), 56);
  text(hex.toLowerCase(), 56);
  const decimal = (part: string, width: number) => BigInt(`0x${part}`).toString().padStart(width, '0');
  text(decimal(hex.slice(0, 8), 10) + decimal(hex.slice(8), 8), 56);
  raw('raw', Buffer.from(hex, 'hex'), 56);
}

/** 19 or 20 digits; operators differ in whether the last is a check digit, and cards pad with F. */
function writeIccid(value: string, text: WriteText, raw: WriteRaw): void {
  const digits = digitsOf(value);
  if (digits.length < 18) return;
  text(digits);
  text(digits.slice(0, 19));
  if (digits.length === 19) {
    text(`${digits}F`);
    text(`${digits}f`);
    text(digits + luhnDigit(digits));
  }
  raw('tbcd', swappedNibbles(digits));
}

/** Eleven digits of a mainland number, with and without the country code, grouped 3-4-4. */
function writePhone(value: string, text: WriteText): void {
  const digits = digitsOf(value).replace(/^(?:00)?86(?=1\d{10}$)/, '');
  if (!/^1\d{10}$/.test(digits)) return;
  const groups = [digits.slice(0, 3), digits.slice(3, 7), digits.slice(7)];
  const bits = 36;
  text(digits, bits);
  for (const prefix of ['86', '+86', '0086', '+86 ', '+86-', '86-']) text(prefix + digits, bits);
  for (const joint of [' ', '-']) {
    text(groups.join(joint), bits);
    text(`+86${joint}${groups.join(joint)}`, bits);
  }
}

function writeUuid(value: string, text: WriteText, raw: WriteRaw): void {
  const hex = value.replaceAll('-', '');
  text(hex.toLowerCase());
  text(hex.toUpperCase());
  text(`{${value.toUpperCase()}}`);
  const bytes = Buffer.from(hex, 'hex');
  raw('raw', bytes);
  raw('raw-guid', guidBytes(bytes));
}

function writeUndashedUuid(value: string, text: WriteText): void {
  const dashed = value.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  text(dashed.toLowerCase());
  text(dashed.toUpperCase());
}

/** `Long.toHexString` drops leading zeros; later Androids always write 16 digits. */
function writeAndroidId(value: string, text: WriteText, raw: WriteRaw): void {
  const padded = value.padStart(16, '0').toLowerCase();
  const stripped = padded.replace(/^0+/, '');
  const bits = Math.min(64, stripped.length * 4 + 4);
  for (const spelling of [padded, stripped]) {
    text(spelling, bits);
    text(spelling.toUpperCase(), bits);
  }
  const number = BigInt(`0x${padded}`);
  text(number.toString(), bits);
  text(BigInt.asIntN(64, number).toString(), bits);
  for (const bytes of int64Bytes(number)) raw('raw', bytes, bits);
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
    const digit = Number(digits[digits.length - 1 - i]);
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

function bitsOfValue(dataType: string, value: string): number {
  if (MAC_TYPES.has(dataType) && hexOf(value).length === 12) return 48;
  return HUMAN_TYPES.has(dataType) ? bitsOfWords(value) : bitsOfText(value);
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
