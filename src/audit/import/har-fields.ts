/** An object of a foreign JSON file: nothing is known of its fields. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value when it is an object, else an empty one. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;
}

export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Text as latin1, one character a byte of its UTF-8, as heads are kept. */
export function latin1Of(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all that one byte can be
  return /^[\u0000-\u00ff]*$/.test(text) ? text : Buffer.from(text).toString('latin1');
}
