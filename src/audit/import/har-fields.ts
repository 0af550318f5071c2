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

/** The value when it is a number, or a text that is nothing else. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && /^\s*-?\d/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** A number of bytes or a status: what is no whole number from zero on is taken for not given. */
export function countOf(value: unknown): number | null {
  const number = numberOf(value);
  return number !== null && number >= 0 && Number.isSafeInteger(number) ? number : null;
}

/** The end of the year 9999: what evidence files hold and dates are written with four digits. */
const TIME_MAX = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Milliseconds since 1970, whole, in the range of dates that can be written. */
export function timeWithin(ms: number): number {
  return Math.min(TIME_MAX, Math.max(0, Math.round(ms)));
}

/** Headers as most write them, a list of objects; as pairs (Slack); or as one object with a value or a list of values a name. */
export function pairsOf(value: unknown): readonly (readonly [string, string])[] {
  const pairs = Array.isArray(value)
    ? value.map((one) => (Array.isArray(one) ? one : [fieldsOf(one)['name'], fieldsOf(one)['value']]))
    : Object.entries(fieldsOf(value)).flatMap(([name, one]) => [one].flat().map((each) => [name, each]));
  return pairs.map(([name, text]) => [textOf(name) ?? '', textOf(text) ?? ''] as const);
}

export function headerOf(headers: unknown, wanted: string): string | null {
  return pairsOf(headers).find(([name]) => name.toLowerCase() === wanted)?.[1] ?? null;
}

/** For a query or a form; half a character, which has no UTF-8, becomes U+FFFD. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}

/** Text as latin1, one character a byte of its UTF-8, as heads are kept. */
export function latin1Of(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all that one byte can be
  return /^[\u0000-\u00ff]*$/.test(text) ? text : Buffer.from(text).toString('latin1');
}
