/**
 * Text as SQLite will give it back: lone surrogates, which UTF-8 cannot hold, become U+FFFD. What is sealed must equal what is read.
 */
export function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? Buffer.from(text).toString() : text;
}

export function wellFormedOrNull(text: string | null): string | null {
  return text === null ? null : wellFormed(text);
}
