import type { LineBlock } from './blocks.ts';
import { columnScore } from './column-score.ts';
import { urlIn } from './entry.ts';
import { fold } from './fold.ts';
import { columnsOf } from './grid-entries.ts';
import { dataShare, type Reader } from './label-data.ts';
import { labelKind, NUMBERING } from './labels.ts';
import { EMPTY, join, type Passage } from './passage.ts';
import { headingDepth } from './sections.ts';
import { hits, type LabelKind } from './words.ts';

/** A table that was flattened to one cell a line, put together again. */
export interface StackedTable {
  readonly head: readonly Passage[];
  readonly rows: readonly (readonly Passage[])[];
  /** First line behind it. */
  readonly end: number;
}

const COLUMNS_MAX = 10;
const LINES_MAX = 1_500;

/**
 * Puts together a table of which only the cells are left, one or more lines each.
 *
 * The head is a run of labels. Below it each line belongs to a column, columns come in order, and cells may be empty or take
 * several lines; of all ways to lay the lines out the most plausible one is taken (Viterbi): by what the lines look like (an
 * address, a company, a list of data), by the empty lines between rows, and by brackets that are still open.
 *
 * @returns null when no table starts at `start`.
 */
export function stackedTable(lines: readonly LineBlock[], start: number, reader: Reader): StackedTable | null {
  const width = headWidth(lines, start, reader);
  if (width === 0) return null;
  const head = lines.slice(start, start + width).map((one) => one.passage);
  const columns = columnsOf(
    head.map((cell) => cell.text),
    reader,
  );
  const end = tableEnd(lines, start + width, columns, reader);
  const body = lines.slice(start + width, end);
  if (body.length < 2 || isLabelled(body, reader)) return null;
  const rows = layOut(body, columns, reader);
  return rows.length === 0 ? null : { head, rows, end };
}

/** Fields that carry their own labels are no cells of a column, even where two lines above them look like heads. */
function isLabelled(body: readonly LineBlock[], reader: Reader): boolean {
  const first = body.slice(0, LABELLED_LINES);
  const labelled = first.filter(({ passage: { text } }) => {
    const label = /^([^:：]{1,24})[:：]/.exec(text)?.[1];
    return label !== undefined && !/^https?$/i.test(label) && labelKind(label, reader.words) !== null;
  });
  return labelled.length * 2 >= first.length;
}

/** Lines below a head that show whether fields carry labels of their own. */
const LABELLED_LINES = 6;

/** How many lines from `start` on are column heads; 0 when they make no table. */
function headWidth(lines: readonly LineBlock[], start: number, reader: Reader): number {
  let width = 0;
  while (width < COLUMNS_MAX && isHead(lines[start + width], width, reader)) width++;
  if (width < 2) return 0;
  const kinds = lines.slice(start, start + width).map((one) => labelKind(one.passage.text, reader.words));
  // A title such as Android SDK reads like a label, too: the head begins below it.
  if (kinds[0] === 'name' && (kinds[1] === 'name' || kinds[1] === 'index')) return 0;
  const distinct = new Set(kinds);
  const useful = ['data', 'purpose', 'function', 'link', 'site', 'scene', 'permission'].filter((kind) =>
    distinct.has(kind as LabelKind),
  );
  const subject =
    distinct.has('name') || distinct.has('vendor') || distinct.has('permission') || distinct.has('category');
  return subject && useful.length >= 1 && distinct.size >= 2 ? width : 0;
}

function isHead(one: LineBlock | undefined, position: number, reader: Reader): boolean {
  if (one === undefined) return false;
  const { text } = one.passage;
  if (text.length > 24 && !/^[\x20-\x7e]{1,48}$/.test(text)) return false;
  if (/[:：。;；]|[.!?]\s|^(?:附[表录件]|表\s*[\d一二三四五])/.test(text) || /\d{4}/.test(text) || NUMBERING.test(text))
    return false;
  if (position > 0 && one.gap > 6) return false;
  // The title of the table, above its head.
  if (position === 0 && /(?:目录|清单|列表|名单|名录|情况|说明|list)$/i.test(text)) return false;
  return labelKind(text, reader.words) !== null;
}

/** Where the cells end: at the next head, a heading, or a sentence that speaks to the reader. */
function tableEnd(
  lines: readonly LineBlock[],
  from: number,
  columns: readonly (LabelKind | null)[],
  reader: Reader,
): number {
  let end = from;
  const last = Math.min(lines.length, from + LINES_MAX);
  while (end < last && !endsTable(lines, end, reader, end - from)) end++;
  if (end > from && headWidth(lines, end, reader) > 0 && isTitle((lines[end - 1] as LineBlock).passage.text, reader))
    end--;
  while (
    end > from &&
    !columns.includes('index') &&
    /^[（(]?\d{1,2}[.、．)）]?$/.test((lines[end - 1] as LineBlock).passage.text)
  )
    end--;
  return end;
}

/** The title of the next table is no cell of this one. */
function isTitle(text: string, reader: Reader): boolean {
  return text.length < 30 && (labelKind(text, reader.words) !== null || NUMBERING.test(text) || /[:：]$/.test(text));
}

const SPEAKS =
  /^(?:我们|为了|为|当您|如果|如您|请|本政策|本隐私|您可以|除|注[:：]|上述|以上|我們|we |you |if |please |the above|note)/;

function endsTable(lines: readonly LineBlock[], at: number, reader: Reader, done: number): boolean {
  const one = lines[at] as LineBlock;
  const { text } = one.passage;
  if (done > 0 && headWidth(lines, at, reader) >= 3) return true;
  if (one.heading >= 1 && one.heading <= 6) return true;
  const depth = headingDepth(text, one.heading);
  const folded = fold(text, reader.words);
  if (depth !== null && depth <= 9) return true;
  const bare = folded.replace(NUMBERING, '').trim();
  if (
    depth !== null &&
    depth <= 16 &&
    !/sdk/.test(bare) &&
    reader.words.sections.some(
      ({ role, pattern }) => role !== 'collection' && role !== 'cookie' && pattern.test(bare),
    ) &&
    dataShare(folded, reader.lexicon) < 0.4
  )
    return true;
  return (
    text.length > 24 && SPEAKS.test(bare) && /[。.;；：:！]$/.test(text) && dataShare(folded, reader.lexicon) < 0.35
  );
}

/** Scores of one line for each column, and what binds it to the line before. */
interface Scored {
  readonly scores: readonly number[];
  readonly goesOn: boolean;
  /** Whether the line before is a whole cell by itself: an address, a 无. */
  readonly afterWhole: boolean;
  /** 1: the empty lines above say that a row begins; −1: they say that none does; 0: they say nothing. */
  readonly border: -1 | 0 | 1;
  /** Where rows are numbered: whether this line is the number of one. */
  readonly starts: boolean | null;
  /** Empty cells that the many empty lines above it stand for, at most. */
  readonly empties: number;
}

/** Lays lines out in columns, the most plausible way of all. */
export function layOut(
  body: readonly LineBlock[],
  columns: readonly (LabelKind | null)[],
  reader: Reader,
): Passage[][] {
  const width = columns.length;
  const border = rowGap(body, width);
  const numbers = columns[0] === 'index' ? rowNumbers(body) : null;
  const usual = usualGap(body);
  const scored = body.map(
    (one, index): Scored => ({
      scores: columns.map((kind) => columnScore(kind, one.passage, reader)),
      goesOn: index > 0 && isOpen((body[index - 1] as LineBlock).passage.text, one.passage.text),
      afterWhole: index > 0 && isWholeCell((body[index - 1] as LineBlock).passage.text, reader),
      border: border === null ? 0 : one.gap >= border ? 1 : -1,
      starts: numbers === null ? null : numbers.has(index),
      empties: border === null && index > 0 && one.gap >= usual + 3 ? Math.floor((one.gap - usual) / 2) : 0,
    }),
  );
  const path = bestPath(scored, width, columns.indexOf('name'));
  const rows: Passage[][][] = [];
  path.forEach((step, index) => {
    if (step.newRow || rows.length === 0) rows.push(Array.from({ length: width }, () => []));
    ((rows.at(-1) as Passage[][])[step.column] as Passage[]).push((body[index] as LineBlock).passage);
  });
  return rows.map((row) => row.map((cell) => (cell.length === 0 ? EMPTY : join(cell, '\n'))));
}

/** The lines that number the rows 1, 2, 3…; null when not even two do. */
function rowNumbers(body: readonly LineBlock[]): ReadonlySet<number> | null {
  const found = new Set<number>();
  let next = Number(/^\d{1,3}(?=[.、]?$)/.exec(body[0]?.passage.text ?? '')?.[0] ?? Number.NaN);
  body.forEach((one, index) => {
    if (Number(/^(\d{1,3})[.、]?$/.exec(one.passage.text)?.[1] ?? Number.NaN) !== next) return;
    found.add(index);
    next++;
  });
  return found.size < 2 ? null : found;
}

/** The count of empty lines that most lines have above them. */
function usualGap(body: readonly LineBlock[]): number {
  const gaps = body.slice(1).map((one) => one.gap);
  return gaps.sort((one, other) => one - other)[Math.floor(gaps.length / 2)] ?? 0;
}

/** The count of empty lines that stands between rows, where rows and cells are set apart differently. */
function rowGap(body: readonly LineBlock[], width: number): number | null {
  const gaps = body.slice(1).map((one) => one.gap);
  const small = Math.min(...gaps);
  const big = gaps.filter((gap) => gap > small);
  if (big.length === 0 || big.length > gaps.length * 0.6) return null;
  const border = Math.min(...big);
  // Rows have about as many lines as columns; a table set apart otherwise says nothing.
  const perRow = body.length / (big.length + 1);
  return perRow >= Math.min(2, width - 1) && perRow <= width * 2.5 ? border : null;
}

/** A line that ends with an open bracket or a comma goes on in the next; so does one before a line that begins with one. */
function isOpen(before: string, text: string): boolean {
  if (before.trim() === '/' || text.trim() === '/') return false;
  const open = (before.match(/[（(]/g)?.length ?? 0) - (before.match(/[）)]/g)?.length ?? 0);
  return open > 0 || (/[、,，/及和与]$/.test(before) && urlIn(before) !== before.trim()) || /^[、,，）)/]/.test(text);
}

function isWholeCell(text: string, reader: Reader): boolean {
  const folded = fold(text.trim(), reader.words);
  return (
    hits(reader.words.patterns.emptyValue, folded) ||
    urlIn(text) === text.trim() ||
    (folded.length < 12 && hits(reader.words.patterns.linkText, folded))
  );
}

interface Step {
  readonly column: number;
  readonly newRow: boolean;
}

const SKIP = 1.3;
const STAY = 1.1;
/** A row that begins before its name and then has none. */
const NAMELESS = 1.5;

function bestPath(lines: readonly Scored[], width: number, nameAt: number): Step[] {
  const best: number[][] = [];
  const back: { from: number; newRow: boolean }[][] = [];
  lines.forEach((one, index) => {
    const row: number[] = [];
    const origin: { from: number; newRow: boolean }[] = [];
    for (let column = 0; column < width; column++) {
      let top = Number.NEGATIVE_INFINITY;
      let source = { from: -1, newRow: true };
      for (let from = 0; from < width; from++) {
        const before =
          index === 0 ? (from === 0 ? 0 : Number.NEGATIVE_INFINITY) : ((best[index - 1] as number[])[from] as number);
        for (const newRow of index === 0 ? [true] : column >= from ? [false, true] : [true]) {
          if (index > 0 && one.starts !== null && one.starts !== newRow) continue;
          const nameless = !newRow && from < nameAt && column > nameAt ? NAMELESS : 0;
          const value = before + stepScore(one, index === 0 ? width - 1 : from, column, newRow, width) - nameless;
          if (value > top) {
            top = value;
            source = { from, newRow };
          }
        }
      }
      row.push(top + (one.scores[column] as number));
      origin.push(source);
    }
    best.push(row);
    back.push(origin);
  });
  return trace(best, back, width);
}

function stepScore(one: Scored, from: number, column: number, newRow: boolean, width: number): number {
  if (newRow) {
    const skipped = width - 1 - from + column;
    return (
      -Math.max(0, skipped - one.empties) * SKIP - (column > 0 ? 0.8 : 0) - (one.goesOn ? 4 : 0) + one.border * 2.5
    );
  }
  const border = one.border === 1 ? -2.5 : 0;
  // Where empty lines mark the rows, every line between them is a cell of its own.
  if (column === from)
    return (
      border - (one.empties > 0 ? 2 : 0) - (one.goesOn ? -2 : one.afterWhole ? 4 : one.border === -1 ? 2 * STAY : STAY)
    );
  return border - Math.max(0, column - from - 1 - one.empties) * SKIP - (one.goesOn ? 3 : 0);
}

function trace(
  best: readonly (readonly number[])[],
  back: readonly (readonly { from: number; newRow: boolean }[])[],
  width: number,
): Step[] {
  const steps: Step[] = [];
  const last = best.at(-1) as readonly number[];
  let column = 0;
  // The last row, too, pays for the cells it leaves empty.
  for (let other = 1; other < width; other++)
    if ((last[other] as number) - (width - 1 - other) * SKIP > (last[column] as number) - (width - 1 - column) * SKIP)
      column = other;
  for (let index = best.length - 1; index >= 0; index--) {
    const { from, newRow } = (back[index] as readonly { from: number; newRow: boolean }[])[column] as {
      from: number;
      newRow: boolean;
    };
    steps.push({ column, newRow });
    column = from;
  }
  return steps.reverse();
}
