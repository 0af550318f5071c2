import { bufferOf } from '../characters.ts';

const SIMPLE: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Undoes backslash escapes as JSON and JavaScript write them; one that means nothing stands for its character. */
export function unescapeText(raw: string): string {
  return raw.replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))/g, (_, unicode, short, other) => {
    const code = (unicode ?? short) as string | undefined;
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return SIMPLE[other as string] ?? (other as string);
  });
}

/** Undoes escapes in text that is not JSON itself: `\u`, `\x`, or a document whose quotes are all escaped; null without them. */
export function escapedTextOf(bytes: Uint8Array): Uint8Array | null {
  const raw = bufferOf(bytes).toString('utf8');
  if (!/\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|^\s*[{[][\s{[]*\\+"/.test(raw)) return null;
  return Buffer.from(unescapeText(raw), 'utf8');
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
