import { bufferOf } from '../characters.ts';

const SIMPLE: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-3][0-7]{2})|([\s\S]))/g;

/** Undoes backslash escapes as JSON, JavaScript and C write them; one that means nothing stands for its character. */
export function unescapeText(raw: string): string {
  return raw.replace(ESCAPE, (_, unicode, short, octal, other) => {
    const code = (unicode ?? short) as string | undefined;
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    return SIMPLE[other as string] ?? (other as string);
  });
}

const ESCAPED = /\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|(?:\\[0-3][0-7]{2}){2}|^\s*[{[][\s{[]*\\+"/;

/**
 * Undoes escapes in text that is not JSON itself: `\u`, `\x`, octal ones, or a document whose quotes are all escaped; null without
 * them. `\xd8` and `\330` are bytes unless `\u` or other characters show that the text is one of characters.
 */
export function escapedTextOf(bytes: Uint8Array): Uint8Array | null {
  const raw = bufferOf(bytes).toString('utf8');
  if (!ESCAPED.test(raw)) return null;
  const writesBytes = !/\\u[0-9a-fA-F]{4}|[^\0-\x7f]/.test(raw);
  return Buffer.from(unescapeText(raw), writesBytes ? 'latin1' : 'utf8');
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };
const ENTITY = /&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));/g;

/** Undoes the entities that HTML and XML share, and numbered ones; null when there are none. */
export function decodeEntities(text: string): string | null {
  let found = false;
  const decoded = text.replace(ENTITY, (entity, name, decimal, hex) => {
    const code = decimal !== undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex ?? 'x', 16);
    const character =
      name !== undefined ? NAMED[name] : code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
    if (character === undefined) return entity;
    found = true;
    return character;
  });
  return found ? decoded : null;
}
