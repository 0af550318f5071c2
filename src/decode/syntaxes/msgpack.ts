import { bufferOf, isText } from '../characters.ts';
import { floatText, ITEM_NESTING_MAX, ITEMS_MAX, type Item, itemPath, readDocuments } from './items.ts';

/** Reads MessagePack whose documents are maps or arrays; null when the bytes are not that from the first to the last. */
export function readMessagePack(bytes: Uint8Array): readonly Item[] | null {
  const first = bytes[0] ?? 0;
  if (!((first >= 0x80 && first <= 0x9f) || (first >= 0xdc && first <= 0xdf))) return null;
  return readDocuments(bytes.length, (at, prefix) => {
    const reader = new Reader(bytes, at);
    return reader.value(prefix, 0) ? { items: reader.items, end: reader.at } : null;
  });
}

/** What a head says: the kind of value, the bytes or entries that follow it. */
interface Head {
  readonly kind: 'number' | 'literal' | 'string' | 'bytes' | 'array' | 'map';
  readonly size: number;
  readonly text: string;
}

/** Each method says false when the bytes are not MessagePack. */
class Reader {
  readonly items: Item[] = [];
  at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bufferOf(bytes);
    this.at = at;
  }

  value(path: string, depth: number): boolean {
    const start = this.at;
    const head = this.#head();
    if (head === null || this.items.length >= ITEMS_MAX || depth > ITEM_NESTING_MAX) return false;
    if (head.kind === 'array') return this.#array(path, head.size, depth);
    if (head.kind === 'map') return this.#map(path, head.size, depth);
    if (head.kind === 'number' || head.kind === 'literal') {
      this.items.push({ path, start, end: this.at, text: head.text, kind: 'number' });
      return true;
    }
    const end = this.at + head.size;
    if (end > this.#bytes.length) return false;
    const content = this.#bytes.subarray(this.at, end);
    const text = head.kind === 'string' && isText(content) ? content.toString('utf8') : null;
    this.items.push({ path, start: this.at, end, text, kind: text === null ? 'bytes' : 'string' });
    this.at = end;
    return true;
  }

  #array(path: string, size: number, depth: number): boolean {
    for (let position = 0; position < size; position++) {
      if (!this.value(itemPath(path, position), depth + 1)) return false;
    }
    return true;
  }

  #map(path: string, size: number, depth: number): boolean {
    for (let entry = 0; entry < size; entry++) {
      const key = this.#head();
      if (key === null) return false;
      let name = key.text;
      if (key.kind === 'string') {
        if (this.at + key.size > this.#bytes.length) return false;
        name = this.#bytes.toString('utf8', this.at, this.at + key.size);
        this.at += key.size;
      } else if (key.kind !== 'number' && key.kind !== 'literal') {
        return false;
      }
      if (!this.value(itemPath(path, name), depth + 1)) return false;
    }
    return true;
  }

  #head(): Head | null {
    const byte = this.#bytes[this.at];
    if (byte === undefined) return null;
    this.at++;
    if (byte <= 0x7f) return number(byte);
    if (byte <= 0x8f) return sized('map', byte & 0x0f);
    if (byte <= 0x9f) return sized('array', byte & 0x0f);
    if (byte <= 0xbf) return sized('string', byte & 0x1f);
    if (byte >= 0xe0) return number(byte - 0x100);
    return this.#longHead(byte);
  }

  #longHead(byte: number): Head | null {
    const literal = LITERALS[byte];
    if (literal !== undefined) return { kind: 'literal', size: 0, text: literal };
    const entry = LONG_HEADS[byte];
    if (entry === undefined || this.at + entry.bytes > this.#bytes.length) return null;
    const at = this.at;
    this.at += entry.bytes;
    if (entry.kind === 'number') return number(this.#number(byte, at));
    // An extension's type byte counts as part of what follows.
    const size = entry.bytes === 0 ? entry.extra : this.#bytes.readUIntBE(at, entry.bytes) + entry.extra;
    return sized(entry.kind, size);
  }

  #number(byte: number, at: number): string | number {
    if (byte === 0xca) return floatText(this.#bytes.readFloatBE(at), 4);
    if (byte === 0xcb) return floatText(this.#bytes.readDoubleBE(at), 8);
    if (byte === 0xcf) return String(this.#bytes.readBigUInt64BE(at));
    if (byte === 0xd3) return String(this.#bytes.readBigInt64BE(at));
    const size = 1 << (byte & 3);
    return byte < 0xd0 ? this.#bytes.readUIntBE(at, size) : this.#bytes.readIntBE(at, size);
  }
}

function number(value: number | string): Head {
  return { kind: 'number', size: 0, text: String(value) };
}

function sized(kind: Head['kind'], size: number): Head {
  return { kind, size, text: '' };
}

const LITERALS: Readonly<Record<number, string>> = { 192: 'null', 194: 'false', 195: 'true' };

/** First byte → kind, bytes of its number or length, and what comes on top of the length. */
const LONG_HEADS: Readonly<
  Record<number, { readonly kind: Head['kind']; readonly bytes: number; readonly extra: number }>
> = {
  196: { kind: 'bytes', bytes: 1, extra: 0 },
  197: { kind: 'bytes', bytes: 2, extra: 0 },
  198: { kind: 'bytes', bytes: 4, extra: 0 },
  199: { kind: 'bytes', bytes: 1, extra: 1 },
  200: { kind: 'bytes', bytes: 2, extra: 1 },
  201: { kind: 'bytes', bytes: 4, extra: 1 },
  202: { kind: 'number', bytes: 4, extra: 0 },
  203: { kind: 'number', bytes: 8, extra: 0 },
  204: { kind: 'number', bytes: 1, extra: 0 },
  205: { kind: 'number', bytes: 2, extra: 0 },
  206: { kind: 'number', bytes: 4, extra: 0 },
  207: { kind: 'number', bytes: 8, extra: 0 },
  208: { kind: 'number', bytes: 1, extra: 0 },
  209: { kind: 'number', bytes: 2, extra: 0 },
  210: { kind: 'number', bytes: 4, extra: 0 },
  211: { kind: 'number', bytes: 8, extra: 0 },
  212: { kind: 'bytes', bytes: 0, extra: 2 },
  213: { kind: 'bytes', bytes: 0, extra: 3 },
  214: { kind: 'bytes', bytes: 0, extra: 5 },
  215: { kind: 'bytes', bytes: 0, extra: 9 },
  216: { kind: 'bytes', bytes: 0, extra: 17 },
  217: { kind: 'string', bytes: 1, extra: 0 },
  218: { kind: 'string', bytes: 2, extra: 0 },
  219: { kind: 'string', bytes: 4, extra: 0 },
  220: { kind: 'array', bytes: 2, extra: 0 },
  221: { kind: 'array', bytes: 4, extra: 0 },
  222: { kind: 'map', bytes: 2, extra: 0 },
  223: { kind: 'map', bytes: 4, extra: 0 },
};
