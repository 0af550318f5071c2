import { createHash } from 'node:crypto';

/** What a TLS client says first. Source: RFC 8446 §4.1.2, RFC 6066 §3, RFC 7301. */
export interface ClientHello {
  /** Host name of the SNI extension, lower case; null when there is none. */
  readonly serverName: string | null;
  /** Protocols of the ALPN extension, in order. */
  readonly alpn: readonly string[];
  /** JA4 fingerprint (FoxIO, TLS client): tells apps' TLS libraries apart. */
  readonly ja4: string;
}

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const EXTENSION = { serverName: 0, signatureAlgorithms: 13, alpn: 16, supportedVersions: 43 } as const;

/**
 * Reads the ClientHello at the start of a connection.
 * @returns `incomplete` when more bytes are needed, `invalid` when it is not TLS as anyone speaks it.
 */
export function parseClientHello(bytes: Buffer): ClientHello | 'incomplete' | 'invalid' {
  const handshake = handshakeBytes(bytes);
  if (typeof handshake === 'string') return handshake;
  const reader = new Reader(handshake);
  const version = reader.number(2);
  reader.skip(32);
  reader.skip(reader.number(1));
  const ciphers = numbers(reader.vector(2), 2);
  reader.skip(reader.number(1));
  const extensions: { type: number; data: Buffer }[] = [];
  if (!reader.done) {
    const list = new Reader(reader.vector(2));
    while (!list.done && !list.overrun) extensions.push({ type: list.number(2), data: list.vector(2) });
    if (list.overrun) return 'invalid';
  }
  if (reader.overrun) return 'invalid';
  const find = (type: number) => extensions.find((extension) => extension.type === type)?.data ?? null;
  const alpn = alpnNames(find(EXTENSION.alpn));
  const offered = { version, ciphers, extensions: extensions.map(({ type }) => type), alpn };
  return {
    serverName: serverNameOf(find(EXTENSION.serverName)),
    alpn,
    ja4: ja4({
      ...offered,
      versions: find(EXTENSION.supportedVersions),
      signatures: find(EXTENSION.signatureAlgorithms),
    }),
  };
}

/** The ClientHello's body, put together from as many records as it takes. */
function handshakeBytes(bytes: Buffer): Buffer | 'incomplete' | 'invalid' {
  const parts: Buffer[] = [];
  let gathered = 0;
  let wanted = Number.POSITIVE_INFINITY;
  let at = 0;
  while (gathered < wanted) {
    if (bytes.length > at && bytes[at] !== HANDSHAKE_RECORD) return 'invalid';
    if (bytes.length > at + 1 && bytes[at + 1] !== 3) return 'invalid';
    if (bytes.length < at + 5) return 'incomplete';
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0 || length > 16_384 + 256) return 'invalid';
    const part = bytes.subarray(at + 5, at + 5 + length);
    parts.push(part);
    gathered += part.length;
    if (wanted === Number.POSITIVE_INFINITY && gathered >= 4) {
      const head = Buffer.concat(parts);
      if (head[0] !== CLIENT_HELLO) return 'invalid';
      wanted = 4 + head.readUIntBE(1, 3);
    }
    if (gathered >= wanted) break;
    if (part.length < length) return 'incomplete';
    at += 5 + length;
  }
  return Buffer.concat(parts).subarray(4, wanted);
}

function serverNameOf(data: Buffer | null): string | null {
  if (data === null) return null;
  const list = new Reader(new Reader(data).vector(2));
  while (!list.done && !list.overrun) {
    const type = list.number(1);
    const name = list.vector(2);
    if (type === 0 && name.length > 0) return name.toString('latin1').toLowerCase();
  }
  return null;
}

function alpnNames(data: Buffer | null): string[] {
  if (data === null) return [];
  const list = new Reader(new Reader(data).vector(2));
  const names: string[] = [];
  while (!list.done && !list.overrun) names.push(list.vector(1).toString('latin1'));
  return names;
}

interface Offered {
  readonly version: number;
  readonly versions: Buffer | null;
  readonly ciphers: readonly number[];
  readonly extensions: readonly number[];
  readonly alpn: readonly string[];
  readonly signatures: Buffer | null;
}

const VERSION_NAMES: Readonly<Record<number, string>> = { 772: '13', 771: '12', 770: '11', 769: '10', 768: 's3' };

/** https://github.com/FoxIO-LLC/ja4, technical_details/JA4.md; values that RFC 8701 reserves (GREASE) are left out. */
function ja4(offered: Offered): string {
  const versions = numbers(offered.versions?.subarray(1) ?? Buffer.alloc(0), 2).filter(isMeaningful);
  const version = VERSION_NAMES[versions.length > 0 ? Math.max(...versions) : offered.version] ?? '00';
  const ciphers = offered.ciphers.filter(isMeaningful);
  const extensions = offered.extensions.filter(isMeaningful);
  const named = extensions.includes(EXTENSION.serverName) ? 'd' : 'i';
  const count = (list: readonly number[]) => String(Math.min(99, list.length)).padStart(2, '0');
  const counted = `t${version}${named}${count(ciphers)}${count(extensions)}${alpnMark(offered.alpn[0])}`;
  const hashedExtensions = extensions.filter((type) => type !== EXTENSION.serverName && type !== EXTENSION.alpn);
  const signatures = numbers(offered.signatures?.subarray(2) ?? Buffer.alloc(0), 2).filter(isMeaningful);
  const extensionText = hex(hashedExtensions).sort().join(',');
  const signatureText = signatures.length > 0 ? `_${hex(signatures).join(',')}` : '';
  const second = ciphers.length === 0 ? '000000000000' : shortHash(hex(ciphers).sort().join(','));
  const third = extensionText === '' ? '000000000000' : shortHash(`${extensionText}${signatureText}`);
  return `${counted}_${second}_${third}`;
}

/** First and last character of the first ALPN name; of its hexadecimal form when either is no letter or digit. */
function alpnMark(name: string | undefined): string {
  if (name === undefined || name === '') return '00';
  const ends = `${name[0]}${name[name.length - 1]}`;
  if (/^[0-9A-Za-z]{2}$/.test(ends)) return ends;
  const text = Buffer.from(name, 'latin1').toString('hex');
  return `${text[0]}${text[text.length - 1]}`;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function hex(values: readonly number[]): string[] {
  return values.map((value) => value.toString(16).padStart(4, '0'));
}

function isMeaningful(value: number): boolean {
  return (value & 0x0f0f) !== 0x0a0a || value >> 8 !== (value & 0xff);
}

function numbers(bytes: Buffer, width: number): number[] {
  const values: number[] = [];
  for (let at = 0; at + width <= bytes.length; at += width) values.push(bytes.readUIntBE(at, width));
  return values;
}

/** Reads big-endian numbers and length-prefixed runs; past the end it gives zeros and empty runs and says so. */
class Reader {
  overrun = false;
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  number(width: number): number {
    if (this.#at + width > this.#bytes.length) {
      this.overrun = true;
      this.#at = this.#bytes.length;
      return 0;
    }
    const value = this.#bytes.readUIntBE(this.#at, width);
    this.#at += width;
    return value;
  }

  vector(width: number): Buffer {
    const length = this.number(width);
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.skip(length);
    return bytes;
  }

  skip(count: number): void {
    if (this.#at + count > this.#bytes.length) this.overrun = true;
    this.#at = Math.min(this.#bytes.length, this.#at + count);
  }
}
