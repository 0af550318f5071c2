import { bufferOf, hexDigit } from '../characters.ts';

const PERCENT = 0x25;
const PLUS = 0x2b;

/** Undoes `%XX` (and `+` for a space when asked); a percent sign that no two digits follow stays as it is. */
export function decodePercent(bytes: Uint8Array, start: number, end: number, plusIsSpace: boolean): Uint8Array {
  const decoded = new Uint8Array(end - start);
  let length = 0;
  for (let at = start; at < end; at++) {
    let byte = bytes[at] as number;
    if (byte === PERCENT && at + 2 < end) {
      const value = (hexDigit(bytes[at + 1] as number) << 4) | hexDigit(bytes[at + 2] as number);
      if (value >= 0) {
        byte = value;
        at += 2;
      }
    } else if (byte === PLUS && plusIsSpace) {
      byte = 0x20;
    }
    decoded[length++] = byte;
  }
  return decoded.subarray(0, length);
}

/** Whether at least one `%XX` stands in the range. */
export function hasPercentCode(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = bufferOf(bytes).indexOf(PERCENT, start); at !== -1 && at + 2 < end; ) {
    if (hexDigit(bytes[at + 1] as number) >= 0 && hexDigit(bytes[at + 2] as number) >= 0) return true;
    at = bufferOf(bytes).indexOf(PERCENT, at + 1);
  }
  return false;
}
