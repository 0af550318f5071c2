/** One value of a MessagePack or CBOR document; `text` is null for a byte string. */
export interface Item {
  /** Keys and positions from the outside in: `header.list.0`. */
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly text: string | null;
  /** A string's text stands at its span as it is; a number's is made from its bytes. */
  readonly kind: 'string' | 'number' | 'bytes';
}

/** A document that was read to its end. */
export interface ItemDocument {
  readonly items: readonly Item[];
  /** Where the next document would start. */
  readonly end: number;
}

export const ITEM_NESTING_MAX = 64;
export const ITEMS_MAX = 100_000;
const KEY_LENGTH_MAX = 200;

/** Path of what stands in a container under a key or at a position. */
export function itemPath(outer: string, key: string | number): string {
  const shown = typeof key === 'string' && key.length > KEY_LENGTH_MAX ? `${key.slice(0, KEY_LENGTH_MAX)}…` : key;
  return outer === '' ? String(shown) : `${outer}.${shown}`;
}

/** A float as the shortest decimal that means it; floats of four bytes carry about seven digits. */
export function floatText(value: number, bytes: number): string {
  return bytes < 8 ? String(Number(value.toPrecision(7))) : String(value);
}

/**
 * Reads documents that follow each other to the end of the bytes; null when they do not fill them, so that other binary forms
 * are not taken for this one. Values of the second and further documents are numbered: `1.header`.
 */
export function readDocuments(
  length: number,
  read: (at: number, prefix: string) => ItemDocument | null,
): readonly Item[] | null {
  const items: Item[] = [];
  for (let at = 0, number = 0; at < length; number++) {
    const document = read(at, number === 0 ? '' : String(number));
    if (document === null || document.end <= at) return null;
    for (const item of document.items) items.push(item);
    at = document.end;
  }
  return items.length > 0 ? items : null;
}
