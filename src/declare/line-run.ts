import type { LineBlock } from './blocks.ts';
import { columnScore } from './column-score.ts';
import { fold } from './fold.ts';
import type { Reader } from './label-data.ts';
import { findTerms } from './lexicon.ts';
import { join } from './passage.ts';
import { counts, isBroken, type RunText, type Seam } from './run-text.ts';
import type { LabelKind } from './words.ts';

/** What empty lines say: that a row begins below them, or that none does without them. */
const ROW_BORDER = 2.5;
/** What a cell loses that begins without an empty line where the others have one, and one that goes over an empty line. */
const CELL_BORDER = 1.5;
const OVER_CELL_BORDER = 0.6;

/** Makes a run of the lines below a head, each of which may begin a cell. */
export function lineRun(body: readonly LineBlock[], columns: readonly (LabelKind | null)[], reader: Reader): RunText {
  const passage = join(
    body.map((one) => one.passage),
    '\n',
  );
  const folded = fold(passage.text, reader.words);
  return {
    passage,
    folded,
    seams: seamsOf(body, columns, reader),
    ...counts(folded, findTerms(folded, reader.lexicon)),
  };
}

function seamsOf(body: readonly LineBlock[], columns: readonly (LabelKind | null)[], reader: Reader): Seam[] {
  const border = borderOf(body, columns, reader);
  const numbers = columns[0] === 'index' ? rowNumbers(body) : null;
  const usual = usualGap(body);
  const seams: Seam[] = [];
  let at = 0;
  let address = '';
  body.forEach((one, index) => {
    const { text } = one.passage;
    const broken = isBroken(address, text);
    address = broken ? address + text : text;
    if (!broken || index === 0) {
      const wide = one.gap > usual + (usual === 0 ? 0 : 2) ? Math.ceil((one.gap - usual) / 2) : 0;
      const isBorder = border !== null && one.gap >= border.gap;
      const ofRow = border?.of === 'row';
      seams.push({
        at,
        row:
          numbers !== null
            ? numbers.has(index)
              ? 0
              : Number.NEGATIVE_INFINITY
            : ofRow
              ? isBorder
                ? ROW_BORDER
                : -ROW_BORDER
              : 0,
        cell: border?.of === 'cell' && !isBorder ? CELL_BORDER : 0,
        overCell: isBorder ? (ofRow ? ROW_BORDER : OVER_CELL_BORDER) : 0,
        overRow: isBorder && ofRow ? ROW_BORDER : 0,
        empties: border === null && index > 0 ? wide : 0,
      });
    }
    at += text.length + 1;
  });
  seams.push({ at: at - 1, row: 0, cell: 0, overCell: 0, overRow: 0, empties: 0 });
  return seams;
}

interface Border {
  /** The count of empty lines that makes one. */
  readonly gap: number;
  readonly of: 'row' | 'cell';
}

/** The count of empty lines that stands between rows, or between cells of several lines, where lines are set apart differently. */
function borderOf(body: readonly LineBlock[], columns: readonly (LabelKind | null)[], reader: Reader): Border | null {
  const gaps = body.slice(1).map((one) => one.gap);
  const small = Math.min(...gaps);
  const big = gaps.filter((gap) => gap > small);
  if (big.length === 0) return null;
  const gap = Math.min(...big);
  // Rows have about as many lines as columns, cells a few; a table set apart otherwise says nothing.
  const lines = body.length / (big.length + 1);
  const width = columns.length;
  if (lines >= Math.max(2, width * ROW_LINES_MIN) && lines <= width * 2.5)
    return beginsRows(body, gap, columns, reader) ? { gap, of: 'row' } : null;
  return small === 0 && lines < width * ROW_LINES_MIN && lines >= CELL_LINES_MIN ? { gap, of: 'cell' } : null;
}

/** Whether the lines below so many empty ones do look like first cells. */
function beginsRows(
  body: readonly LineBlock[],
  gap: number,
  columns: readonly (LabelKind | null)[],
  reader: Reader,
): boolean {
  const below = body.filter((one, index) => index > 0 && one.gap >= gap);
  const first = columns[0] === 'index' ? 1 : 0;
  const fits = below.filter(({ passage }) => {
    const scores = columns.map((kind) => columnScore(kind, passage, reader));
    return scores.every((score) => (scores[first] as number) >= score - FIRST_CELL_SLACK);
  });
  return fits.length * 2 >= below.length;
}

/** How much better a first cell may look in another column. */
const FIRST_CELL_SLACK = 2;

/** Lines of a row, for each column, at least: some cells are empty. */
const ROW_LINES_MIN = 0.6;
const CELL_LINES_MIN = 1.1;

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
