import { bufferOf, hexDigit } from '../characters.ts';
import { decodeEntities, unescapeText } from '../codings/escapes.ts';

/** One character of a layer as its parent writes it. */
interface Unit {
  /** One character a byte. */
  readonly raw: string;
  readonly bytes: Uint8Array;
}

/** A way of writing characters, of which each can be undone, and done again, by itself. */
interface Writing {
  readonly unit: RegExp;
  undo(raw: string): Uint8Array;
  /** Writes other bytes in place of a unit, as much like it as can be. */
  redo(bytes: Uint8Array, like: string): string;
}

/** Bytes of a layer that are others now. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

const latin1 = (bytes: Uint8Array) => bufferOf(bytes).toString('latin1');

const percentRedo = (bytes: Uint8Array, like: string): string =>
  [...bytes]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      const plain = /[\w.~-]/.test(character) && !(like.length === 3 && bytes.length === 1);
      return plain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');

function percentWriting(plus: number): Writing {
  return {
    unit: /%[0-9a-fA-F]{2}|[\s\S]/g,
    undo: (raw) =>
      Uint8Array.of(
        raw.length === 3
          ? (hexDigit(raw.charCodeAt(1)) << 4) | hexDigit(raw.charCodeAt(2))
          : raw === '+'
            ? plus
            : raw.charCodeAt(0),
      ),
    redo: percentRedo,
  };
}

/** Digits as many as those that stood there, in their case. */
function digitsLike(byte: number, radix: 8 | 16, like: string): string {
  const digits = byte.toString(radix).padStart(radix === 8 ? 3 : 2, '0');
  return /[a-f]/.test(like) ? digits : digits.toUpperCase();
}

/** Each byte by itself: `\\x41`, `\\101`. Where they stand for characters the writing below fits. */
const BYTE_ESCAPES: Writing = {
  unit: /\\x[0-9a-fA-F]{2}|\\[0-3][0-7]{2}|\\[\s\S]|[\s\S]/g,
  undo: (raw) => Buffer.from(raw.length === 1 ? raw : unescapeText(raw), 'latin1'),
  redo(bytes, like) {
    const isHex = like.startsWith('\\x');
    if (isHex || /^\\\d/.test(like))
      return [...bytes]
        .map((byte) => `\\${isHex ? 'x' : ''}${digitsLike(byte, isHex ? 16 : 8, like.slice(2))}`)
        .join('');
    return latin1(bytes).replace(/[\\"]/g, '\\$&');
  },
};

/** `=41`, and breaks of lines that mean nothing (RFC 2045 §6.7). */
const QUOTED_PRINTABLE: Writing = {
  unit: /=[0-9a-fA-F]{2}|=\r?\n|[\s\S]/g,
  undo: (raw) => Buffer.from(raw.length === 1 ? raw : raw.slice(1), raw.length === 1 ? 'latin1' : 'hex'),
  redo: (bytes, like) =>
    [...bytes]
      .map((byte) =>
        like.startsWith('=') || byte === 0x3d || byte < 0x20 || byte > 0x7e
          ? `=${digitsLike(byte, 16, like)}`
          : String.fromCharCode(byte),
      )
      .join(''),
};

const WRITINGS: readonly Writing[] = [
  percentWriting(0x2b),
  percentWriting(0x20),
  BYTE_ESCAPES,
  QUOTED_PRINTABLE,
  {
    unit: /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[\s\S]|[\s\S]/g,
    undo: (raw) => (raw.length === 1 ? Buffer.from(raw, 'latin1') : Buffer.from(unescapeText(raw))),
    redo(bytes, like) {
      const text = bufferOf(bytes).toString();
      if (!/^\\u/.test(like)) return latin1(Buffer.from(JSON.stringify(text).slice(1, -1)));
      return [...Array(text.length).keys()]
        .map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`)
        .join('');
    },
  },
  {
    unit: /&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});|[\s\S]/g,
    undo: (raw) => {
      const decoded = raw.length === 1 ? null : decodeEntities(raw);
      return decoded === null ? Buffer.from(raw, 'latin1') : Buffer.from(decoded);
    },
    redo(bytes, like) {
      const text = bufferOf(bytes).toString();
      if (/^&#\d/.test(like)) return `&#${String(text.codePointAt(0)).padStart(like.length - 3, '0')};`;
      if (/^&#x/i.test(like)) return `&#x${(text.codePointAt(0) ?? 0).toString(16).padStart(like.length - 4, '0')};`;
      return latin1(bytes).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
    },
  },
];

/**
 * Writes edits of a layer into the text that it was read from, where characters stand escaped, coded or as they are.
 *
 * @param raw what stands in the parent, and `decoded` what was read from it.
 * @returns edits of `raw`; null when the two do not fit together unit by unit.
 */
export function editUnits(raw: Uint8Array, decoded: Uint8Array, edits: readonly Edit[]): Edit[] | null {
  for (const writing of WRITINGS) {
    const units = unitsOf(raw, decoded, writing);
    if (units !== null) return applied(units, edits, writing);
  }
  return null;
}

/** What a text reads when characters that are escaped or coded in it are undone, in each way that changes it. */
export function* readingsOf(raw: Uint8Array): Generator<Uint8Array> {
  for (const writing of WRITINGS) {
    const undone = Buffer.concat((latin1(raw).match(writing.unit) ?? []).map((unit) => writing.undo(unit)));
    if (!undone.equals(raw)) yield undone;
  }
}

function unitsOf(raw: Uint8Array, decoded: Uint8Array, writing: Writing): Unit[] | null {
  const units = (latin1(raw).match(writing.unit) ?? []).map((unit) => ({ raw: unit, bytes: writing.undo(unit) }));
  return Buffer.concat(units.map(({ bytes }) => bytes)).equals(decoded) ? units : null;
}

/** Each edit begins and ends with a unit; null when one does not. */
function applied(units: readonly Unit[], edits: readonly Edit[], writing: Writing): Edit[] | null {
  const done: Edit[] = [];
  let at = 0;
  let decodedAt = 0;
  let rawAt = 0;
  const skipTo = (end: number) => {
    while (decodedAt < end && at < units.length) {
      const unit = units[at++] as Unit;
      decodedAt += unit.bytes.length;
      rawAt += unit.raw.length;
    }
    return decodedAt === end;
  };
  for (const { start, end, bytes } of edits) {
    if (!skipTo(start)) return null;
    const [first, rawStart] = [at, rawAt];
    if (!skipTo(end)) return null;
    const text = rewritten(units.slice(first, at), bytes, writing);
    done.push({ start: rawStart, end: rawAt, bytes: Buffer.from(text, 'latin1') });
  }
  return done;
}

/** Unit by unit where the new bytes are as many as the old, so that what stands beside stays where it is. */
function rewritten(units: readonly Unit[], bytes: Uint8Array, writing: Writing): string {
  const size = units.reduce((sum, unit) => sum + unit.bytes.length, 0);
  if (size !== bytes.length) return writing.redo(bytes, '');
  let from = 0;
  return units
    .map((unit) => {
      const part = bytes.subarray(from, from + unit.bytes.length);
      from += part.length;
      return bufferOf(part).equals(unit.bytes) ? unit.raw : writing.redo(part, unit.raw);
    })
    .join('');
}
