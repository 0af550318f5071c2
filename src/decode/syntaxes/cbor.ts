import { bufferOf, isText } from '../characters.ts';
import { floatText, ITEM_NESTING_MAX, ITEMS_MAX, type Item, itemPath, readDocuments } from './items.ts';

/** Reads CBOR (RFC 8949) whose documents are maps or arrays; null when the bytes are not that from the first to the last. */
export function readCbor(bytes: Uint8Array): readonly Item[] | null {
  const first = bytes[0] ?? 0;
  if (first < 0x80 || first > 0xdb || (first > 0x9f && first < 0xa0)) return null;
  return readDocuments(bytes.length, (at, prefix) => {
    const reader = new Reader(bytes, at);
    return reader.value(prefix, 0) ? { items: reader.items, end: reader.at } : null;
  });
}

const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const TAG = 6;
const BREAK = 0xff;
const SIMPLE_TEXT: Readonly<Record<number, string>> = { 20: 'false', 21: 'true', 22: 'null', 23: 'undefined' };

/** Each method says false when the bytes are not CBOR. */
class Reader {
  readonly items: Item[] = [];
  at: number;
  readonly #bytes: Buffer;
  /** Argument of the head that was read last; null for an indefinite length. */
  #argument: bigint | null = null;
  #info = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bufferOf(bytes);
    this.at = at;
  }

  value(path: string, depth: number): boolean {
    const start = this.at;
    const major = this.#head();
    if (major === -1 || this.items.length >= ITEMS_MAX || depth > ITEM_NESTING_MAX) return false;
    const argument = this.#argument;
    switch (major) {
      case UNSIGNED:
      case NEGATIVE:
        if (argument === null) return false;
        return this.#take(path, start, this.at, String(major === UNSIGNED ? argument : -1n - argument));
      case BYTES:
      case TEXT:
        return this.#string(path, major, argument);
      case ARRAY:
      case MAP:
        return this.#container(path, major === MAP, argument, depth);
      case TAG:
        return argument !== null && this.value(path, depth + 1);
      default:
        return this.#simple(path, start);
    }
  }

  #take(path: string, start: number, end: number, text: string | null, kind: Item['kind'] = 'number'): boolean {
    this.items.push({ path, start, end, text, kind });
    return true;
  }

  /** Reads the first byte of an item and its argument; -1 where there is none. */
  #head(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) return -1;
    this.at++;
    this.#info = byte & 0x1f;
    const size = this.#info < 24 ? 0 : 1 << (this.#info - 24);
    if (this.#info === 31) this.#argument = null;
    else if (this.#info > 27 || this.at + size > this.#bytes.length) return -1;
    else if (size === 0) this.#argument = BigInt(this.#info);
    else
      this.#argument =
        size === 8 ? this.#bytes.readBigUInt64BE(this.at) : BigInt(this.#bytes.readUIntBE(this.at, size));
    if (this.#info !== 31) this.at += size;
    return byte >> 5;
  }

  #string(path: string, major: number, argument: bigint | null): boolean {
    if (argument === null) return this.#chunks(path, major);
    const start = this.at;
    if (argument > this.#bytes.length - start) return false;
    this.at += Number(argument);
    const content = this.#bytes.subarray(start, this.at);
    const text = major === TEXT && isText(content) ? content.toString('utf8') : null;
    return this.#take(path, start, this.at, text, text === null ? 'bytes' : 'string');
  }

  /** A string of indefinite length: each chunk is a value of its own, for its bytes stand apart. */
  #chunks(path: string, major: number): boolean {
    for (let number = 0; this.#bytes[this.at] !== BREAK; number++) {
      if (this.#head() !== major || this.#argument === null) return false;
      if (!this.#string(itemPath(path, number), major, this.#argument)) return false;
    }
    this.at++;
    return true;
  }

  #container(path: string, isMap: boolean, argument: bigint | null, depth: number): boolean {
    const size = argument === null ? Number.POSITIVE_INFINITY : Number(argument);
    for (let position = 0; position < size; position++) {
      if (argument === null && this.#bytes[this.at] === BREAK) {
        this.at++;
        return true;
      }
      const key = isMap ? this.#key() : position;
      if (key === null || !this.value(itemPath(path, key), depth + 1)) return false;
    }
    return true;
  }

  #key(): string | null {
    const major = this.#head();
    const argument = this.#argument;
    if (major === -1 || argument === null) return null;
    if (major === UNSIGNED) return String(argument);
    if (major === NEGATIVE) return String(-1n - argument);
    if ((major !== TEXT && major !== BYTES) || argument > this.#bytes.length - this.at) return null;
    const start = this.at;
    this.at += Number(argument);
    return this.#bytes.toString(major === TEXT ? 'utf8' : 'hex', start, this.at);
  }

  /** Literals and floats; an info of 31 is a break out of place. */
  #simple(path: string, start: number): boolean {
    if (this.#info === 31) return false;
    if (this.#info === 26) return this.#take(path, start, this.at, floatText(this.#bytes.readFloatBE(start + 1), 4));
    if (this.#info === 27) return this.#take(path, start, this.at, floatText(this.#bytes.readDoubleBE(start + 1), 8));
    if (this.#info === 25)
      return this.#take(path, start, this.at, floatText(halfFloat(this.#bytes.readUInt16BE(start + 1)), 2));
    const text = SIMPLE_TEXT[this.#info];
    return text !== undefined && this.#take(path, start, this.at, text);
  }
}

/** RFC 8949, appendix D. */
function halfFloat(half: number): number {
  const exponent = (half >> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  const sign = (half & 0x8000) === 0 ? 1 : -1;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent !== 31) return sign * (mantissa + 1024) * 2 ** (exponent - 25);
  return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
}
