/**
 * Everything from traffic or a policy passes through here before it stands in a report. Control characters and those that turn
 * the direction of writing are made visible, so that a hostile name can neither break a form nor pose as something else.
 */
export function visible(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is made visible
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (character) => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
}

/** Text for HTML and XML, inside elements and inside attributes in either quotes. */
export function escapeMarkup(text: string): string {
  return visible(text).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * Text for the middle of a line of Markdown: no markup, HTML, link, mention or table cell can begin in it. What means something
 * only at the start of a line (lists, headings, rules) is left alone, so that dates and names stay readable in the source.
 */
export function escapeMarkdown(text: string): string {
  return visible(text)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>|~&#!@$]/g, (character) => `\\${character}`)
    .replace(/:\/\//g, '\\://')
    .replace(/\bwww\./gi, (start) => `${start.slice(0, -1)}\\.`);
}

/**
 * A cell of CSV (RFC 4180). A leading =, +, -, @, narrow or wide and behind blanks or not, would be run as a formula by spreadsheets: a
 * quote disarms it.
 */
export function escapeCsv(text: string): string {
  const shown = visible(text);
  const disarmed = /^\s*[=+\-@＝＋－＠\t\r]/.test(shown) ? `'${shown}` : shown;
  return /[",\r\n']/.test(disarmed) ? `"${disarmed.replace(/"/g, '""')}"` : disarmed;
}
