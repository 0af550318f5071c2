/** Reads the attributes of a start tag, one after the other, however badly they are written. */
export class Attributes {
  readonly #bytes: Uint8Array;
  /** Where the next one is looked for: behind the last one that was read. */
  at: number;
  nameStart = 0;
  nameEnd = 0;
  /** Whether the name is ASCII. */
  isAscii = true;
  /** The value, without its quotes; empty where there is none. */
  valueStart = 0;
  valueEnd = 0;

  /** @param at behind the name of the element. */
  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** Reads the next one; false where none follows, and `at` stays. */
  next(): boolean {
    const bytes = this.#bytes;
    let at = this.at;
    while (at < bytes.length && ((KIND[bytes[at] as number] as number) & (SPACE | SLASH)) !== 0) at++;
    const start = at;
    let high = 0;
    while (at < bytes.length && ((KIND[bytes[at] as number] as number) & NO_NAME) === 0) high |= bytes[at++] as number;
    if (at === start) return false;
    this.nameStart = start;
    this.nameEnd = at;
    this.isAscii = high < 0x80;
    this.at = at;
    this.#value(this.#pastSpace(at));
    return true;
  }

  /** What stands behind the name: an equals sign and a value, or nothing of the attribute's. */
  #value(equals: number): void {
    const bytes = this.#bytes;
    this.valueStart = this.valueEnd = this.at;
    if (bytes[equals] !== EQUALS) return;
    const start = this.#pastSpace(equals + 1);
    const quote = bytes[start];
    if (quote === DOUBLE_QUOTE || quote === SINGLE_QUOTE) {
      const close = bytes.indexOf(quote, start + 1);
      if (close !== -1) this.#take(start + 1, close, close + 1);
      return;
    }
    let end = start;
    while (end < bytes.length && ((KIND[bytes[end] as number] as number) & NO_BARE_VALUE) === 0) end++;
    if (end > start) this.#take(start, end, end);
  }

  #take(start: number, end: number, at: number): void {
    this.valueStart = start;
    this.valueEnd = end;
    this.at = at;
  }

  #pastSpace(from: number): number {
    let at = from;
    while (at < this.#bytes.length && ((KIND[this.#bytes[at] as number] as number) & SPACE) !== 0) at++;
    return at;
  }
}

const EQUALS = 0x3d;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;

const SPACE = 1;
const SLASH = 2;
const NO_NAME = 4;
const NO_BARE_VALUE = 8;

/** What a byte, taken for a character of Latin-1, can be no part of. */
const KIND = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return (
    (/\s/.test(character) ? SPACE : 0) |
    (character === '/' ? SLASH : 0) |
    (/[\s=<>/"']/.test(character) ? NO_NAME : 0) |
    (/[\s<>"']/.test(character) ? NO_BARE_VALUE : 0)
  );
});
