/**
 * Everything from traffic or a policy passes through here before it stands in a report or a list. Control characters and those that turn
 * the direction of writing are made visible, so that a hostile name can neither break a form nor pose as something else.
 */
export function visible(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is made visible
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (character) => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
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
