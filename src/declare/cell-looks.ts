import { CONTACT, isPermissions } from './column-score.ts';
import type { Reader } from './label-data.ts';
import { addressesIn, type RunText } from './run-text.ts';
import { hits, type LabelKind } from './words.ts';

/** What a stretch looks like, whatever its column. */
export interface Looks {
  readonly size: number;
  readonly share: number;
  readonly hasAddress: boolean;
  readonly startsAddress: boolean;
  /** Letters behind the first address. */
  readonly behindAddress: number;
  readonly companies: number;
  readonly endsCompany: boolean;
  readonly sdks: number;
  readonly endsSdk: boolean;
  readonly known: boolean;
  /** Whether it is a known name and nothing else. */
  readonly isKnown: boolean;
  readonly startsPurpose: boolean;
  readonly startsCollect: boolean;
  /** Whether it begins with the place of a company's seat: 1; has one further on: −1; has none: 0. */
  readonly seat: -1 | 0 | 1;
  /** Whether it ends with a comma or in an open bracket, begins with what belongs to the words before, or goes on beyond a 无. */
  readonly torn: boolean;
  readonly empty: boolean;
  readonly stops: number;
  readonly commas: number;
  readonly number: boolean;
  /** Ends of lines inside, and how many of them came early: in the middle of words, lines are about as long as each other. */
  readonly lines: number;
  readonly early: number;
  /** Words that stand for a link, or say how to reach a company. */
  readonly linkText: boolean;
  readonly contact: boolean;
  /** Whether it is a noun that says what something is for: 消息推送. */
  readonly ofUse: boolean;
  /** Whether it names nothing but permissions, in a table that has a column for them. */
  readonly permissions: boolean;
  readonly text: string;
  /** Whether it names more companies, addresses or SDKs than a cell does. */
  readonly isFull: boolean;
}

/** Tells what the stretches of a run look like; what stands where is looked up once for the whole of it. */
export function looksIn(
  run: RunText,
  columns: readonly (LabelKind | null)[],
  reader: Reader,
): (from: number, to: number) => Looks {
  const { folded } = run;
  const asksPermissions = columns.includes('permission');
  const { patterns } = reader.words;
  const addressEnd = new Map(addressesIn(run.passage.text));
  const addresses = tally(folded.length, [...addressEnd.keys()]);
  const companyEnds = [...folded.matchAll(patterns.companyEnd)].map((match) => match.index + match[0].length);
  const companies = tally(
    folded.length,
    companyEnds.map((end) => end - 1),
  );
  const ends = new Set(companyEnds);
  const sdkEnds = [...folded.matchAll(/sdk(?:\([^()]{1,30}\))?/g)].map((match) => match.index + match[0].length);
  const sdks = tally(
    folded.length,
    sdkEnds.map((end) => end - 1),
  );
  const sdkAt = new Set(sdkEnds);
  const knownEnd = new Map(
    [...folded.matchAll(patterns.knownSdk)].map(({ 0: name, index }) => [index, index + name.length]),
  );
  const known = tally(folded.length, [...knownEnd.keys()]);
  const purposes = new Set([...folded.matchAll(patterns.purposeStart)].map((match) => match.index));
  const collects = new Set([...folded.matchAll(patterns.collectVerb)].map((match) => match.index));
  const seats = [...folded.matchAll(patterns.place)].map((match) => match.index).filter((at) => folded[at - 1] !== '(');
  const seatAt = new Set(seats);
  const places = tally(folded.length, seats);
  const depth = depths(folded);
  const stops = tally(
    folded.length,
    [...folded.matchAll(/[。;；]/g)].map((match) => match.index),
  );
  const commas = tally(
    folded.length,
    [...folded.matchAll(/[、，,]/g)].map((match) => match.index),
  );
  const shapeOf = shapes(folded);
  const linesLike = (isLike: (line: string) => boolean) =>
    tally(
      folded.length,
      linesOf(folded).flatMap(({ line, at }) => (isLike(line) ? [at] : [])),
    );
  const contacts = linesLike((line) => CONTACT.test(line));
  const linkLines = linesLike((line) => line.length < LINK_TEXT_MAX && hits(patterns.linkText, line.trim()));
  const emptyLines = linesLike((line) => line.length < EMPTY_MAX && hits(patterns.emptyValue, line.trim()));
  const between = (counts: Uint32Array, from: number, to: number) => (counts[to] as number) - (counts[from] as number);
  return (from, end) => {
    let to = end;
    while (to > from && folded.charCodeAt(to - 1) <= SPACE) to--;
    const size = between(run.letters, from, to);
    const text = to - from <= SHORT_MAX ? folded.slice(from, to).trim() : '';
    const isShort = text !== '' && text.length < LINK_TEXT_MAX;
    const shape = shapeOf(from, to);
    return {
      size,
      share: size === 0 ? 0 : between(run.named, from, to) / size,
      hasAddress: between(addresses, from, to) > 0,
      startsAddress: addressEnd.has(from),
      behindAddress: between(run.letters, Math.min(to, addressEnd.get(from) ?? to), to),
      companies: between(companies, from, to),
      endsCompany: ends.has(to),
      sdks: between(sdks, from, to),
      endsSdk: sdkAt.has(to),
      known: between(known, from, to) > 0,
      isKnown: knownEnd.get(from) === to,
      startsPurpose: purposes.has(from),
      startsCollect: collects.has(from),
      seat: between(places, from + 1, to) > 0 ? -1 : seatAt.has(from) ? 1 : 0,
      torn:
        isTorn(folded, from, to) || depth[from] !== depth[to] || (shape.lines > 0 && between(emptyLines, from, to) > 0),
      empty: text !== '' && text.length < EMPTY_MAX && hits(patterns.emptyValue, text),
      stops: between(stops, from, to),
      commas: between(commas, from, to),
      number: text.length <= 4 && /^\d{1,3}[.、]?$/.test(text),
      ...shape,
      linkText: between(linkLines, from, to) > 0 || (isShort && hits(patterns.linkText, text)),
      ofUse: isShort && hits(patterns.purposeNoun, text),
      contact: between(contacts, from, to) > 0,
      permissions: asksPermissions && text !== '' && isPermissions(text),
      text,
      isFull:
        between(addresses, from, to) >= ADDRESSES_MAX ||
        between(companies, from, to) >= COMPANIES_MAX ||
        between(sdks, from, to) >= SDKS_MAX,
    };
  };
}

function linesOf(folded: string): { readonly line: string; readonly at: number }[] {
  let at = 0;
  return folded.split('\n').map((line) => {
    const from = at;
    at += line.length + 1;
    return { line, at: from };
  });
}

/** How the lines of a stretch break. */
function shapes(folded: string): (from: number, to: number) => { readonly lines: number; readonly early: number } {
  const breaks = [...folded.matchAll(/\n/g)].map((match) => match.index);
  const next = new Int32Array(folded.length + 1).fill(breaks.length);
  for (let index = breaks.length - 1, at = folded.length; at >= 0; at--) {
    while (index >= 0 && (breaks[index] as number) >= at) index--;
    next[at] = index + 1;
  }
  const wide = widthsOf(folded);
  const widthOf = (from: number, to: number) => (wide[to] as number) - (wide[from] as number);
  const widths = breaks.map((end, index) => widthOf((breaks[index - 1] ?? -1) + 1, end));
  return (from, to) => {
    const first = next[from] as number;
    const lines = (next[to] as number) - first;
    let longest = 0;
    for (let line = first; line < first + lines; line++) longest = Math.max(longest, widths[line] as number);
    let early = 0;
    for (let line = first; line < first + lines; line++) if ((widths[line] as number) < longest * EARLY) early++;
    if (lines > 0 && widthOf((breaks[first + lines - 1] as number) + 1, to) > longest * LATE) early++;
    return { lines, early };
  };
}

/** Shares of the longest line: a line that ends before the one is no full line, a last line beyond the other no rest. */
const EARLY = 0.6;
const LATE = 1.2;

/** For each offset how wide the text before it is set: a Chinese character takes the room of two letters. */
function widthsOf(folded: string): Uint32Array {
  const widths = new Uint32Array(folded.length + 1);
  for (let index = 0; index < folded.length; index++)
    widths[index + 1] = (widths[index] as number) + (folded.charCodeAt(index) >= FIRST_WIDE ? 2 : 1);
  return widths;
}

const FIRST_WIDE = 0x2e80;

function isTorn(folded: string, from: number, to: number): boolean {
  return /[、,/和及与(]/.test(folded[to - 1] as string)
    ? !folded.slice(Math.max(from, to - 300), to).includes('://') || folded[to - 1] !== '/'
    : /[、,()]/.test(folded[from] as string);
}

/** For each offset how many brackets are open in front of it; one that is never closed does not count for long. */
function depths(folded: string): Uint8Array {
  const depth = new Uint8Array(folded.length + 1);
  let open = 0;
  let since = 0;
  for (let index = 0; index < folded.length; index++) {
    depth[index] = open;
    if (folded[index] === '(') {
      open = Math.min(open + 1, BRACKETS_MAX);
      since = index;
    } else if (folded[index] === ')') open = Math.max(0, open - 1);
    if (index - since > BRACKET_SIZE_MAX) open = 0;
  }
  depth[folded.length] = open;
  return depth;
}

const BRACKETS_MAX = 9;
const BRACKET_SIZE_MAX = 300;

const SHORT_MAX = 40;
const ADDRESSES_MAX = 4;
const COMPANIES_MAX = 5;
const SDKS_MAX = 8;
const EMPTY_MAX = 14;
const LINK_TEXT_MAX = 30;
const SPACE = 0x20;

/** For each offset how many places stand before it. */
function tally(length: number, places: readonly number[]): Uint32Array {
  const counts = new Uint32Array(length + 1);
  for (const place of places) counts[place + 1] = (counts[place + 1] as number) + 1;
  for (let index = 1; index <= length; index++)
    counts[index] = (counts[index] as number) + (counts[index - 1] as number);
  return counts;
}
