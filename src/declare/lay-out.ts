import type { LineBlock } from './blocks.ts';
import { columnScore, namesPermissions } from './column-score.ts';
import { urlIn } from './entry.ts';
import { fold } from './fold.ts';
import type { Reader } from './label-data.ts';
import { EMPTY, join, type Passage } from './passage.ts';
import { hits, type LabelKind } from './words.ts';

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
  const scores = body.map((one) => {
    const elsewhere = columns.includes('permission') && namesPermissions(one.passage, reader);
    return columns.map(
      (kind) => columnScore(kind, one.passage, reader) - (elsewhere && kind === 'data' ? PERMISSION_IN_DATA : 0),
    );
  });
  const border = rowBorder(body, scores, columns[0] === 'index' ? 1 : 0);
  const numbers = columns[0] === 'index' ? rowNumbers(body) : null;
  const usual = usualGap(body);
  const scored = body.map(
    (one, index): Scored => ({
      scores: scores[index] as readonly number[],
      goesOn: index > 0 && isOpen((body[index - 1] as LineBlock).passage.text, one.passage.text),
      afterWhole: index > 0 && isWholeCell((body[index - 1] as LineBlock).passage.text, reader),
      border: border === null ? 0 : one.gap >= border ? 1 : -1,
      starts: numbers === null ? null : numbers.has(index),
      empties:
        border === null && index > 0 && one.gap > usual + (usual === 0 ? 0 : 2) ? Math.ceil((one.gap - usual) / 2) : 0,
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

/** The count of empty lines that stands between rows, where the lines below so many do look like first cells. */
function rowBorder(body: readonly LineBlock[], scores: readonly (readonly number[])[], first: number): number | null {
  const border = rowGap(body, scores[0]?.length ?? 0);
  if (border === null) return null;
  const below = scores.filter((_, index) => index > 0 && (body[index] as LineBlock).gap >= border);
  const fits = below.filter((row) => row.every((score) => (row[first] as number) >= score - FIRST_CELL_SLACK));
  return fits.length * 2 >= below.length ? border : null;
}

/** Permissions may stand in a column of data, but rather in their own. */
const PERMISSION_IN_DATA = 2;

/** How much better a first cell may look in another column. */
const FIRST_CELL_SLACK = 2;

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
