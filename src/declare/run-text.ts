import type { LineBlock } from './blocks.ts';
import { fold } from './fold.ts';
import type { Reader } from './label-data.ts';
import { afterNumbering } from './labels.ts';
import { findTerms } from './lexicon.ts';
import { EMPTY, type Passage, split } from './passage.ts';
import { headingDepth } from './sections.ts';
import { hits, matchesOf } from './words.ts';

/** The body of a table as one text: spaces that only a narrow column set are gone, and every place is known where a cell may begin. */
export interface RunText {
  readonly passage: Passage;
  readonly folded: string;
  /** Where a cell may begin, and the end of the text. */
  readonly seams: readonly Seam[];
  /** For each offset how many letters, and how many letters of names of data, stand before it. */
  readonly letters: Uint32Array;
  readonly named: Uint32Array;
}

/** A place where a cell may begin, and what speaks for and against it. */
export interface Seam {
  readonly at: number;
  /** What a row gains that begins here. */
  readonly row: number;
  /** What a cell loses that begins here. */
  readonly cell: number;
  /** What a cell, and what a row, loses that goes on over it. */
  readonly overCell: number;
  readonly overRow: number;
  /** Empty cells that may stand in front of it at no cost. */
  readonly empties: number;
}

const AT_BREAK = 1;
const OFF_BREAK = -0.6;
const OVER_BREAK = 0.5;
/** How much more the ends of lines weigh where a row is a line. */
const PER_LINE = 4;

/**
 * Makes a run of the lines of a table, parting them at spaces.
 *
 * @param spaced whether cells are parted by spaces alone.
 * @param perLine whether a row is a line.
 */
export function runText(lines: readonly Passage[], spaced: boolean, perLine: boolean, reader: Reader): RunText {
  const texts: string[] = [];
  const at: number[] = [];
  const seams = new Set<number>([0]);
  const breaks = new Set<number>();
  let before = '';
  for (const one of lines) {
    split(one, /\s+/g).forEach((word, index) => {
      if (index === 0) {
        breaks.add(at.length);
        seams.add(at.length);
      }
      if (isBroken(before, word.text)) {
        seams.delete(at.length);
      } else {
        if (/[!-~]$/.test(before) && /^[!-~]/.test(word.text)) {
          texts.push(' ');
          at.push(-1);
        }
        if (index === 0) breaks.add(at.length);
        seams.add(at.length);
      }
      texts.push(word.text);
      for (const offset of word.at) at.push(offset);
      before = isBroken(before, word.text) ? before + word.text : word.text;
    });
  }
  const passage = { ...EMPTY, text: texts.join(''), at };
  const folded = fold(passage.text, reader.words);
  const terms = findTerms(folded, reader.lexicon);
  const addresses = addressesIn(passage.text);
  const inside = (seam: number) => addresses.some(([from, to]) => seam > from && seam < to);
  if (!spaced) for (const seam of wordSeams(folded, terms, reader)) if (!inside(seam)) seams.add(seam);
  for (const seam of addresses.flat()) seams.add(seam);
  // A name of data that goes over a space was broken there.
  for (const { from, to } of terms)
    for (let seam = from + 1; seam < to; seam++) if (!breaks.has(seam)) seams.delete(seam);
  seams.add(passage.text.length);
  const weight = perLine ? PER_LINE : 1;
  return {
    passage,
    folded,
    seams: [...seams]
      .sort((one, other) => one - other)
      .map((at) => {
        const over = breaks.has(at) && at > 0 ? OVER_BREAK * weight : 0;
        const row = breaks.has(at) ? AT_BREAK : OFF_BREAK * weight;
        return { at, row, cell: 0, overCell: over, overRow: over, empties: 0 };
      }),
    ...counts(folded, terms),
  };
}

/** Whether a word is the rest of an address that a narrow column broke: https://a.example/priv acy/p.html. */
export function isBroken(before: string, word: string): boolean {
  if (!/^https?:\/\//i.test(before) || /^https?:/i.test(word) || !/^[\w./?=&#%~+-]+$/.test(word)) return false;
  return /[./?=&#%_]|^(?=[a-z\d]{4})[a-z]*\d+[a-z\d]*$/.test(word) || /[=&?_-]$/.test(before);
}

/** An address; where a name in Latin letters follows it at once, its suffix tells where it ends. */
const ADDRESS =
  /(?:(?:https?|HTTPS?):\/\/|www\.|WWW\.)(?:[\w./?=&#%~+:@!,;-]*?\.(?:html?|shtml|php|jsp|aspx?)(?=[A-Z])|[\w./?=&#%~+:@!,;-]+)/g;
/** The number of the next row, where nothing parts it from an address. */
const NEXT_NUMBER = /(?<=\/|\.(?:html?|shtml|php|com|cn))\d{1,2}$/;

/** Where addresses begin and end. */
export function addressesIn(text: string): [number, number][] {
  return matchesOf(ADDRESS, text).map(({ 0: address, index }) => {
    const end = index + address.length;
    const number = /[\u3400-\u9fff]/.test(text[end] ?? '') ? (NEXT_NUMBER.exec(address)?.[0].length ?? 0) : 0;
    return [index, end - number];
  });
}

/** Places where words change their subject, in text without spaces: whose it is, what for, which data. */
function wordSeams(
  folded: string,
  terms: readonly { readonly from: number; readonly to: number }[],
  reader: Reader,
): number[] {
  const seams: number[] = [];
  for (const match of folded.matchAll(/sdk(?:\([^()]{1,30}\))?/g)) seams.push(match.index + match[0].length);
  for (const match of matchesOf(reader.words.patterns.companyEnd, folded)) {
    seams.push(match.index + match[0].length);
    const start = Math.max(0, match.index - COMPANY_SIZE_MAX);
    const lead = /[^。;,、/]*$/.exec(folded.slice(start, match.index))?.[0] ?? '';
    for (const place of matchesOf(reader.words.patterns.place, lead))
      if (lead[place.index - 1] !== '(') seams.push(match.index - lead.length + place.index);
  }
  for (const name of ['purposeStart', 'collectVerb', 'knownSdk'] as const)
    for (const match of matchesOf(reader.words.patterns[name], folded)) {
      seams.push(match.index);
      if (name === 'knownSdk') seams.push(match.index + match[0].length);
    }
  terms.forEach((term, index) => {
    if (term.from - (terms[index - 1]?.to ?? -TERMS_APART) >= TERMS_APART)
      seams.push(
        term.from - (OF_TERM.exec(folded.slice(Math.max(0, term.from - TERM_LEAD_MAX), term.from))?.[0].length ?? 0),
      );
    if ((terms[index + 1]?.from ?? Number.POSITIVE_INFINITY) - term.to >= TERMS_APART) seams.push(term.to);
  });
  for (const match of folded.matchAll(/《[^》]{1,40}》|(?<=[^\d.])\d{1,3}(?=[\u3400-\u9fff])/g))
    seams.push(match.index, match.index + match[0].length);
  for (const match of folded.matchAll(/无(?=https?:|《|$)/g)) seams.push(match.index);
  return seams;
}

const COMPANY_SIZE_MAX = 34;
/** Words that a name of data may begin with, though it is one without them: 设备型号. */
const OF_TERM = /(?:您的|用户)?(?:移动|智能|终端|手机|设备|硬件|个人|系统|应用|软件)*$/;
const TERM_LEAD_MAX = 8;
/** Names of data that stand further apart belong to different cells, or words stand between. */
const TERMS_APART = 4;

/** For each offset how many letters stand before it, and how many of those belong to names of data. */
export function counts(folded: string, terms: readonly { readonly from: number; readonly to: number }[]) {
  const letters = new Uint32Array(folded.length + 1);
  const named = new Uint32Array(folded.length + 1);
  let term = 0;
  for (let index = 0; index < folded.length; index++) {
    while (term < terms.length && (terms[term] as { to: number }).to <= index) term++;
    const is = isLetter(folded.charCodeAt(index)) ? 1 : 0;
    const inside = term < terms.length && (terms[term] as { from: number }).from <= index;
    letters[index + 1] = (letters[index] as number) + is;
    named[index + 1] = (named[index] as number) + (inside ? is : 0);
  }
  return { letters, named };
}

/** Units met before: 1 for a letter, 2 for a space or a sign. */
const letterOf = new Uint8Array(65_536);

function isLetter(unit: number): boolean {
  if (letterOf[unit] === 0) letterOf[unit] = /[\s\p{P}]/u.test(String.fromCharCode(unit)) ? 2 : 1;
  return letterOf[unit] === 1;
}

/** Whether a line belongs to the body of such a table no more. @param numbered whether the rows are numbered. */
export function endsRun(one: LineBlock, numbered: boolean, reader: Reader): boolean {
  const { text } = one.passage;
  if (one.heading > 0 || HEADING.test(text)) return true;
  if (!numbered && NUMBERED.test(text) && headingDepth(text, one.heading) !== null) return true;
  const folded = fold(text, reader.words);
  const said = folded.slice(afterNumbering(folded));
  return (
    /[。！]/.test(text) && !/https?:/.test(text) && (hits(reader.words.patterns.speaks, said) || /^[您你]/.test(said))
  );
}

const NUMBERED = /^\s*[（(]?\d{1,2}[.、．）)]/;
const HEADING =
  /^\s*(?:[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十\d]+[章条部]|[（(][一二三四五六七八九十]{1,3}[）)])./;
