import type { Platform, SdkStatement } from '../model/declaration.ts';
import type { Block, GridBlock, LineBlock, PolicyText } from './blocks.ts';
import { cleanName, type Draft, finishEntry } from './entry.ts';
import { fieldEntries } from './field-entries.ts';
import { fold } from './fold.ts';
import { type Columns, readGrid } from './grid-entries.ts';
import type { Reader } from './label-data.ts';
import { isKindOfSdk } from './mentions.ts';
import type { Passage } from './passage.ts';
import { type ProseEntry, proseEntries } from './prose-entries.ts';
import { runTable, TRIED_RUNS_MAX } from './run-table.ts';
import { platformsOfHeading } from './scope.ts';
import { headingDepth } from './sections.ts';
import { stackedTable } from './stacked-table.ts';
import { hits, type PolicyWords, type SectionRole } from './words.ts';

/** Everything found about SDKs, and what the search has read on its way. */
export interface FoundEntries {
  readonly sdks: readonly SdkStatement[];
  /** Blocks that were read as part of an SDK's entry: they say nothing about the app itself. */
  readonly taken: ReadonlySet<number>;
  /** Cells of tables that list what the app itself collects or may access. */
  readonly ownData: readonly Passage[];
}

interface Placed {
  readonly draft: Draft;
  readonly block: number;
}

/** Finds the SDK entries of a policy in every layout, table before field before sentence. */
export function findEntries(text: PolicyText, roles: readonly (SectionRole | null)[], reader: Reader): FoundEntries {
  const placed: Placed[] = [];
  const taken = new Set<number>();
  const ownData: Passage[] = [];
  readGrids(text, roles, reader, placed, taken, ownData);
  readStacks(text, roles, reader, placed, taken, ownData);
  let listed = Number.NEGATIVE_INFINITY;
  for (const { draft, lines, sdk } of fieldEntries(linesOf(text, taken), reader)) {
    const first = lines[0] ?? 0;
    // 使用第三方SDK和API, above a sentence: fields of nobody's leave their lines to others.
    if (cleanName(draft.name, reader.words) === null) continue;
    const known = hits(reader.words.patterns.knownSdk, fold(draft.name.text, reader.words));
    // What follows an SDK line on line is in its list, however far up the list was announced.
    const isNext = first === listed + 1 && draft.fields.length >= LISTED_FIELDS_MIN;
    if (!sdk && !known && !isNext && !speaksOfSdks(text, roles, first, reader)) continue;
    listed = lines.at(-1) ?? first;
    placed.push({ draft, block: first });
    for (const line of lines) taken.add(line);
  }
  const keys = placed.map(({ draft }) => nameKey(draft));
  const isCalled = (draft: Draft) => /sdk/i.test(draft.name.text);
  const called = new Set(placed.flatMap(({ draft }) => (isCalled(draft) ? [nameKey(draft)] : [])));
  const sentences = new Map<string, number>();
  for (const entry of proseEntries(linesOf(text, taken), roles, reader)) {
    const key = nameKey(entry.draft);
    // Names that a list gives may hold each other: 支付SDK, 快捷支付SDK. In sentences the shorter one stands for the longer.
    const known = keys.find((other) => {
      if (other === key || !entry.isSentence || !mayBeSame(other, key)) return other === key;
      // Names of one list are each an SDK's.
      const isListed = placed[sentences.get(other) ?? -1]?.block === entry.line;
      return !isListed && sameName(other, key, called.has(other) && isCalled(entry.draft), reader);
    });
    const isOwn = entry.isSentence && saysOwn(text, entry.line, reader);
    if (known !== undefined) {
      const at = sentences.get(known);
      if (at !== undefined) placed[at] = merged(placed[at] as Placed, entry);
      if (at !== undefined && !entry.isSentence) for (const line of entry.lines) taken.add(line);
      continue;
    }
    keys.push(key);
    if (isCalled(entry.draft)) called.add(key);
    if (entry.isSentence) sentences.set(key, placed.length);
    placed.push({ draft: entry.draft, block: entry.line });
    if (!isOwn) for (const line of entry.lines) taken.add(line);
  }
  placed.sort((one, other) => one.block - other.block);
  const headings = new Headings(text, taken, reader.words);
  const sdks = placed.flatMap(({ draft, block }) => finishEntry(draft, text, headings.listedFor(block), reader) ?? []);
  return { sdks, taken, ownData };
}

/** Whether a sentence that names an SDK speaks of what the app collects as well: 我们会收集……，并通过某某SDK……. */
function saysOwn(text: PolicyText, line: number, { words }: Reader): boolean {
  const block = text.blocks[line];
  return block?.kind === 'line' && hits(words.patterns.weCollect, fold(block.passage.text, words));
}

/** A list that gives the name of a sentence again says more of it; a further sentence adds its data. */
function merged(known: Placed, entry: ProseEntry): Placed {
  if (entry.isSentence) return withData(known, entry.draft);
  return withData({ draft: entry.draft, block: entry.line }, known.draft);
}

/** What one sentence after the other says that an SDK collects is collected by one SDK. */
function withData({ draft, block }: Placed, more: Draft): Placed {
  const known = new Set(draft.data.map((part) => part.text));
  const links = more.fields.filter(({ kind }) => kind === 'link');
  const data = [...draft.data, ...more.data.filter((part) => !known.has(part.text))];
  return { draft: { ...draft, fields: [...draft.fields, ...links], data }, block };
}

/** A heading of lists: how deep it lies, and the systems that it says the list is for. */
interface ListHeading {
  readonly depth: number;
  readonly platforms: readonly Platform[] | null;
}

/** The headings of a text, each looked at once: those of a long list are asked for by all its entries. */
class Headings {
  private readonly known: (ListHeading | null | undefined)[] = [];
  private readonly text: PolicyText;
  private readonly taken: ReadonlySet<number>;
  private readonly words: PolicyWords;

  constructor(text: PolicyText, taken: ReadonlySet<number>, words: PolicyWords) {
    this.text = text;
    this.taken = taken;
    this.words = words;
  }

  /** The systems that the heading over an entry says its list is for. */
  listedFor(block: number): readonly Platform[] | null {
    for (let index = block - 1; index >= Math.max(0, block - LIST_LINES_MAX); index--) {
      const heading = this.at(index);
      if (heading !== null && (heading.platforms !== null || heading.depth <= PART_DEPTH_MAX)) return heading.platforms;
    }
    return null;
  }

  private at(index: number): ListHeading | null {
    const known = this.known[index];
    if (known !== undefined) return known;
    const found = this.taken.has(index) ? null : headingAt(this.text.blocks[index], this.words);
    this.known[index] = found;
    return found;
  }
}

function headingAt(block: Block | undefined, words: PolicyWords): ListHeading | null {
  if (block?.kind !== 'line') return null;
  const depth = headingDepth(block.passage.text, block.heading);
  return depth === null ? null : { depth, platforms: platformsOfHeading(fold(block.passage.text, words)) };
}

/** Depth of the headings that part a document: 一、 and （一）. */
const PART_DEPTH_MAX = 9;
/** No list of SDKs is longer. */
const LIST_LINES_MAX = 1_500;

function nameKey(draft: Draft): string {
  return draft.name.text.toLowerCase().replace(/sdk|[\s\p{P}]/gu, '');
}

/** Whether one of two names holds the other. */
function mayBeSame(known: string, mentioned: string): boolean {
  return known.length >= mentioned.length ? known.includes(mentioned) : mentioned.includes(known);
}

/** 极光 in a sentence is the 极光推送 of the table above; 极光地图 is not. */
function sameName(known: string, mentioned: string, isCalledSdk: boolean, reader: Reader): boolean {
  const [longer, shorter] = known.length >= mentioned.length ? [known, mentioned] : [mentioned, known];
  return (
    shorter.length >= 2 &&
    !isOtherProduct(longer, shorter) &&
    !isKindOfSdk(shorter, reader) &&
    // 某某广告SDK is another than 某某SDK, where both are called so.
    (longer === known ||
      (longer.length - shorter.length <= 2 && !(isCalledSdk && isKindOfSdk(longer.replace(shorter, ''), reader))))
  );
}

/** What somebody's payment or ads are made of is not what their other functions are: 某信支付, 某手广告. */
function isOtherProduct(longer: string, shorter: string): boolean {
  return (longer === `${shorter}支付` && !/支付|pay/.test(shorter)) || longer === `${shorter}广告`;
}

function linesOf(text: PolicyText, taken: ReadonlySet<number>): (LineBlock | null)[] {
  return text.blocks.map((block, index) => (block.kind === 'line' && !taken.has(index) ? block : null));
}

const CONTEXT_LINES = 12;
const LISTED_FIELDS_MIN = 3;

/** Whether a section is about SDKs, or the lines above announce them. */
function speaksOfSdks(
  text: PolicyText,
  roles: readonly (SectionRole | null)[],
  block: number,
  reader: Reader,
): boolean {
  const role = roles[block];
  if (role === 'sdk') return true;
  if (role === 'contact' || role === 'rights' || role === 'definition') return false;
  let seen = 0;
  for (let index = block - 1; index >= 0 && seen < CONTEXT_LINES; index--) {
    const one = text.blocks[index];
    if (one?.kind !== 'line') continue;
    seen++;
    if (hits(reader.words.patterns.sdkMention, fold(one.passage.text, reader.words))) return true;
  }
  return false;
}

function readGrids(
  text: PolicyText,
  roles: readonly (SectionRole | null)[],
  reader: Reader,
  placed: Placed[],
  taken: Set<number>,
  ownData: Passage[],
): void {
  let previous: Columns | null = null;
  text.blocks.forEach((block, index) => {
    if (block.kind !== 'grid') return;
    const read = readGrid((block as GridBlock).rows, speaksOfSdks(text, roles, index, reader), previous, reader);
    for (const draft of read.drafts) placed.push({ draft, block: index });
    for (const cell of read.ownData) ownData.push(cell);
    taken.add(index);
    previous = read.kind === 'sdk' ? read.columns : null;
  });
}

function readStacks(
  text: PolicyText,
  roles: readonly (SectionRole | null)[],
  reader: Reader,
  placed: Placed[],
  taken: Set<number>,
  ownData: Passage[],
): void {
  let run: LineBlock[] = [];
  let start = 0;
  const tries = { left: TRIED_RUNS_MAX };
  const flush = () => {
    let at = 0;
    while (at < run.length) {
      const table = runTable(run, at, tries, reader) ?? stackedTable(run, at, reader);
      if (table === null) {
        at++;
        continue;
      }
      const read = readGrid([table.head, ...table.rows], speaksOfSdks(text, roles, start + at, reader), null, reader);
      if (read.kind === 'other') {
        at++;
        continue;
      }
      for (const draft of read.drafts) placed.push({ draft, block: start + at });
      for (const cell of read.ownData) ownData.push(cell);
      for (let line = at; line < table.end; line++) taken.add(start + line);
      at = table.end;
    }
    run = [];
  };
  text.blocks.forEach((block, index) => {
    if (block.kind === 'line') {
      if (run.length === 0) start = index;
      run.push(block);
    } else flush();
  });
  flush();
}
