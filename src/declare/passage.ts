import { matchesOf } from './words.ts';

/**
 * A piece of the policy's text that knows where each of its characters stands in the file.
 *
 * Readers work on the cleaned text (no markup, no hidden parts); quotes are cut from the file, so that each one can be found
 * there again, character for character.
 */
export interface Passage {
  readonly text: string;
  /** For each UTF-16 unit of `text` its offset in the source; −1 where the source has no such character (an entity, a join). */
  readonly at: readonly number[];
  /** Targets of the links inside, in order. */
  readonly links: readonly string[];
}

export const EMPTY: Passage = { text: '', at: [], links: [] };

/** A passage that stands in the source as it is. */
export function passageAt(source: string, from: number, to: number): Passage {
  const at = new Array<number>(to - from);
  for (let index = 0; index < at.length; index++) at[index] = from + index;
  return visible({ text: plainSigns(source.slice(from, to)), at, links: [] });
}

/** Signs that look like a colon are set for one, spaces of any width for a space: rules need to know only these. */
export function plainSigns(text: string): string {
  if (!ODD_SIGN.test(text)) return text;
  return text.replaceAll(/[\u2236\ufe30\ufe55\ua789]/g, '：').replaceAll(/[\u00a0\u2000-\u200a\u202f\u205f]/g, ' ');
}

const ODD_SIGN = /[\u2236\ufe30\ufe55\ua789\u00a0\u2000-\u200a\u202f\u205f]/;

/** Leaves out what has no width: it parts words that a reader sees whole. */
export function visible(passage: Passage): Passage {
  if (!INVISIBLE.test(passage.text)) return passage;
  let text = '';
  const at: number[] = [];
  for (let index = 0; index < passage.text.length; index++) {
    const sign = passage.text[index] as string;
    if (INVISIBLE.test(sign)) continue;
    text += sign;
    at.push(passage.at[index] as number);
  }
  return { text, at, links: passage.links };
}

const INVISIBLE = /[\u00ad\u200b-\u200d\u2060\ufeff]/;

export function cut(passage: Passage, from: number, to: number = passage.text.length): Passage {
  if (from === 0 && to === passage.text.length) return passage;
  return { text: passage.text.slice(from, to), at: passage.at.slice(from, to), links: passage.links };
}

export function trim(passage: Passage): Passage {
  const from = passage.text.length - passage.text.trimStart().length;
  const to = passage.text.trimEnd().length;
  return to <= from ? { text: '', at: [], links: passage.links } : cut(passage, from, to);
}

/** Joins passages with a separator that stands nowhere in the source. */
export function join(passages: readonly Passage[], separator: string): Passage {
  if (passages.length === 1) return passages[0] as Passage;
  const at: number[] = [];
  const texts: string[] = [];
  passages.forEach((passage, index) => {
    if (index > 0) {
      texts.push(separator);
      for (let unit = 0; unit < separator.length; unit++) at.push(-1);
    }
    texts.push(passage.text);
    for (const offset of passage.at) at.push(offset);
  });
  return { text: texts.join(''), at, links: passages.flatMap((passage) => passage.links) };
}

/** Cuts at every match of a pattern; the pieces are trimmed and never empty. */
export function split(passage: Passage, pattern: RegExp): Passage[] {
  const pieces: Passage[] = [];
  let from = 0;
  for (const match of matchesOf(pattern, passage.text)) {
    pieces.push(trim(cut(passage, from, match.index)));
    from = match.index + match[0].length;
  }
  pieces.push(trim(cut(passage, from)));
  return pieces.filter((piece) => piece.text !== '');
}

/**
 * The longest part of a passage that stands in the source without a break and, where a focus is given, covers it.
 *
 * In a file without markup the parts between may be taken along: `**bold**` stays a substring of the file.
 */
export function quote(source: string, passage: Passage, keepMarkup: boolean, focus?: number): string {
  const first = passage.at.find((offset) => offset >= 0);
  const last = passage.at.findLast((offset) => offset >= 0);
  if (first === undefined || last === undefined) return '';
  if (keepMarkup && last >= first && last - first < passage.text.length * 2 + 200)
    return source.slice(first, last + 1).trim();
  let best = { from: 0, to: 0 };
  let from = 0;
  for (let index = 1; index <= passage.at.length; index++) {
    const goes = index < passage.at.length && isNext(source, passage, index);
    if (goes) continue;
    const covers = focus === undefined || (focus >= from && focus < index);
    if (covers && index - from > best.to - best.from) best = { from, to: index };
    from = index;
  }
  if (best.to === best.from) return '';
  return source.slice(passage.at[best.from], (passage.at[best.to - 1] as number) + 1).trim();
}

function isNext(source: string, passage: Passage, index: number): boolean {
  const here = passage.at[index] as number;
  const before = passage.at[index - 1] as number;
  return here >= 0 && before >= 0 && here === before + 1 && plainSigns(source[here] as string) === passage.text[index];
}
