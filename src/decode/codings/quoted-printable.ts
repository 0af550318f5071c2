import { bufferOf, hexDigit } from '../characters.ts';

const EQUALS = 0x3d;

/** Three codes in a row, or a line of mail length that a soft break ends: `a=30` in a form is no code. */
const SIGN = /(?:=[0-9A-F]{2}){3}|(?:^|\n)[^\n]{60,76}=\r?\n/i;

/** Undoes quoted-printable (RFC 2045, 6.7); null for text that shows none of it. */
export function quotedPrintableOf(bytes: Uint8Array): Uint8Array | null {
  if (!SIGN.test(bufferOf(bytes).toString('latin1'))) return null;
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
