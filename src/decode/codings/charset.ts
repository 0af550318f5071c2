import { isSpace } from '../characters.ts';
import type { Coding } from './coding.ts';

/** Bytes looked at to tell UTF-16 from other text. */
const SAMPLE = 256;
const CHARACTERS_MIN = 4;

/** Text in UTF-16 with or without its byte-order mark; null when the bytes are something else. */
export function utf16Of(bytes: Uint8Array): Coding | null {
  if (bytes.length < 2 * CHARACTERS_MIN) return null;
  const order = markedOrder(bytes) ?? guessedOrder(bytes);
  if (order === null) return null;
  const text = new TextDecoder(order).decode(bytes.length % 2 === 0 ? bytes : bytes.subarray(0, -1));
  return text.includes('\0') || text.includes('\ufffd') ? null : { step: order, bytes: Buffer.from(text, 'utf8') };
}

function markedOrder(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
}

/** Nine in ten of the high bytes are zero, and none of the low ones: text that is mostly ASCII. */
function guessedOrder(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const length = Math.min(bytes.length, SAMPLE) & ~1;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < length; at += 2) {
    if (bytes[at] === 0) even++;
    if (bytes[at + 1] === 0) odd++;
  }
  if (odd >= length * 0.45 && even === 0) return 'utf-16le';
  return even >= length * 0.45 && odd === 0 ? 'utf-16be' : null;
}

/** Chinese text in GB 18030, which includes GBK and GB 2312; null unless most of what is not ASCII is Chinese. */
export function gbkOf(bytes: Uint8Array, declared: boolean): Coding | null {
  if (!declared && !mostlyChinese(bytes)) return null;
  try {
    return { step: 'gbk', bytes: Buffer.from(new TextDecoder('gb18030', { fatal: true }).decode(bytes), 'utf8') };
  } catch {
    return null;
  }
}

/**
 * Characters and punctuation of GB 2312 are nearly all of a Chinese text (lead bytes A1–A3 and B0–F7, trail bytes from A1 on), and
 * a sixth of what random bytes would give.
 */
function mostlyChinese(bytes: Uint8Array): boolean {
  let chinese = 0;
  let other = 0;
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at] as number;
    if (lead < 0x20 && !isSpace(lead)) return false;
    if (lead < 0x80) continue;
    const trail = bytes[++at] ?? 0;
    if (trail >= 0xa1 && ((lead >= 0xb0 && lead <= 0xf7) || (lead >= 0xa1 && lead <= 0xa3))) chinese++;
    else other++;
  }
  return chinese >= 2 && chinese >= 4 * other;
}
