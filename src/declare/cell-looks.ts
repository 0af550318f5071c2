import { isPermissions } from './column-score.ts';
import type { Reader } from './label-data.ts';
import { type Edges, EMPTY_MAX, edgesOf, LINK_TEXT_MAX } from './run-edges.ts';
import type { RunText } from './run-text.ts';
import { hits, type LabelKind, type PolicyWords } from './words.ts';

/**
 * What a stretch of a run looks like, whatever its column.
 *
 * One object looks at one stretch after the other, {@link begin} at a seam and {@link end} at those behind it: there are thousands.
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

  private seam = 0;
  private from = 0;
  private readonly run: RunText;
  private readonly edges: Edges;
  private readonly patterns: PolicyWords['patterns'];
  private readonly asksPermissions: boolean;

  constructor(run: RunText, columns: readonly (LabelKind | null)[], { words }: Reader) {
    this.run = run;
    this.edges = edgesOf(run, words);
    this.patterns = words.patterns;
    this.asksPermissions = columns.includes('permission');
  }

  /** Begins a stretch at a seam. */
  begin(seam: number): void {
    const { edges } = this;
    this.seam = seam;
    this.from = edges.at[seam] as number;
    this.startsAddress = (edges.addressEnd[seam] as number) !== -1;
    this.startsPurpose = edges.startsPurpose[seam] as boolean;
    this.startsCollect = edges.startsCollect[seam] as boolean;
  }

  /** Ends it at another; spaces at its end do not count. */
  end(next: number): void {
    const { edges, seam, from } = this;
    const { letters, named, seams } = this.run;
    const end = seams.length + next;
    // A stretch of nothing but spaces ends where it begins.
    const edge = (edges.at[end] as number) <= from ? seam : end;
    const to = edges.at[edge] as number;
    this.size = (letters[to] as number) - (letters[from] as number);
    this.share = this.size === 0 ? 0 : ((named[to] as number) - (named[from] as number)) / this.size;
    this.companies = (edges.companies[edge] as number) - (edges.companies[seam] as number);
    this.sdks = (edges.sdks[edge] as number) - (edges.sdks[seam] as number);
    this.stops = (edges.stops[edge] as number) - (edges.stops[seam] as number);
    this.commas = (edges.commas[edge] as number) - (edges.commas[seam] as number);
    this.known = edges.known[edge] !== edges.known[seam];
    this.contact = edges.contacts[edge] !== edges.contacts[seam];
    this.endsCompany = edges.endsCompany[edge] as boolean;
    this.endsSdk = edges.endsSdk[edge] as boolean;
    this.isKnown = edges.knownEnd[seam] === to;
    const addresses = (edges.addresses[edge] as number) - (edges.addresses[seam] as number);
    this.hasAddress = addresses > 0;
    const rest = this.startsAddress ? Math.min(to, edges.addressEnd[seam] as number) : to;
    this.behindAddress = (letters[to] as number) - (letters[rest] as number);
    const places = (edges.places[edge] as number) - (edges.places[seam] as number);
    const seated = edges.startsPlace[seam] as boolean;
    this.seat = places > (seated ? 1 : 0) ? -1 : seated ? 1 : 0;
    this.isFull = addresses >= ADDRESSES_MAX || this.companies >= COMPANIES_MAX || this.sdks >= SDKS_MAX;
    this.breakLines(edge);
    this.torn = this.isTorn(edge, to);
    this.linkText = edges.linkLines[edge] !== edges.linkLines[seam];
    this.readText(to - from <= SHORT_MAX ? this.run.folded.slice(from, to).trim() : '');
  }

  /** How its lines break. */
  private breakLines(edge: number): void {
    const { before, widths, rest } = this.edges.breaks;
    const first = before[this.seam] as number;
    const last = before[edge] as number;
    this.lines = last - first;
    this.early = 0;
    if (last <= first) return;
    let longest = 0;
    for (let line = first; line < last; line++) longest = Math.max(longest, widths[line] as number);
    for (let line = first; line < last; line++) if ((widths[line] as number) < longest * EARLY) this.early++;
    if ((rest[edge] as number) > longest * LATE) this.early++;
  }

  private isTorn(edge: number, to: number): boolean {
    const { depth, emptyLines, endsOpen, startsTorn } = this.edges;
    if (depth[this.seam] !== depth[edge]) return true;
    if (this.lines > 0 && emptyLines[edge] !== emptyLines[this.seam]) return true;
    return endsOpen[edge] ? !endsAddress(this.run.folded, this.from, to) : (startsTorn[this.seam] as boolean);
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

/** Shares of the longest line: a line that ends before the one is no full line, a last line beyond the other no rest. */
const EARLY = 0.6;
const LATE = 1.2;

const SHORT_MAX = 40;
const ADDRESSES_MAX = 4;
const COMPANIES_MAX = 5;
const SDKS_MAX = 8;
const NUMBER_MAX = 4;
const NUMBER = /^\d{1,3}[.、]?$/;

/** Whether a slash at the end of a stretch is that of an address. */
function endsAddress(folded: string, from: number, to: number): boolean {
  return folded[to - 1] === '/' && folded.slice(Math.max(from, to - 300), to).includes('://');
}
