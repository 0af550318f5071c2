import type { LineBlock } from './blocks.ts';
import { columnsOf } from './grid-entries.ts';
import type { Reader } from './label-data.ts';
import { cut, EMPTY, type Passage, trim } from './passage.ts';
import { rowsIn } from './rows-in-run.ts';
import { runHead } from './run-head.ts';
import { addressesIn, endsRun, runText } from './run-text.ts';
import { isLabelled, type StackedTable } from './stacked-table.ts';
import type { LabelKind } from './words.ts';

const LINES_MAX = 1_500;
const SIZE_MAX = 60_000;
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
  if (head === null || head.from > 0) return null;
  if (tries.left <= 0) {
    reader.unread.add('tables-tried', first.text);
    return null;
  }
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
  const run = runText(body, head.spaced, body.length === end - start - 1, reader);
  if (run.seams.length > SEAMS_MAX) {
    reader.unread.add('table-cut', first.text);
    return null;
  }
  const rows = rowsIn(run, columns, reader).rows;
  if (!isPlausible(rows, columns)) return null;
  tries.left++;
  if (size >= SIZE_MAX || end - start >= LINES_MAX) reader.unread.add('table-cut', body.at(-1)?.text ?? first.text);
  return { head: head.cells, rows: rows.flatMap((row) => withNext(row, columns)), end };
}

/** The head of the next table; the same one again only begins the next page. */
function isOtherHead({ passage }: LineBlock, cells: readonly Passage[], reader: Reader): boolean {
  const other = runHead(passage, reader);
  return other !== null && other.from === 0 && other.cells.some((cell, index) => cell.text !== cells[index]?.text);
}

/** `https://a.example/p.html某某统计`: behind the address that ends a row stands the name of the next, of which nothing else is left. */
function withNext(row: readonly Passage[], columns: readonly (LabelKind | null)[]): readonly (readonly Passage[])[] {
  const last = row.at(-1);
  const kind = columns.at(-1);
  if (last === undefined || (kind !== 'link' && kind !== 'site')) return [row];
  const end = addressesIn(last.text)[0]?.[1] ?? 0;
  const name = trim(cut(last, end));
  if (end === 0 || !NEXT_NAME.test(name.text)) return [row];
  return [
    [...row.slice(0, -1), cut(last, 0, end)],
    row.map((_, column) => (columns[column] === 'name' ? name : EMPTY)),
  ];
}

const NEXT_NAME = /^[^\s。，、；：,;:（）()《》]{2,16}$/;

/** Whether the rows look like those of a table: nearly all have a name, and most of their cells are there. */
function isPlausible(rows: readonly (readonly Passage[])[], columns: readonly (LabelKind | null)[]): boolean {
  if (rows.length < 2) return false;
  const at = Math.max(columns.indexOf('name'), columns.indexOf('vendor'), columns.indexOf('permission'));
  const named = rows.filter((row) => (row[at]?.text ?? '') !== '').length;
  const filled = rows.reduce((sum, row) => sum + row.filter((cell) => cell.text !== '').length, 0);
  return named * 3 >= rows.length * 2 && filled * 2 >= rows.length * columns.length;
}
