import type { Headers } from '../../model/exchange.ts';

/** Headers as handlers see and change them: lower-case names, repeated fields joined, or as a list for Set-Cookie. */
export type HeaderObject = Record<string, string | string[] | undefined>;

export function headerObject(headers: Headers): HeaderObject {
  const result: HeaderObject = {};
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    const before = result[lower];
    if (lower === 'set-cookie') result[lower] = [...(Array.isArray(before) ? before : []), value];
    else result[lower] = before === undefined ? value : `${before}, ${value}`;
  }
  return result;
}

/**
 * The headers after a handler has changed their object. What it left alone keeps order, case and number; what it changed stays in
 * its place; what is new comes last.
 * @returns null when nothing was changed.
 */
export function editedHeaders(headers: Headers, after: HeaderObject): Headers | null {
  const before = headerObject(headers);
  const wanted = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(after)) {
    const values = value === undefined ? [] : Array.isArray(value) ? value : [String(value)];
    const lower = name.toLowerCase();
    const same = before[lower] !== undefined && String(before[lower]) === String(value);
    if (!same) wanted.set(lower, values.map(String));
  }
  for (const name of Object.keys(before))
    if (!Object.keys(after).some((kept) => kept.toLowerCase() === name)) wanted.set(name, []);
  if (wanted.size === 0) return null;
  const placed = new Set<string>();
  const result: [string, string][] = [];
  for (const [name, value] of headers) {
    const values = wanted.get(name.toLowerCase());
    if (values === undefined) result.push([name, value]);
    else if (!placed.has(name.toLowerCase())) for (const changed of values) result.push([name, changed]);
    placed.add(name.toLowerCase());
  }
  for (const [name, values] of wanted) if (!placed.has(name)) for (const value of values) result.push([name, value]);
  return result;
}

export function withoutField(headers: Headers, name: string): Headers {
  return headers.filter(([field]) => field.toLowerCase() !== name);
}
