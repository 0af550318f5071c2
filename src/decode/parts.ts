/** Where a run of characters that coded blobs are made of stands in a text; `end` is exclusive. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

/** Characters of a part; a JWT's may be fewer, and no dots. */
const RUN_MIN = 20;
/** Base64 in the lines of a mail: RFC 2045 §6.8 has 76 characters, PEM (RFC 7468 §2) 64. */
const LINE_MIN = 60;
const LINE_MAX = 76;

/** Where a part may begin: of a fixed length, because a pattern without end takes stack for each character of a long run. */
const START = new RegExp(`eyJ[\\w-]{8}|[A-Za-z0-9+/_-]{${RUN_MIN}}`, 'g');

const OF_JWT = 1;
const OF_BASE64 = 2;
const OF_EITHER = 4;
const KIND = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  const ofJwt = /[\w-]/.test(character) ? OF_JWT : 0;
  const ofBase64 = /[A-Za-z0-9+/]/.test(character) ? OF_BASE64 : 0;
  return ofJwt | ofBase64 | (ofJwt + ofBase64 > 0 ? OF_EITHER : 0);
});

const DOT = 46;
const PAD = 61;
const RETURN = 13;
const NEWLINE = 10;

/**
 * @param text the bytes as latin1. @param from where to look.
 * @returns the first part from there on: a JWT, base64 in lines, or one run of base64 of either alphabet; null: there is none.
 */
export function nextPart(text: string, bytes: Uint8Array, from: number): Part | null {
  START.lastIndex = from;
  for (;;) {
    const found = START.exec(text);
    if (found === null) return null;
    const start = found.index;
    const end = endOfJwt(text, bytes, start) ?? endOfLines(bytes, start) ?? endOfRun(bytes, start);
    if (end !== null) return { start, end };
    START.lastIndex = start + 1;
  }
}

function endOfJwt(text: string, bytes: Uint8Array, start: number): number | null {
  if (!text.startsWith('eyJ', start)) return null;
  const head = behind(bytes, start + 3, OF_JWT);
  if (head - start - 3 < 8 || bytes[head] !== DOT) return null;
  const claims = behind(bytes, head + 1, OF_JWT);
  return claims - head - 1 < 2 || bytes[claims] !== DOT ? null : behind(bytes, claims + 1, OF_JWT);
}

function endOfLines(bytes: Uint8Array, start: number): number | null {
  let line = start;
  let last = start;
  for (;;) {
    const end = behind(bytes, line, OF_BASE64, LINE_MAX + 1);
    const breakLength = bytes[end] === NEWLINE ? 1 : bytes[end] === RETURN && bytes[end + 1] === NEWLINE ? 2 : 0;
    if (end - line < LINE_MIN || end - line > LINE_MAX || breakLength === 0) break;
    last = line;
    line = end + breakLength;
  }
  if (line === start) return null;
  const tail = behind(bytes, line, OF_BASE64, LINE_MAX);
  if (tail > line) return behindPads(bytes, tail);
  // The last line is a whole one; alone it is none in lines.
  return last > start ? behind(bytes, last, OF_BASE64) : null;
}

function endOfRun(bytes: Uint8Array, start: number): number | null {
  const end = behind(bytes, start, OF_EITHER);
  return end - start < RUN_MIN ? null : behindPads(bytes, end);
}

function behind(bytes: Uint8Array, start: number, kind: number, lengthMax = bytes.length): number {
  const stop = Math.min(bytes.length, start + lengthMax);
  let at = start;
  while (at < stop && ((KIND[bytes[at] as number] as number) & kind) !== 0) at++;
  return at;
}

function behindPads(bytes: Uint8Array, start: number): number {
  if (bytes[start] !== PAD) return start;
  return bytes[start + 1] === PAD ? start + 2 : start + 1;
}
