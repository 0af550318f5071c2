import { bufferOf, HAS_PERCENT, HAS_PLUS, SIGNS_OF, signsOf } from '../characters.ts';
import { decodePercent } from '../codings/percent.ts';
import { nameHash, PATH_ROOT } from './path-tree.ts';

/** One `name=value`, with the span of the value as it stands; `valueBytes` is the decoded value, or null when it stands there as is. */
export type TakePair = (
  name: string,
  start: number,
  end: number,
  valueBytes: Uint8Array | null,
  signs: number,
) => boolean;

const AMPERSAND = 0x26;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const SPACE = 0x20;
const NAME_LENGTH_MAX = 200;

/**
 * Reads `a=1&b=2` between two offsets, as in forms and queries. A pair without `=` is a value without a name.
 *
 * A `+` is a space, except in a value that is otherwise base64: senders that forget to escape the plus signs of base64 are common,
 * and spaces would break it.
 *
 * @returns how many pairs were read.
 */
export function readForm(bytes: Uint8Array, start: number, end: number, take: TakePair): number {
  let pairs = 0;
  for (let from = start; from < end; pairs++) {
    let at = from;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === AMPERSAND || byte === EQUALS) break;
    }
    const equals = bytes[at] === EQUALS && at < end ? at : -1;
    const valueStart = equals === -1 ? from : equals + 1;
    let signs = 0;
    for (at = valueStart; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === AMPERSAND) break;
      signs |= SIGNS_OF[byte] as number;
    }
    if (at > from) {
      const name = equals === -1 ? '' : pathOf(bytes, from, equals);
      const decoded = (signs & (HAS_PERCENT | HAS_PLUS)) === 0 ? null : decodeValue(bytes, valueStart, at, signs);
      if (!take(name, valueStart, at, decoded, decoded === null ? signs : signsOf(decoded, 0, decoded.length)))
        return pairs;
    }
    from = at + 1;
  }
  return pairs;
}

function pathOf(bytes: Uint8Array, start: number, end: number): string {
  const hash = nameHash(bytes, start, end);
  const known = PATH_ROOT.known(bytes, start, end, hash);
  return (known ?? PATH_ROOT.member(bytes, start, end, hash, nameBetween(bytes, start, end))).path;
}

function decodeValue(bytes: Uint8Array, start: number, end: number, signs: number): Uint8Array | null {
  const literal = decodePercent(bytes, start, end, false);
  if ((signs & HAS_PLUS) !== 0 && !looksLikeBase64(literal)) return decodePercent(bytes, start, end, true);
  return literal.length === end - start ? null : literal;
}

/** Long, nothing but base64 characters, and of a length that base64 can have. Words joined by `+` have other lengths or signs. */
function looksLikeBase64(bytes: Uint8Array): boolean {
  return /^[A-Za-z0-9+/\r\n]{15,}={0,2}\s*$/.test(bufferOf(bytes).toString('latin1')) && bytes.length % 4 === 0;
}

function nameBetween(bytes: Uint8Array, start: number, end: number): string {
  const signs = signsOf(bytes, start, Math.min(end, start + 3 * NAME_LENGTH_MAX));
  const name =
    (signs & (HAS_PERCENT | HAS_PLUS)) === 0
      ? bufferOf(bytes).toString('utf8', start, Math.min(end, start + NAME_LENGTH_MAX))
      : bufferOf(decodePercent(bytes, start, Math.min(end, start + 3 * NAME_LENGTH_MAX), true)).toString('utf8');
  return name.slice(0, NAME_LENGTH_MAX);
}

/** Reads `a=1; b=2` as in cookies; quotes around a value are not part of it. */
export function readCookies(bytes: Uint8Array, start: number, end: number, take: TakePair): void {
  let from = start;
  while (from < end) {
    while (from < end && (bytes[from] === SPACE || bytes[from] === SEMICOLON)) from++;
    let to = from;
    let equals = -1;
    for (; to < end && bytes[to] !== SEMICOLON; to++) if (bytes[to] === EQUALS && equals === -1) equals = to;
    if (to > from) {
      let valueStart = equals === -1 ? from : equals + 1;
      let valueEnd = to;
      while (valueEnd > valueStart && bytes[valueEnd - 1] === SPACE) valueEnd--;
      if (valueEnd - valueStart >= 2 && bytes[valueStart] === 0x22 && bytes[valueEnd - 1] === 0x22) {
        valueStart++;
        valueEnd--;
      }
      const signs = signsOf(bytes, valueStart, valueEnd);
      const decoded = (signs & HAS_PERCENT) === 0 ? null : decodePercent(bytes, valueStart, valueEnd, false);
      const name = equals === -1 ? '' : nameBetween(bytes, from, equals).trim();
      if (!take(name, valueStart, valueEnd, decoded, decoded === null ? signs : signsOf(decoded, 0, decoded.length)))
        return;
    }
    from = to + 1;
  }
}
