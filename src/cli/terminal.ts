/** How results look on a terminal: tables that respect wide characters, and colour only where it is wanted. */

/** Whether colour may be used on a stream: a terminal, and NO_COLOR not set (https://no-color.org). */
export function mayColour(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
}

const CODES = { red: 31, green: 32, yellow: 33, blue: 34, dim: 2, bold: 1 } as const;

export type Colour = keyof typeof CODES;

/** Returns a painter that colours text, or leaves it alone. */
export function painter(enabled: boolean): (colour: Colour, text: string) => string {
  return (colour, text) => (enabled ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text);
}

/** Characters that take two columns: CJK, full-width forms, pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Characters that take none: marks on the one before, joiners, selectors. */
const ZERO_WIDTH = /[\p{Mn}\p{Me}\u200b-\u200f\u2060\ufeff]/u;

/** Columns a text takes on a terminal: CJK and full-width characters take two, colour codes and marks none. */
export function displayWidth(text: string): number {
  let width = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes start with an escape character
  for (const character of text.replace(/\u001b\[\d+m/g, ''))
    if (!ZERO_WIDTH.test(character)) width += WIDE.test(character) ? 2 : 1;
  return width;
}

/** Control characters of hostile traffic must not reach a terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '·');
}

/**
 * A table with a header line and columns that line up.
 * @param rows cells of text; they must already be {@link printable} where they come from traffic.
 */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, column) =>
    rows.reduce((widest, row) => Math.max(widest, displayWidth(row[column] ?? '')), displayWidth(name)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === cells.length - 1 ? cell : cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - displayWidth(cell))),
      )
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}

/** A text that takes at most so many columns; null: it may take any. What is cut is shown as …. */
export function shortened(text: string, columnsMax: number | null): string {
  if (columnsMax === null || displayWidth(text) <= columnsMax) return text;
  let kept = '';
  let width = 1;
  for (const character of text) {
    width += displayWidth(character);
    if (width > columnsMax) break;
    kept += character;
  }
  return `${kept}…`;
}

/**
 * Breaks a text into lines of so many columns: at blanks, and between characters that are two columns wide, but not before a closing
 * punctuation mark.
 * @param width null: one line.
 * @param before columns that the first line has lost already.
 */
export function wrapped(text: string, width: number | null, indent: string, before = 0): string {
  if (width === null) return text;
  const lines: string[] = [];
  let line = '';
  let used = before;
  for (const [word] of text.matchAll(
    /[\u2e80-\uffef]?[、，。；：）】」』！？]+|[\u2e80-\uffef]|[^\s\u2e80-\uffef]+|\s+/g,
  )) {
    const size = displayWidth(word);
    if (used + size > width && line !== '') {
      lines.push(line.trimEnd());
      line = '';
      used = displayWidth(indent);
    }
    if (line === '' && /^\s+$/.test(word)) continue;
    line += word;
    used += size;
  }
  return [...lines, line.trimEnd()].join(`\n${indent}`);
}
