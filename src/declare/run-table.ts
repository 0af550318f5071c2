import type { LineBlock } from './blocks.ts';
import { columnsOf } from './grid-entries.ts';
import type { Reader } from './label-data.ts';
import { cut, EMPTY, type Passage, trim } from './passage.ts';
import { type CellScores, cellScores } from './run-cells.ts';
import { runHead } from './run-head.ts';
import { endsRun, type RunText, runText } from './run-text.ts';
import { isLabelled, type StackedTable } from './stacked-table.ts';
import type { LabelKind } from './words.ts';

const LINES_MAX = 1_500;
const SIZE_MAX = 60_000;
/** Seams that one cell may go over. */
const CELL_SEAMS_MAX = 70;
const SEAMS_MAX = 6_000;
/** Heads of such tables that may be tried in vain: beyond that a file is made to be slow. */
export const TRIED_RUNS_MAX = 20;

/**
 * Reads a table that is left as one run of text: rows on lines of their own or one behind the other, cells parted by spaces
 * or by nothing, as documents lose them that are copied from a page or a PDF.
 *
 * The head says which columns there are. The text is cut, at the places where a cell may begin, into the most plausible
 * cells of these columns in their order; cells may be missing.
 *
 * @param tries how many heads may still be tried in vain.
 * @returns null when no such table starts at `start`.
 */
export function runTable(
  lines: readonly LineBlock[],
  start: number,
  tries: { left: number },
  reader: Reader,
): StackedTable | null {
  const first = (lines[start] as LineBlock).passage;
  const head = runHead(first, reader);
  if (head === null || head.from > 0 || tries.left <= 0) return null;
  tries.left--;
  const columns = columnsOf(
    head.cells.map((cell) => cell.text),
    reader,
  );
  const body: Passage[] = [trim(cut(first, head.to))].filter((rest) => rest.text !== '');
  let size = body[0]?.text.length ?? 0;
  let end = start + 1;
  for (; end < Math.min(lines.length, start + LINES_MAX) && size < SIZE_MAX; end++) {
    const one = lines[end] as LineBlock;
    if (endsRun(one, columns.includes('index'), reader) || isOtherHead(one, head.cells, reader)) break;
    body.push(one.passage);
    size += one.passage.text.length;
  }
  if (size === 0 || (end > start + 1 && isLabelled(lines.slice(start + 1, end), reader))) return null;
  const run = runText(body, head.spaced, reader);
  if (run.seams.length > SEAMS_MAX) return null;
  const scores = cellScores(run, reader);
  const rows = rowsOf(run, bestCells(run, columns, body.length === end - start - 1, scores), columns.length);
  if (!isPlausible(rows, columns)) return null;
  tries.left++;
  return { head: head.cells, rows, end };
}

/** The head of the next table; the same one again only begins the next page. */
function isOtherHead({ passage }: LineBlock, cells: readonly Passage[], reader: Reader): boolean {
  const other = runHead(passage, reader);
  return other !== null && other.from === 0 && other.cells.some((cell, index) => cell.text !== cells[index]?.text);
}

interface Cell {
  readonly column: number;
  readonly from: number;
  readonly to: number;
  readonly newRow: boolean;
}

const SKIP = 1.3;
/** What a row costs, so that words of a cell make no row of their own. */
const ROW = 1;
const NAMELESS = 2;
/** What a row gains that begins a line, and loses that does not; what one costs that goes on in the next line, cell or row. */
const AT_BREAK = 1;
const OFF_BREAK = 0.6;
const OVER_BREAK = 0.5;
/** How much more that weighs where the head stands alone on its line: then a row is a line. */
const PER_LINE = 4;

/** The best ways so far to end a cell at each seam, by column. */
interface Paths {
  readonly best: Float64Array;
  /** The seam where that cell begins. */
  readonly from: Int32Array;
  /** The column before it in the same row; −1 where it begins the first row, −2 − column where it begins the next. */
  readonly back: Int32Array;
}

/** The cells that cover the whole run and fit their columns best (Viterbi over stretches). */
function bestCells(run: RunText, columns: readonly (LabelKind | null)[], perLine: boolean, scores: CellScores): Cell[] {
  const width = columns.length;
  const count = run.seams.length;
  const nameAt = columns.indexOf('name');
  const paths: Paths = {
    best: new Float64Array(count * width).fill(Number.NEGATIVE_INFINITY),
    from: new Int32Array(count * width),
    back: new Int32Array(count * width),
  };
  const weight = perLine ? PER_LINE : 1;
  for (let seam = 0; seam < count - 1; seam++) {
    const offset = run.seams[seam] as number;
    const atBreak = run.breaks.has(offset);
    const starts = startsAt(paths, seam, width, nameAt);
    const rowCost = ROW - (atBreak ? AT_BREAK : -OFF_BREAK * weight);
    let over = atBreak && seam > 0 ? weight : 0;
    for (const [column, start] of starts.entries()) {
      starts[column] =
        start.newRow - rowCost >= start.sameRow - over * OVER_BREAK
          ? { ...start, value: start.newRow - rowCost, back: start.newBack }
          : { ...start, value: start.sameRow - over * OVER_BREAK, back: start.sameBack };
    }
    over = 0;
    for (let next = seam + 1; next < count && next - seam <= CELL_SEAMS_MAX; next++) {
      const to = run.seams[next] as number;
      const score = scores(offset, to);
      for (let column = 0; column < width; column++) {
        const { value: start, back } = starts[column] as Start;
        if (start === Number.NEGATIVE_INFINITY) continue;
        const value = start + score(columns[column] ?? null) - over * OVER_BREAK * weight;
        const at = next * width + column;
        if (value <= (paths.best[at] as number)) continue;
        paths.best[at] = value;
        paths.from[at] = seam;
        paths.back[at] = back;
      }
      if (run.breaks.has(to)) over++;
    }
  }
  return trace(run, paths, width, nameAt);
}

/** The best state from which a cell of a column may begin at a seam: in the row that is open, or in a new one. */
interface Start {
  readonly sameRow: number;
  readonly sameBack: number;
  readonly newRow: number;
  readonly newBack: number;
  readonly value: number;
  readonly back: number;
}

function startsAt({ best }: Paths, seam: number, width: number, nameAt: number): Start[] {
  const closed = reachable(best, seam, width, nameAt);
  let sameRow = Number.NEGATIVE_INFINITY;
  let sameBack = -1;
  return Array.from({ length: width }, (_, column) => {
    const before = column === 0 ? Number.NEGATIVE_INFINITY : (best[seam * width + column - 1] as number);
    if (before >= sameRow - SKIP) sameBack = column - 1;
    sameRow = Math.max(before, sameRow - SKIP);
    const newRow = closed.value - SKIP * column - (nameAt >= 0 && column > nameAt ? NAMELESS : 0);
    return { sameRow, sameBack, newRow, newBack: -2 - closed.column, value: 0, back: 0 };
  });
}

/** The best state in which a row may end at a seam: the cells that it leaves empty are paid for. */
function reachable(best: Float64Array, seam: number, width: number, nameAt: number): { value: number; column: number } {
  if (seam === 0) return { value: 0, column: -1 };
  let value = Number.NEGATIVE_INFINITY;
  let column = -1;
  for (let one = 0; one < width; one++) {
    const here = (best[seam * width + one] as number) - SKIP * (width - 1 - one) - (one < nameAt ? NAMELESS : 0);
    if (here <= value) continue;
    value = here;
    column = one;
  }
  return { value, column };
}

function trace(run: RunText, { best, back, from }: Paths, width: number, nameAt: number): Cell[] {
  const cells: Cell[] = [];
  let seam = run.seams.length - 1;
  let column = reachable(best, seam, width, nameAt).column;
  while (seam > 0 && column >= 0) {
    const at = seam * width + column;
    const source = back[at] as number;
    const start = from[at] as number;
    const newRow = source <= -1;
    cells.push({ column, from: run.seams[start] as number, to: run.seams[seam] as number, newRow });
    seam = start;
    column = newRow ? -2 - source : source;
  }
  return cells.reverse();
}

function rowsOf(run: RunText, cells: readonly Cell[], width: number): Passage[][] {
  const rows: Passage[][] = [];
  for (const { column, from, to, newRow } of cells) {
    if (newRow || rows.length === 0) rows.push(Array.from({ length: width }, () => EMPTY));
    (rows.at(-1) as Passage[])[column] = trim(cut(run.passage, from, to));
  }
  return rows;
}

/** Whether the rows look like those of a table: nearly all have a name, and most of their cells are there. */
function isPlausible(rows: readonly (readonly Passage[])[], columns: readonly (LabelKind | null)[]): boolean {
  if (rows.length < 2) return false;
  const at = Math.max(columns.indexOf('name'), columns.indexOf('vendor'), columns.indexOf('permission'));
  const named = rows.filter((row) => (row[at]?.text ?? '') !== '').length;
  const filled = rows.reduce((sum, row) => sum + row.filter((cell) => cell.text !== '').length, 0);
  return named * 3 >= rows.length * 2 && filled * 2 >= rows.length * columns.length;
}
