import type { LineBlock } from './blocks.ts';
import { columnsOf } from './grid-entries.ts';
import type { Reader } from './label-data.ts';
import { labelKind } from './labels.ts';
import { layOut } from './lay-out.ts';
import { type Passage, split } from './passage.ts';
import { headingDepth } from './sections.ts';
import type { StackedTable } from './stacked-table.ts';

const COLUMNS_MIN = 3;
const COLUMNS_MAX = 10;
const LINES_MAX = 500;
/** Words of a line beyond which it is a sentence, in a language that sets spaces between words. */
const WORDS_MAX = 60;

/**
 * Reads a table of which only spaces are left between the cells: a row a line. Words are laid out in columns as lines are in a
 * table of one cell a line, so a cell may hold spaces, and may be missing.
 *
 * @returns null when no table starts at `start`.
 */
export function spacedTable(lines: readonly LineBlock[], start: number, reader: Reader): StackedTable | null {
  const head = wordsOf((lines[start] as LineBlock).passage);
  if (!isHead(head, reader)) return null;
  const columns = columnsOf(
    head.map((cell) => cell.text),
    reader,
  );
  const words: LineBlock[] = [];
  let end = start + 1;
  for (; end < Math.min(lines.length, start + LINES_MAX); end++) {
    const one = lines[end] as LineBlock;
    const cells = wordsOf(one.passage);
    if (endsTable(one, cells, head.length)) break;
    words.push(
      ...cells.map(
        (passage, index): LineBlock => ({ kind: 'line', passage, gap: index === 0 ? 1 : 0, heading: 0, item: false }),
      ),
    );
  }
  const rows = words.length < COLUMNS_MIN ? [] : layOut(words, columns, reader);
  return rows.length === 0 ? null : { head, rows, end };
}

function wordsOf(passage: Passage): Passage[] {
  return split(passage, /\s+/g);
}

function isHead(head: readonly Passage[], reader: Reader): boolean {
  if (head.length < COLUMNS_MIN || head.length > COLUMNS_MAX) return false;
  if (head.some((cell) => cell.text.length > 20 || !/[\u3400-\u9fff]|sdk/i.test(cell.text))) return false;
  const kinds = head.map((cell) => labelKind(cell.text, reader.words));
  const distinct = new Set(kinds);
  return (
    !distinct.has(null) &&
    distinct.size >= COLUMNS_MIN &&
    distinct.has('data') &&
    (distinct.has('name') || distinct.has('vendor'))
  );
}

function endsTable(one: LineBlock, cells: readonly Passage[], columns: number): boolean {
  if (one.heading > 0 || cells.length > WORDS_MAX) return true;
  const depth = headingDepth(one.passage.text, one.heading);
  return cells.length < Math.min(COLUMNS_MIN, columns - 1) && (depth !== null || /[。;；:：]$/.test(one.passage.text));
}
