import type { Reader } from './label-data.ts';
import { cut, EMPTY, type Passage, trim } from './passage.ts';
import { CellScores } from './run-cells.ts';
import type { RunText, Seam } from './run-text.ts';
import type { LabelKind } from './words.ts';

/** The rows of a table that was left as a run, and how well they fit its columns. */
export interface LaidRows {
  readonly rows: readonly (readonly Passage[])[];
  /** The sum over cells and borders: of two readings of the same text the one that scores higher is the better. */
  readonly score: number;
}

/** Letters of one cell, and seams that it may go over. */
const CELL_SIZE_MAX = 1_200;
const CELL_SEAMS_MAX = 40;
const SKIP = 1.3;
/** What a row costs, so that words of a cell make no row of their own. */
const ROW = 1;
/** What one costs more that has cells behind its name, and no name. */
const NAMELESS = 2;

/**
 * Cuts a run into rows and cells, so that the cells fit their columns best. Columns come in order; cells may be missing.
 *
 * Of all ways to cut the best is found by dynamic programming over the seams (Viterbi over stretches).
 */
export function rowsIn(run: RunText, columns: readonly (LabelKind | null)[], reader: Reader): LaidRows {
  const width = columns.length;
  const count = run.seams.length;
  const nameAt = columns.indexOf('name');
  const scores = new CellScores(run, columns, reader);
  const paths: Paths = {
    width,
    nameAt,
    best: new Float64Array(count * width).fill(Number.NEGATIVE_INFINITY),
    from: new Int32Array(count * width),
    back: new Int32Array(count * width),
  };
  const { best, from, back } = paths;
  const starts: Starts = { value: new Float64Array(width), back: new Int32Array(width) };
  for (let seam = 0; seam < count - 1; seam++) {
    const here = run.seams[seam] as Seam;
    findStarts(paths, seam, here, starts);
    scores.begin(seam);
    let over = 0;
    for (let next = seam + 1; next < count && next - seam <= CELL_SEAMS_MAX; next++) {
      const border = run.seams[next] as Seam;
      if (next > seam + 1 && border.at - here.at > CELL_SIZE_MAX) break;
      const isFull = scores.end(next);
      for (let column = 0; column < width; column++) {
        const value = (starts.value[column] as number) + (scores.of[column] as number) - over;
        const at = next * width + column;
        if (value <= (best[at] as number)) continue;
        best[at] = value;
        from[at] = seam;
        back[at] = starts.back[column] as number;
      }
      if (isFull) break;
      over += border.overCell;
    }
  }
  return trace(run, paths);
}

/** The best ways so far to end a cell at each seam, by column. */
interface Paths {
  readonly width: number;
  readonly nameAt: number;
  readonly best: Float64Array;
  /** The seam where that cell begins. */
  readonly from: Int32Array;
  /** The column before it in the same row; −1 where it begins the first row, −2 − column where it begins the next. */
  readonly back: Int32Array;
}

/** For each column the best state from which a cell of it may begin at a seam: in the row that is open, or in a new one. */
interface Starts {
  readonly value: Float64Array;
  readonly back: Int32Array;
}

function findStarts(
  { best, width, nameAt }: Paths,
  seam: number,
  { row, cell, overRow, empties }: Seam,
  starts: Starts,
): void {
  for (let column = 0; column < width; column++) {
    const opening = row - ROW - (nameAt >= 0 && column > nameAt ? NAMELESS : 0);
    let value = seam === 0 ? opening - SKIP * column : Number.NEGATIVE_INFINITY;
    let back = -1;
    for (let before = 0; before < width && seam > 0; before++) {
      const end = best[seam * width + before] as number;
      const named = end - (before < nameAt ? NAMELESS : 0);
      const newRow = named + opening - SKIP * Math.max(0, width - 1 - before + column - empties);
      const skipped = Math.max(0, column - before - 1 - empties);
      const sameRow = before < column ? end - SKIP * skipped - overRow : Number.NEGATIVE_INFINITY;
      if (Math.max(newRow, sameRow) <= value) continue;
      value = Math.max(newRow, sameRow);
      back = newRow >= sameRow ? -2 - before : before;
    }
    starts.value[column] = value - cell;
    starts.back[column] = back;
  }
}

/** The column in which the last row ends best: the cells that it leaves empty are paid for. */
function lastColumn({ best, width, nameAt }: Paths, seam: number): { readonly value: number; readonly column: number } {
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

function trace(run: RunText, paths: Paths): LaidRows {
  const { width, from, back } = paths;
  const rows: Passage[][] = [];
  let row: Passage[] | null = null;
  let seam = run.seams.length - 1;
  const end = lastColumn(paths, seam);
  let column = end.column;
  while (seam > 0 && column >= 0) {
    if (row === null) {
      row = Array.from({ length: width }, () => EMPTY);
      rows.push(row);
    }
    const at = seam * width + column;
    const start = from[at] as number;
    row[column] = trim(cut(run.passage, (run.seams[start] as Seam).at, (run.seams[seam] as Seam).at));
    const source = back[at] as number;
    if (source < 0) row = null;
    column = source < 0 ? -2 - source : source;
    seam = start;
  }
  return { rows: rows.reverse(), score: end.value };
}
