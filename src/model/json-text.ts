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
