import { bufferOf, hexDigit } from '../characters.ts';

const EQUALS = 0x3d;

/** Undoes quoted-printable (RFC 2045, 6.7); null for text that shows none of it. */
export function quotedPrintableOf(bytes: Uint8Array): Uint8Array | null {
  if (!showsCodes(bufferOf(bytes))) return null;
  const decoded = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === EQUALS) {
      const lineEnd = bytes[at + 1] === 0x0a ? 1 : bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a ? 2 : 0;
      if (lineEnd > 0) {
        at += lineEnd;
        continue;
      }
      const code = (hexDigit(bytes[at + 1] ?? 0) << 4) | hexDigit(bytes[at + 2] ?? 0);
      if (code >= 0) {
        decoded[length++] = code;
        at += 2;
        continue;
      }
    }
    decoded[length++] = byte;
  }
  return decoded.subarray(0, length);
}

/** Characters of a line of mail, in front of a soft break. */
const LINE_MIN = 60;
const LINE_MAX = 76;

/** Three codes in a row, or a line of mail length that a soft break ends: `a=30` in a form is no code. */
function showsCodes(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(EQUALS); at !== -1; at = bytes.indexOf(EQUALS, at + 1)) {
    if (isCode(bytes, at) && isCode(bytes, at + 3) && isCode(bytes, at + 6)) return true;
    const isBreak = bytes[at + 1] === 0x0a || (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a);
    // Asked only where a break is: to look back from every sign would make long lines expensive.
    if (!isBreak || at === 0) continue;
    const length = at - 1 - bytes.lastIndexOf(0x0a, at - 1);
    if (length >= LINE_MIN && length <= LINE_MAX) return true;
  }
  return false;
}

function isCode(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === EQUALS && hexDigit(bytes[at + 1] ?? 0) >= 0 && hexDigit(bytes[at + 2] ?? 0) >= 0;
}
