import { isUtf8 as isWholeUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';

/** What a file's bytes say, and in which encoding they said it. */
export interface DecodedText {
  readonly text: string;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030' | 'big5';
}

/**
 * Reads text whose encoding nobody told.
 *
 * In order: byte order mark, UTF-16 by its zero bytes, UTF-8 when every byte fits, the charset an HTML head names, and between
 * GB 18030 and Big5 the one that gives more of the characters a policy cannot do without.
 *
 * @returns null when the bytes are no text (zero bytes, or control characters in number).
 */
export function decodeText(bytes: Uint8Array): DecodedText | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoded = decodeMarked(buffer) ?? decodeUnmarked(buffer);
  return decoded === null || looksBinary(decoded.text) ? null : decoded;
}

function decodeMarked(buffer: Buffer): DecodedText | null {
  if (buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) {
    return { text: buffer.toString('utf8').slice(1), encoding: 'utf-8' };
  }
  if (buffer[0] === 0xff && buffer[1] === 0xfe) {
    return { text: iconv.decode(buffer.subarray(2), 'utf-16le'), encoding: 'utf-16le' };
  }
  if (buffer[0] === 0xfe && buffer[1] === 0xff) {
    return { text: iconv.decode(buffer.subarray(2), 'utf-16be'), encoding: 'utf-16be' };
  }
  return null;
}

function decodeUnmarked(buffer: Buffer): DecodedText | null {
  const wide = wideOrder(buffer) ?? chineseOrder(buffer);
  if (wide !== null) return { text: iconv.decode(buffer, wide), encoding: wide };
  if (buffer.includes(0)) return null;
  if (isUtf8(buffer)) return { text: buffer.toString('utf8'), encoding: 'utf-8' };
  const head = buffer.subarray(0, 2048).toString('latin1');
  const named = /charset\s*=\s*["']?\s*([\w-]+)/i.exec(head)?.[1]?.toLowerCase();
  if (named !== undefined && /^(gb2312|gbk|gb18030|big5(-hkscs)?)$/.test(named)) {
    const encoding = named.startsWith('big5') ? 'big5' : 'gb18030';
    return { text: iconv.decode(buffer, encoding), encoding };
  }
  const candidates = (['gb18030', 'big5'] as const).map((encoding) => {
    const text = iconv.decode(buffer, encoding);
    return { text, encoding, score: plausibility(text) };
  });
  const [gb, big5] = candidates as [(typeof candidates)[0], (typeof candidates)[0]];
  const best = big5.score > gb.score ? big5 : gb;
  // Neither reads as Chinese: most likely UTF-8 with a damaged byte.
  if (best.score <= 0) return { text: buffer.toString('utf8'), encoding: 'utf-8' };
  return { text: best.text, encoding: best.encoding };
}

/** UTF-16 without a mark: ASCII signs (line breaks, digits, Latin letters) leave every second byte zero. */
function wideOrder(buffer: Buffer): 'utf-16le' | 'utf-16be' | null {
  const sample = buffer.subarray(0, 4096);
  if (!sample.includes(0)) return null;
  let even = 0;
  let odd = 0;
  for (let index = 0; index < sample.length; index++) {
    if (sample[index] !== 0) continue;
    if (index % 2 === 0) even++;
    else odd++;
  }
  // Characters such as 一 (U+4E00) have a zero byte in the other place.
  if (odd > sample.length / 50 && odd > 3 * even) return 'utf-16le';
  if (even > sample.length / 50 && even > 3 * odd) return 'utf-16be';
  return null;
}

/** UTF-16 without a mark and nearly without ASCII: what it gives as one of both orders is full of a policy's characters. */
function chineseOrder(buffer: Buffer): 'utf-16le' | 'utf-16be' | null {
  const sample = buffer.subarray(0, 4096);
  if (!sample.includes(0) || buffer.length % 2 !== 0) return null;
  const fits = (order: 'utf-16le' | 'utf-16be') => plausibility(iconv.decode(sample, order)) > sample.length / 10;
  return fits('utf-16le') ? 'utf-16le' : fits('utf-16be') ? 'utf-16be' : null;
}

/** A file may be cut inside its last character. */
function isUtf8(buffer: Buffer): boolean {
  let end = buffer.length;
  for (let back = 1; back <= 3 && back <= buffer.length; back++) {
    const byte = buffer[buffer.length - back] as number;
    if (byte >= 0xc0) end = buffer.length - back;
    if (byte < 0x80 || byte >= 0xc0) break;
  }
  return isWholeUtf8(buffer) || (end < buffer.length && isWholeUtf8(buffer.subarray(0, end)));
}

/** Characters that every Chinese privacy policy is full of, in both scripts. */
const FREQUENT = new Set(
  '的我们您個个人信息資资料隱隐私政策使用服務务收集設设備备不会會在和与與為为权權將将以及或者等第三方、，。',
);

function plausibility(text: string): number {
  let score = 0;
  for (const character of text.slice(0, 20_000)) {
    if (FREQUENT.has(character)) score += 2;
    else if (character === '\ufffd') score -= 20;
    else if (/[\ue000-\uf8ff]/.test(character)) score -= 10;
  }
  return score;
}

/** Control characters that no text has; a few strays are forgiven. */
function looksBinary(text: string): boolean {
  const sample = text.slice(0, 65_536);
  const odd = sample.match(ODD)?.length ?? 0;
  return odd > 8 + sample.length / 100;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const ODD = /[\0-\x08\x0b\x0e-\x1f\ufffd]/g;
