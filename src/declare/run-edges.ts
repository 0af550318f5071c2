import { CONTACT } from './column-score.ts';
import { addressesIn, type RunText, type Seam } from './run-text.ts';
import { hits, matchesOf, type PolicyWords } from './words.ts';

/**
 * What stands where a stretch of a run may begin or end: one entry for each edge. First come the edges where one begins, the seams;
 * then those where one ends, in front of the spaces at a seam.
 */
export interface Edges {
  /** Offsets in the text of the run. */
  readonly at: readonly number[];
  /** How many of these stand in front of an edge. */
  readonly addresses: readonly number[];
  readonly companies: readonly number[];
  readonly sdks: readonly number[];
  readonly known: readonly number[];
  readonly places: readonly number[];
  readonly stops: readonly number[];
  readonly commas: readonly number[];
  /** Lines that say how to reach a company, stand for a link, or say that there is nothing. */
  readonly contacts: readonly number[];
  readonly linkLines: readonly number[];
  readonly emptyLines: readonly number[];
  /** Whether this begins at an edge. */
  readonly startsPurpose: readonly boolean[];
  readonly startsCollect: readonly boolean[];
  readonly startsPlace: readonly boolean[];
  /** Whether it begins with a sign that belongs to the words before. */
  readonly startsTorn: readonly boolean[];
  /** Whether this ends at an edge. */
  readonly endsCompany: readonly boolean[];
  readonly endsSdk: readonly boolean[];
  /** Whether it ends with a sign, or a word, that more must follow. */
  readonly endsOpen: readonly boolean[];
  /** Where the address, or the known name, ends that begins at an edge; −1 where none does. */
  readonly addressEnd: readonly number[];
  readonly knownEnd: readonly number[];
  /** How many brackets are open. */
  readonly depth: readonly number[];
  readonly breaks: Breaks;
}

/** The ends of lines in a run. */
interface Breaks {
  /** For each edge how many lines end before it, and how wide the line is in front of it. */
  readonly before: readonly number[];
  readonly rest: readonly number[];
  /** How wide each line is. */
  readonly widths: readonly number[];
}

export function edgesOf({ passage, folded, seams }: RunText, { patterns }: PolicyWords): Edges {
  const at = [...seams.map((seam) => seam.at), ...seams.map((seam) => endBefore(seam, folded))];
  const count = (places: readonly number[]) => countAt(at, seams.length, places);
  const among = (places: readonly number[]) => {
    const set = new Set(places);
    return at.map((offset) => set.has(offset));
  };
  const ending = (ends: ReadonlyMap<number, number>) => at.map((offset) => ends.get(offset) ?? -1);
  const addressEnd = new Map(addressesIn(passage.text));
  const companies = endsOf(folded, patterns.companyEnd);
  const sdks = endsOf(folded, SDK);
  const knownEnd = new Map(
    matchesOf(patterns.knownSdk, folded).map(({ 0: name, index }) => [index, index + name.length]),
  );
  const places = startsOf(folded, patterns.place).filter((place) => folded[place - 1] !== '(');
  const lines = linesOf(folded);
  const like = (isLike: (line: string) => boolean) =>
    count(lines.flatMap(({ line, at }) => (isLike(line) ? [at] : [])));
  return {
    at,
    addresses: count([...addressEnd.keys()]),
    companies: count(companies.map((end) => end - 1)),
    sdks: count(sdks.map((end) => end - 1)),
    known: count([...knownEnd.keys()]),
    places: count(places),
    stops: count(startsOf(folded, /[。;；]/g)),
    commas: count(startsOf(folded, /[、，,]/g)),
    contacts: like((line) => CONTACT.test(line)),
    linkLines: like((line) => line.length < LINK_TEXT_MAX && hits(patterns.linkText, line.trim())),
    emptyLines: like((line) => line.length < EMPTY_MAX && hits(patterns.emptyValue, line.trim())),
    startsPurpose: among(startsOf(folded, patterns.purposeStart)),
    startsCollect: among(startsOf(folded, patterns.collectVerb)),
    startsPlace: among(places),
    startsTorn: at.map((offset) => /[、,()]/.test(folded[offset] ?? '')),
    endsCompany: among(companies),
    endsSdk: among(sdks),
    endsOpen: at.map((offset) => /[、,/和及与(]/.test(folded[offset - 1] ?? '')),
    addressEnd: ending(addressEnd),
    knownEnd: ending(knownEnd),
    depth: depthsAt(folded, at),
    breaks: breaksAt(folded, at, seams.length),
  };
}

/** Longer texts are no word for a link, and no word for nothing. */
export const LINK_TEXT_MAX = 30;
export const EMPTY_MAX = 14;

const SDK = /sdk(?:\([^()]{1,30}\))?/g;
const SPACE = 0x20;

function endBefore(seam: Seam, folded: string): number {
  let end = seam.at;
  while (end > 0 && folded.charCodeAt(end - 1) <= SPACE) end--;
  return end;
}

function startsOf(folded: string, pattern: RegExp): number[] {
  return matchesOf(pattern, folded).map((match) => match.index);
}

function endsOf(folded: string, pattern: RegExp): number[] {
  return matchesOf(pattern, folded).map((match) => match.index + match[0].length);
}

function linesOf(folded: string): { readonly line: string; readonly at: number }[] {
  let at = 0;
  return folded.split('\n').map((line) => {
    const from = at;
    at += line.length + 1;
    return { line, at: from };
  });
}

/** For each edge how many of the places stand in front of it. Places come in order, and so do the edges of each kind. */
function countAt(at: readonly number[], seams: number, places: readonly number[]): number[] {
  let passed = 0;
  return at.map((offset, edge) => {
    if (edge === seams) passed = 0;
    while (passed < places.length && (places[passed] as number) < offset) passed++;
    return passed;
  });
}

function breaksAt(folded: string, at: readonly number[], seams: number): Breaks {
  const breaks = startsOf(folded, /\n/g);
  const wide = widthsOf(folded);
  const widthOf = (from: number, to: number) => (wide[to] as number) - (wide[from] as number);
  const before = countAt(at, seams, breaks);
  return {
    before,
    rest: at.map((offset, edge) => widthOf((breaks[(before[edge] as number) - 1] ?? -1) + 1, offset)),
    widths: breaks.map((end, index) => widthOf((breaks[index - 1] ?? -1) + 1, end)),
  };
}

/** For each offset how wide the text before it is set: a Chinese character takes the room of two letters. */
function widthsOf(folded: string): Uint32Array {
  const widths = new Uint32Array(folded.length + 1);
  for (let index = 0; index < folded.length; index++)
    widths[index + 1] = (widths[index] as number) + (folded.charCodeAt(index) >= FIRST_WIDE ? 2 : 1);
  return widths;
}

const FIRST_WIDE = 0x2e80;

/** For each edge how many brackets are open in front of it; one that is never closed does not count for long. */
function depthsAt(folded: string, at: readonly number[]): number[] {
  const depth = new Uint8Array(folded.length + 1);
  let open = 0;
  let since = 0;
  for (let index = 0; index < folded.length; index++) {
    depth[index] = open;
    const unit = folded.charCodeAt(index);
    if (unit === OPENING) {
      open = Math.min(open + 1, BRACKETS_MAX);
      since = index;
    } else if (unit === CLOSING) open = Math.max(0, open - 1);
    if (index - since > BRACKET_SIZE_MAX) open = 0;
  }
  depth[folded.length] = open;
  return at.map((offset) => depth[offset] as number);
}

const OPENING = 0x28;
const CLOSING = 0x29;
const BRACKETS_MAX = 9;
const BRACKET_SIZE_MAX = 300;
