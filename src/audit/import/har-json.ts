import { type Fields, fieldsOf } from './har-fields.ts';

/** Strings whole, so that nothing inside them is taken for a slip; then the slips themselves. */
const STRINGS_AND_SLIPS = /"[^"\\]*(?:\\.[^"\\]*)*"|,(?=\s*[}\]])|-?\b(?:NaN|Infinity)\b/gs;

/** The object that a JSON text stands for, or null. Overlooks what careless writers do: control characters in strings, NaN, commas at the end. */
export function parsed(bytes: Uint8Array): Fields | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  for (const candidate of [() => text, () => text.replace(STRINGS_AND_SLIPS, mended)]) {
    try {
      return fieldsOf(JSON.parse(candidate()));
    } catch {
      // The next one may do.
    }
  }
  return null;
}

function mended(token: string): string {
  if (token === ',') return '';
  if (!token.startsWith('"')) return 'null';
  return token.replace(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
