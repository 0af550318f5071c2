import { CONTACT, isPermissions } from './column-score.ts';
import type { Reader } from './label-data.ts';
import { addressesIn, type RunText, type Seam } from './run-text.ts';
import { hits, type LabelKind, matchesOf, type PolicyWords } from './words.ts';

/**
 * What a stretch of a run looks like, whatever its column.
 *
 * One object looks at one stretch after the other: there are thousands. What stands where is looked up once, at the seams alone.
 */
export class Looks {
  size = 0;
  share = 0;
  hasAddress = false;
  startsAddress = false;
  /** Letters behind the first address. */
  behindAddress = 0;
  companies = 0;
  endsCompany = false;
  sdks = 0;
  endsSdk = false;
  known = false;
  /** Whether it is a known name and nothing else. */
  isKnown = false;
  startsPurpose = false;
  startsCollect = false;
  /** Whether it begins with the place of a company's seat: 1; has one further on: −1; has none: 0. */
  seat: -1 | 0 | 1 = 0;
  /** Whether it ends with a comma or in an open bracket, begins with what belongs to the words before, or goes on beyond a 无. */
  torn = false;
  empty = false;
  stops = 0;
  commas = 0;
  number = false;
  /** Ends of lines inside, and how many of them came early: in the middle of words, lines are about as long as each other. */
  lines = 0;
  early = 0;
  /** Words that stand for a link, or say how to reach a company. */
  linkText = false;
  contact = false;
  /** Whether it is a noun that says what something is for: 消息推送. */
  ofUse = false;
  /** Whether it names nothing but permissions, in a table that has a column for them. */
  permissions = false;
  /** Its words, where they are few. */
  text = '';
  /** Whether it names more companies, addresses or SDKs than a cell does. */
  isFull = false;

  private readonly run: RunText;
  private readonly patterns: PolicyWords['patterns'];
  private readonly asksPermissions: boolean;
  private readonly edges: Edges;
  private readonly breaks: Breaks;

  constructor(run: RunText, columns: readonly (LabelKind | null)[], { words }: Reader) {
    this.run = run;
    this.patterns = words.patterns;
    this.asksPermissions = columns.includes('permission');
    this.edges = edgesOf(run, words);
    this.breaks = breaksIn(run.folded, this.edges.at);
  }

  /** Looks at the stretch between two seams; spaces at its end do not count. */
  read(seam: number, next: number): void {
    const { letters, named, seams } = this.run;
    const { at, counts, begins, ends, depth, addressEnd, knownEnd } = this.edges;
    const from = at[seam] as number;
    // A stretch of nothing but spaces ends where it begins.
    const edge = (at[seams.length + next] as number) <= from ? seam : seams.length + next;
    const to = at[edge] as number;
    const start = begins[seam] as number;
    const end = ends[edge] as number;
    this.size = (letters[to] as number) - (letters[from] as number);
    this.share = this.size === 0 ? 0 : ((named[to] as number) - (named[from] as number)) / this.size;
    const before = seam * KINDS;
    const behind = edge * KINDS;
    const addresses = (counts[behind + ADDRESSES] as number) - (counts[before + ADDRESSES] as number);
    const places = (counts[behind + PLACES] as number) - (counts[before + PLACES] as number);
    this.companies = (counts[behind + COMPANIES] as number) - (counts[before + COMPANIES] as number);
    this.sdks = (counts[behind + SDKS] as number) - (counts[before + SDKS] as number);
    this.stops = (counts[behind + STOPS] as number) - (counts[before + STOPS] as number);
    this.commas = (counts[behind + COMMAS] as number) - (counts[before + COMMAS] as number);
    this.known = counts[behind + KNOWN] !== counts[before + KNOWN];
    this.contact = counts[behind + CONTACTS] !== counts[before + CONTACTS];
    this.linkText = counts[behind + LINK_LINES] !== counts[before + LINK_LINES];
    this.hasAddress = addresses > 0;
    this.startsAddress = (start & BEGINS_ADDRESS) !== 0;
    const rest = this.startsAddress ? Math.min(to, addressEnd.get(from) as number) : to;
    this.behindAddress = (letters[to] as number) - (letters[rest] as number);
    this.endsCompany = (end & ENDS_COMPANY) !== 0;
    this.endsSdk = (end & ENDS_SDK) !== 0;
    this.isKnown = (start & BEGINS_KNOWN) !== 0 && knownEnd.get(from) === to;
    this.startsPurpose = (start & BEGINS_PURPOSE) !== 0;
    this.startsCollect = (start & BEGINS_COLLECT) !== 0;
    const seated = (start & BEGINS_PLACE) !== 0;
    this.seat = places > (seated ? 1 : 0) ? -1 : seated ? 1 : 0;
    this.isFull = addresses >= ADDRESSES_MAX || this.companies >= COMPANIES_MAX || this.sdks >= SDKS_MAX;
    this.readLines(seam, edge);
    const goesOnEmpty = this.lines > 0 && counts[behind + EMPTY_LINES] !== counts[before + EMPTY_LINES];
    this.torn =
      goesOnEmpty ||
      depth[seam] !== depth[edge] ||
      ((end & ENDS_OPEN) === 0 ? (start & BEGINS_BEHIND) !== 0 : !endsAddress(this.run.folded, from, to));
    this.readText(to - from <= SHORT_MAX ? this.run.folded.slice(from, to).trim() : '');
  }

  /** How the lines of the stretch break. */
  private readLines(seam: number, edge: number): void {
    const { before, widths, rest } = this.breaks;
    const first = before[seam] as number;
    const last = before[edge] as number;
    this.lines = last - first;
    this.early = 0;
    if (last <= first) return;
    let longest = 0;
    for (let line = first; line < last; line++) longest = Math.max(longest, widths[line] as number);
    for (let line = first; line < last; line++) if ((widths[line] as number) < longest * EARLY) this.early++;
    if ((rest[edge] as number) > longest * LATE) this.early++;
  }

  /** What its words tell, where they are few. */
  private readText(text: string): void {
    this.text = text;
    const isShort = text !== '' && text.length < LINK_TEXT_MAX;
    this.empty = text !== '' && text.length < EMPTY_MAX && hits(this.patterns.emptyValue, text);
    this.number = text.length <= NUMBER_MAX && NUMBER.test(text);
    this.linkText ||= isShort && hits(this.patterns.linkText, text);
    this.ofUse = isShort && hits(this.patterns.purposeNoun, text);
    this.permissions = this.asksPermissions && text !== '' && isPermissions(text);
  }
}

const SHORT_MAX = 40;
const ADDRESSES_MAX = 4;
const COMPANIES_MAX = 5;
const SDKS_MAX = 8;
const EMPTY_MAX = 14;
const LINK_TEXT_MAX = 30;
const SPACE = 0x20;
const NUMBER_MAX = 4;
const NUMBER = /^\d{1,3}[.、]?$/;

/** Whether a slash at the end of a stretch is that of an address. */
function endsAddress(folded: string, from: number, to: number): boolean {
  return folded[to - 1] === '/' && folded.slice(Math.max(from, to - 300), to).includes('://');
}

/** What stands at the edges of stretches: first those where they begin, the seams; behind them those where they end, in front of spaces. */
interface Edges {
  /** Offsets in the text of the run. */
  readonly at: Int32Array;
  /** For each edge how many places of each kind stand in front of it. */
  readonly counts: Uint32Array;
  /** What begins at an edge, and what ends there. */
  readonly begins: Uint8Array;
  readonly ends: Uint8Array;
  /** How many brackets are open. */
  readonly depth: Uint8Array;
  /** Where the addresses, and the known names, end that begin at an offset. */
  readonly addressEnd: ReadonlyMap<number, number>;
  readonly knownEnd: ReadonlyMap<number, number>;
}

const KINDS = 10;
const ADDRESSES = 0;
const COMPANIES = 1;
const SDKS = 2;
const KNOWN = 3;
const PLACES = 4;
const STOPS = 5;
const COMMAS = 6;
const CONTACTS = 7;
const LINK_LINES = 8;
const EMPTY_LINES = 9;

const BEGINS_ADDRESS = 1;
const BEGINS_KNOWN = 2;
const BEGINS_PURPOSE = 4;
const BEGINS_COLLECT = 8;
const BEGINS_PLACE = 16;
/** With a sign that belongs to the words before. */
const BEGINS_BEHIND = 32;
const ENDS_COMPANY = 1;
const ENDS_SDK = 2;
/** With a sign, or a word, that more must follow. */
const ENDS_OPEN = 4;

function edgesOf({ passage, folded, seams }: RunText, words: PolicyWords): Edges {
  const { patterns } = words;
  const at = edgeOffsets(folded, seams);
  const counts = new Uint32Array(at.length * KINDS);
  const begins = new Uint8Array(at.length);
  const ends = new Uint8Array(at.length);
  for (let edge = 0; edge < at.length; edge++) {
    const offset = at[edge] as number;
    if (/[、,()]/.test(folded[offset] ?? '')) begins[edge] = BEGINS_BEHIND;
    if (/[、,/和及与(]/.test(folded[offset - 1] ?? '')) ends[edge] = ENDS_OPEN;
  }
  const count = (kind: number, places: readonly number[]) => countAt(at, seams.length, counts, kind, places);
  const addressEnd = new Map(addressesIn(passage.text));
  count(ADDRESSES, [...addressEnd.keys()]);
  flag(at, begins, BEGINS_ADDRESS, addressEnd);
  const companies = endsOf(folded, patterns.companyEnd);
  count(
    COMPANIES,
    companies.map((end) => end - 1),
  );
  flag(at, ends, ENDS_COMPANY, new Set(companies));
  const sdks = endsOf(folded, /sdk(?:\([^()]{1,30}\))?/g);
  count(
    SDKS,
    sdks.map((end) => end - 1),
  );
  flag(at, ends, ENDS_SDK, new Set(sdks));
  const knownEnd = new Map(
    matchesOf(patterns.knownSdk, folded).map(({ 0: name, index }) => [index, index + name.length]),
  );
  count(KNOWN, [...knownEnd.keys()]);
  flag(at, begins, BEGINS_KNOWN, knownEnd);
  flag(at, begins, BEGINS_PURPOSE, new Set(startsOf(folded, patterns.purposeStart)));
  flag(at, begins, BEGINS_COLLECT, new Set(startsOf(folded, patterns.collectVerb)));
  const places = startsOf(folded, patterns.place).filter((place) => folded[place - 1] !== '(');
  count(PLACES, places);
  flag(at, begins, BEGINS_PLACE, new Set(places));
  count(STOPS, startsOf(folded, /[。;；]/g));
  count(COMMAS, startsOf(folded, /[、，,]/g));
  const lines = linesOf(folded);
  const like = (isLike: (line: string) => boolean) => lines.flatMap(({ line, at }) => (isLike(line) ? [at] : []));
  count(
    CONTACTS,
    like((line) => CONTACT.test(line)),
  );
  count(
    LINK_LINES,
    like((line) => line.length < LINK_TEXT_MAX && hits(patterns.linkText, line.trim())),
  );
  count(
    EMPTY_LINES,
    like((line) => line.length < EMPTY_MAX && hits(patterns.emptyValue, line.trim())),
  );
  return { at, counts, begins, ends, depth: depthsAt(folded, at), addressEnd, knownEnd };
}

function edgeOffsets(folded: string, seams: readonly Seam[]): Int32Array {
  const at = new Int32Array(seams.length * 2);
  seams.forEach((seam, index) => {
    let end = seam.at;
    while (end > 0 && folded.charCodeAt(end - 1) <= SPACE) end--;
    at[index] = seam.at;
    at[seams.length + index] = end;
  });
  return at;
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

/** Notes for each edge how many of the places, which come in order, stand in front of it; so do the seams, and the ends behind them. */
function countAt(at: Int32Array, seams: number, counts: Uint32Array, kind: number, places: readonly number[]): void {
  let passed = 0;
  for (let edge = 0; edge < at.length; edge++) {
    if (edge === seams) passed = 0;
    while (passed < places.length && (places[passed] as number) < (at[edge] as number)) passed++;
    counts[edge * KINDS + kind] = passed;
  }
}

function flag(at: Int32Array, flags: Uint8Array, bit: number, places: { has(at: number): boolean }): void {
  for (let edge = 0; edge < at.length; edge++)
    if (places.has(at[edge] as number)) flags[edge] = (flags[edge] as number) | bit;
}

/** The ends of lines in a run. */
interface Breaks {
  /** For each edge how many lines end before it. */
  readonly before: Int32Array;
  /** How wide each line is, and what stands of one in front of each edge. */
  readonly widths: readonly number[];
  readonly rest: Int32Array;
}

function breaksIn(folded: string, at: Int32Array): Breaks {
  const breaks = startsOf(folded, /\n/g);
  const wide = widthsOf(folded);
  const widthOf = (from: number, to: number) => (wide[to] as number) - (wide[from] as number);
  const before = new Int32Array(at.length);
  const rest = new Int32Array(at.length);
  let passed = 0;
  for (let edge = 0; edge < at.length; edge++) {
    const offset = at[edge] as number;
    if (edge * 2 === at.length) passed = 0;
    while (passed < breaks.length && (breaks[passed] as number) < offset) passed++;
    before[edge] = passed;
    rest[edge] = widthOf((breaks[passed - 1] ?? -1) + 1, offset);
  }
  return { before, rest, widths: breaks.map((end, index) => widthOf((breaks[index - 1] ?? -1) + 1, end)) };
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

/** For each edge how many brackets are open in front of it; one that is never closed does not count for long. */
function depthsAt(folded: string, at: Int32Array): Uint8Array {
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
  const found = new Uint8Array(at.length);
  for (let edge = 0; edge < at.length; edge++) found[edge] = depth[at[edge] as number] as number;
  return found;
}

const OPENING = 0x28;
const CLOSING = 0x29;
const BRACKETS_MAX = 9;
const BRACKET_SIZE_MAX = 300;
