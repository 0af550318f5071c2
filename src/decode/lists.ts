import type { Part } from './parts.ts';

/** Bytes one by one within text: `key: [51, 53, …]`, `35:36:…`, `0x35,0x36,…`. Longer lists are read in pieces of this length. */
const LIST =
  /(?<![\w.-])(?:-?\d{1,3}(?:,\s?-?\d{1,3}){5,4095}|0x[\da-f]{2}(?:[, :]{1,2}0x[\da-f]{2}){5,4095}|[\da-f]{2}([: -])[\da-f]{2}(?:\1[\da-f]{2}){5,4095})/gi;

const WHOLE_LIST = new RegExp(`^(?:${LIST.source})$`, 'i');

/** Behind a list, this is none: it is a word, or a longer address. */
const GOES_ON = /[\w:-]/;
/** Characters of the shortest piece of a longer list: pairs of digits with one between. */
const PIECE_LENGTH = 4096 * 3 - 1;
const BEFORE_LAST_GAP = /^.*[^, ](?=[, ])/s;
const LAST_ELEMENT = /(?:,\s?-?\d{1,3}|[, :]{1,2}0x[\da-f]{2}|[: -][\da-f]{2})$/i;

/**
 * @param from where to look.
 * @returns the first list from there on; null: there is none.
 */
export function nextList(text: string, from: number): Part | null {
  LIST.lastIndex = from;
  for (let found = LIST.exec(text); found !== null; found = LIST.exec(text)) {
    const start = found.index;
    const end = LIST.lastIndex;
    // What stands behind a list is not part of the pattern: it would be tried again for every element that is given back.
    if (end - start >= PIECE_LENGTH || !GOES_ON.test(text.charAt(end))) return { start, end };
    // The last element runs into a word; those before it stand apart where a comma or a space follows them.
    const apart = start + (BEFORE_LAST_GAP.exec(found[0])?.[0].length ?? 0);
    if (WHOLE_LIST.test(text.slice(start, apart))) return { start, end: apart };
    // Not from the second element: of a long run that would look at each element as often as the run is long.
    LIST.lastIndex = start + (LAST_ELEMENT.exec(found[0])?.index ?? 0) + 1;
  }
  return null;
}
