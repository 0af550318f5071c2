import { bufferOf, HAS_BACKSLASH, HAS_HIGH, isSpace, SIGNS_OF, signsOf } from '../characters.ts';
import { unescapeText } from '../codings/escapes.ts';
import { isOctet, OCTETS_MIN } from '../codings/octets.ts';
import { nameHash, PATH_ROOT, type PathNode } from './path-tree.ts';

/** Containers inside containers that are followed. Deeper ones are not data that an SDK writes, and cost memory for their paths. */
export const JSON_NESTING_MAX = 256;
/** Longer names are cut, so that hostile documents cannot make paths that outgrow the body. */
const KEY_LENGTH_MAX = 200;

/** Takes the values as they come; false stops the reading. `signs` are those of the bytes between the quotes. */
export type TakeJsonValue = (path: string, start: number, end: number, text: string, signs: number) => boolean;

/** Takes a list of six numbers or more that are bytes, all of them: they stand between the offsets, with commas. */
export type TakeJsonBytes = (path: string, start: number, end: number) => void;

/** Why and where reading stopped. `end`: nothing but documents and white space was there. */
export interface JsonEnd {
  readonly at: number;
  readonly stopped: 'end' | 'cut' | 'malformed' | 'nesting' | 'taker';
  readonly values: number;
}

/**
 * Reads one or more JSON documents that follow each other, with or without white space or commas between them.
 *
 * Gives each string, number and literal with the exact span of its bytes (of a string: what stands between the quotes) and its path:
 * `header.list.0.mac`. A single value that is no container has an empty path. Values of the second and further documents are
 * numbered: `1.header.mac`. Numbers keep the digits they were sent with.
 */
export function readJson(
  bytes: Uint8Array,
  latin1: string,
  take: TakeJsonValue,
  takeBytes: TakeJsonBytes | null = null,
): JsonEnd {
  return new JsonReader(bytes, latin1, take, takeBytes).read();
}

class JsonReader {
  readonly #bytes: Uint8Array;
  readonly #latin1: string;
  readonly #take: TakeJsonValue;
  readonly #length: number;
  /** Path of each open container, and how many items an array had; -1 for an object. */
  readonly #open: PathNode[] = [];
  readonly #counts: number[] = [];
  /** Path of the value that comes next. */
  #path = PATH_ROOT;
  #at = 0;
  #values = 0;
  /** Signs and text of the string that was read last. */
  #signs = 0;
  #text = '';
  readonly #takeBytes: TakeJsonBytes | null;
  /** Where the list began that is open and has held nothing but bytes; -1 otherwise. */
  #octetsFrom = -1;

  constructor(bytes: Uint8Array, latin1: string, take: TakeJsonValue, takeBytes: TakeJsonBytes | null) {
    this.#bytes = bytes;
    this.#latin1 = latin1;
    this.#take = take;
    this.#takeBytes = takeBytes;
    this.#length = bytes.length;
  }

  read(): JsonEnd {
    if (this.#length >= 3 && this.#bytes[0] === 0xef && this.#bytes[1] === 0xbb && this.#bytes[2] === 0xbf)
      this.#at = 3;
    for (let document = 0; ; document++) {
      this.#skip(document > 0);
      if (this.#at >= this.#length) return this.#end(document === 0 ? 'cut' : 'end');
      const stopped = this.#document(document === 0 ? PATH_ROOT : PATH_ROOT.item(document));
      if (stopped !== null) return this.#end(stopped);
    }
  }

  #end(stopped: JsonEnd['stopped']): JsonEnd {
    return { at: this.#at, stopped, values: this.#values };
  }

  #skip(commas: boolean): void {
    const bytes = this.#bytes;
    while (this.#at < this.#length) {
      const byte = bytes[this.#at] as number;
      if (byte > 0x20 && !(commas && byte === 0x2c)) return;
      if (!isSpace(byte) && byte !== 0x2c && byte !== 0x1e) return;
      this.#at++;
    }
  }

  /** Reads one document; null when it is complete. */
  #document(at: PathNode): JsonEnd['stopped'] | null {
    this.#path = at;
    const base = this.#open.length;
    for (;;) {
      this.#skip(false);
      if (this.#at >= this.#length) return 'cut';
      const byte = this.#bytes[this.#at] as number;
      if (byte === 0x7b || byte === 0x5b) {
        if (this.#open.length - base >= JSON_NESTING_MAX) return 'nesting';
        this.#at++;
        this.#open.push(this.#path);
        this.#counts.push(byte === 0x7b ? -1 : 0);
        this.#octetsFrom = byte === 0x5b ? this.#at : -1;
      } else {
        const stopped = byte === 0x22 ? this.#string(this.#path.path) : this.#literal(this.#path.path);
        if (stopped !== null) return stopped;
        if (this.#open.length === base) return null;
        const closed = this.#afterValue(base);
        if (closed !== 'next') return closed;
      }
      const next = this.#nextPath(base);
      if (next === null) return null;
      if (next === 'cut' || next === 'malformed') return next;
    }
  }

  /**
   * Stands where a member, an item or a closing bracket may come. Leaves the path of the next value in `#path` and stands before the
   * value; null when the outermost container has closed.
   */
  #nextPath(base: number): 'value' | 'cut' | 'malformed' | null {
    for (;;) {
      this.#skip(false);
      if (this.#at >= this.#length) return 'cut';
      const byte = this.#bytes[this.#at] as number;
      const top = this.#open.length - 1;
      const count = this.#counts[top] as number;
      if (byte === (count === -1 ? 0x7d : 0x5d)) {
        if (this.#octetsFrom !== -1) this.#endOctets(count, (this.#open[top] as PathNode).path);
        this.#at++;
        this.#open.pop();
        this.#counts.pop();
        if (this.#open.length === base) return null;
        const closed = this.#afterValue(base);
        if (closed === 'next') continue;
        return closed;
      }
      if (count >= 0) {
        this.#path = (this.#open[top] as PathNode).item(count);
        this.#counts[top] = count + 1;
        return 'value';
      }
      return this.#member(this.#open[top] as PathNode);
    }
  }

  /** Reads a name and its colon. */
  #member(parent: PathNode): 'value' | 'cut' | 'malformed' {
    const bytes = this.#bytes;
    if (bytes[this.#at] !== 0x22) return 'malformed';
    const start = this.#at + 1;
    let at = start;
    for (; at < this.#length; at++) {
      const byte = bytes[at] as number;
      if (byte === 0x22) break;
      if (byte === 0x5c) at++;
    }
    if (at >= this.#length) {
      this.#at = this.#length;
      return 'cut';
    }
    const hash = nameHash(bytes, start, at);
    this.#path = parent.known(bytes, start, at, hash) ?? parent.member(bytes, start, at, hash, this.#name(start, at));
    this.#at = at + 1;
    this.#skip(false);
    if (this.#at >= this.#length) return 'cut';
    if (this.#bytes[this.#at] !== 0x3a) return 'malformed';
    this.#at++;
    return 'value';
  }

  #name(start: number, end: number): string {
    const name = textBetween(this.#bytes, this.#latin1, start, end, signsOf(this.#bytes, start, end));
    return name.length > KEY_LENGTH_MAX ? `${name.slice(0, KEY_LENGTH_MAX)}…` : name;
  }

  /** Passes the comma after a value, or stays before the bracket that closes its container. */
  #afterValue(base: number): 'next' | 'cut' | 'malformed' {
    this.#skip(false);
    if (this.#at >= this.#length) return this.#open.length > base ? 'cut' : 'next';
    const byte = this.#bytes[this.#at];
    if (byte === 0x2c) this.#at++;
    else if (byte !== 0x7d && byte !== 0x5d) return 'malformed';
    return 'next';
  }

  #endOctets(count: number, path: string): void {
    if (count >= OCTETS_MIN) this.#takeBytes?.(path, this.#octetsFrom, this.#at);
    this.#octetsFrom = -1;
  }

  #string(path: string): JsonEnd['stopped'] | null {
    this.#octetsFrom = -1;
    const start = this.#at + 1;
    const end = this.#readString();
    this.#values++;
    const taken = this.#take(path, start, end === -1 ? this.#length : end, this.#text, this.#signs);
    if (end === -1) return 'cut';
    return taken ? null : 'taker';
  }

  /** Reads from the opening quote past the closing one; the end of the content, or -1 when the string never closes. */
  #readString(): number {
    const bytes = this.#bytes;
    const start = this.#at + 1;
    const length = this.#length;
    let at = start;
    let signs = 0;
    while (at < length) {
      const byte = bytes[at] as number;
      if (byte === 0x22) break;
      signs |= SIGNS_OF[byte] as number;
      at += byte === 0x5c ? 2 : 1;
    }
    const closed = at < length;
    const end = Math.min(at, length);
    this.#signs = signs;
    this.#text = textBetween(bytes, this.#latin1, start, end, signs);
    this.#at = closed ? at + 1 : length;
    return closed ? at : -1;
  }

  /** A number, true, false or null; anything else is not JSON. */
  #literal(path: string): JsonEnd['stopped'] | null {
    const start = this.#at;
    let at = start;
    let signs = 0;
    while (at < this.#length) {
      const byte = this.#bytes[at] as number;
      if (!isLiteralByte(byte)) break;
      signs |= SIGNS_OF[byte] as number;
      at++;
    }
    const text = this.#latin1.slice(start, at);
    const ended = at === this.#length && this.#open.length > 0;
    if (!isLiteral(text)) return ended && at > start ? 'cut' : 'malformed';
    this.#at = at;
    this.#values++;
    if (this.#octetsFrom !== -1 && !isOctet(text)) this.#octetsFrom = -1;
    return this.#take(path, start, at, text, signs) ? null : 'taker';
  }
}

function isLiteralByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2d ||
    byte === 0x2b ||
    byte === 0x2e ||
    byte === 0x45
  );
}

const NUMBER = /^[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?$/;

function isLiteral(text: string): boolean {
  return text === 'true' || text === 'false' || text === 'null' || NUMBER.test(text);
}

function textBetween(bytes: Uint8Array, latin1: string, start: number, end: number, signs: number): string {
  const raw = (signs & HAS_HIGH) === 0 ? latin1.slice(start, end) : bufferOf(bytes).toString('utf8', start, end);
  return (signs & HAS_BACKSLASH) === 0 ? raw : unescapeText(raw);
}
