/**
 * JSON whose text is harmless to look at: characters that control a terminal or turn the direction of writing stand as `\uXXXX`, so that
 * the value is kept exactly and shows nothing that it is not.
 */
export function jsonText(value: unknown, indent: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * The same text as {@link jsonText} with an indent of 2, for a value whose lists may be too long for one string (V8 ends at 512 MB):
 * elements of lists directly in it are written one by one, so that a list may be made while it is written.
 */
export function* jsonPieces(value: Readonly<Record<string, unknown>>): Generator<string> {
  let before = '{\n';
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${before}  ${jsonText(name, 0)}: `;
    if (isList(member)) yield* listPieces(member);
    else yield indented(member, '  ');
    before = ',\n';
  }
  yield before === '{\n' ? '{}' : '\n}';
}

function* listPieces(list: Iterable<unknown>): Generator<string> {
  let before = '[\n    ';
  for (const element of list) {
    yield before + indented(element, '    ');
    before = ',\n    ';
  }
  yield before.startsWith('[') ? '[]' : '\n  ]';
}

function isList(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function indented(value: unknown, by: string): string {
  return jsonText(value, 2).replaceAll('\n', `\n${by}`);
}
