import { isUtf8 } from 'node:buffer';
import { createHmac } from 'node:crypto';
import { redactedName } from '../../evidence/redaction-key.ts';

/**
 * Stand-ins for values, from a key that stays outside the evidence file: the same value gets the same stand-in, and without the key
 * nobody can try values until one fits.
 */
export class Surrogates {
  readonly #key: Uint8Array;

  /** @param key 32 random bytes. */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** The name of a value: `redacted:` and 32 hex digits of its HMAC-SHA-256. */
  tokenOf(value: string): string {
    return redactedName(this.#key, value);
  }

  /** HMAC-SHA-256, 64 hex digits. */
  hashOf(bytes: Uint8Array): string {
    return createHmac('sha256', this.#key).update(bytes).digest('hex');
  }

  /**
   * As many bytes, of the same kind: digits for digits, letters for letters of their case, hex digits for hex digits, characters of as
   * many bytes for others; signs stay, so that a MAC address keeps its colons and a number stays one. Of binary bytes the highest bits
   * stay, which tell where a varint ends.
   */
  standIn(bytes: Uint8Array): Uint8Array {
    for (let attempt = 0; ; attempt++) {
      const random = this.#stream(bytes, attempt);
      const isText = isUtf8(bytes) && !bytes.some((byte) => byte < 0x20);
      const made = isText
        ? Buffer.from(textLike(Buffer.from(bytes).toString(), random))
        : bytes.map((byte) => (byte & 0x80) | (random() & 0x7f));
      // A stand-in of one or two characters can be the value itself.
      if (attempt === 3 || !Buffer.from(made).equals(bytes)) return made;
    }
  }

  /** Bytes without end. */
  #stream(bytes: Uint8Array, attempt: number): () => number {
    let block = Buffer.alloc(0);
    let at = 0;
    let number = 0;
    return () => {
      if (at === block.length) {
        block = createHmac('sha256', this.#key).update(`${attempt}:${number++}:`).update(bytes).digest();
        at = 0;
      }
      return block[at++] as number;
    };
  }
}

const CODED = /%[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|[\s\S]/gu;

function textLike(text: string, random: () => number): string {
  const letters = text.replace(/[^\p{L}\d]/gu, '');
  const isHex = /^[0-9a-f]*$/i.test(letters) && /[a-f]/i.test(letters);
  let inNumber = false;
  return text.replace(CODED, (unit) => {
    const first = !inNumber;
    inNumber = /^\d$/.test(unit);
    if (unit.length >= 3) return codedLike(unit, random);
    // A number does not begin with a zero in JSON.
    if (inNumber) return String(first && !isHex ? 1 + (random() % 9) : random() % 10);
    if (/^[a-z]$/.test(unit)) return String.fromCharCode(0x61 + (random() % (isHex ? 6 : 26)));
    if (/^[A-Z]$/.test(unit)) return String.fromCharCode(0x41 + (random() % (isHex ? 6 : 26)));
    return unit < '\u0080' ? unit : characterLike(unit, random);
  });
}

/** A character of ASCII becomes one like it, `%E5` keeps its leading bits, `\u5c0f` becomes another of its size. */
function codedLike(unit: string, random: () => number): string {
  if (unit.startsWith('\\')) {
    const code = Number.parseInt(unit.slice(2), 16);
    if (code < 0x80) return `\\u00${Buffer.from(textLike(String.fromCharCode(code), random)).toString('hex')}`;
    return `\\u${(0x4e00 + ((random() * 256 + random()) % 0x5000)).toString(16)}`;
  }
  const byte = Number.parseInt(unit.slice(1), 16);
  const like = () => textLike(String.fromCharCode(byte), random).charCodeAt(0);
  const made = byte < 0x80 ? like() : byte < 0xc0 ? 0x80 | (random() & 0x3f) : byte;
  const digits = made.toString(16).padStart(2, '0');
  return `%${/[a-f]/.test(unit) ? digits : digits.toUpperCase()}`;
}

/** Another character of as many bytes in UTF-8. */
function characterLike(character: string, random: () => number): string {
  const number = random() * 256 + random();
  const size = Buffer.byteLength(character);
  if (size === 2) return String.fromCodePoint(0x100 + (number % 0x180));
  return String.fromCodePoint(size === 3 ? 0x4e00 + (number % 0x5000) : 0x20000 + (number % 0xa000));
}
