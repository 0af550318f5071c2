/**
 * Finds where a text stops being JSON, without quoting it: the first character that no JSON text can have there, or the end.
 *
 * Node's own message names the position for some errors only, and quotes the text for others. So the longest beginning that only
 * lacks more text is searched for by halves: cost is the text's length × log₂ of it, for files an operator wrote.
 *
 * @returns line and column, both from 1.
 */
export function jsonErrorAt(text: string): { line: number; column: number } {
  let fine = 0;
  let broken = text.length + 1;
  while (broken - fine > 1) {
    const middle = (fine + broken) >> 1;
    if (onlyLacksMore(text.slice(0, middle))) fine = middle;
    else broken = middle;
  }
  const before = text.slice(0, fine).split('\n');
  return { line: before.length, column: (before.at(-1) as string).length + 1 };
}

function onlyLacksMore(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const { message } = error as SyntaxError;
    if (/end of JSON input/.test(message)) return true;
    // `{` alone is "Expected property name … at position 1": an error at the very end also only lacks more.
    return new RegExp(`at position ${beginning.length}\\b`).test(message);
  }
}
