import { type Block, grid, type LineBlock } from './blocks.ts';
import { withoutMarks } from './markdown.ts';
import { cut, EMPTY, join, type Passage, trim } from './passage.ts';
import type { Unread } from './unread.ts';

/** Turns runs of lines that are a table drawn with pipes or tabs into one. */
export function joinRows(blocks: readonly Block[], unread: Unread): Block[] {
  const joined: Block[] = [];
  const tries = { left: TRIED_LINES_MAX };
  let index = 0;
  while (index < blocks.length) {
    const run =
      closedRun(blocks, index, tries) ?? pipeRun(blocks, index) ?? loneRun(blocks, index) ?? tabRun(blocks, index);
    if (run === null) {
      if (tries.left <= 0 && pipesOf(blocks[index]) >= 2) unread.add('tables-tried', textOf(blocks[index]));
      joined.push(blocks[index] as Block);
      index++;
    } else {
      joined.push(grid(run.rows));
      index += run.length;
    }
  }
  return joined;
}

/** Lines that tables may be looked for in vain: beyond that a file is made to be slow. */
const TRIED_LINES_MAX = 100_000;

interface Run {
  readonly rows: Passage[][];
  readonly length: number;
}

const PIPE = /(?<!\\)[|│┃]/g;
/** A line that only parts the head from the body: `---|:-:`. */
const RULE = /^[\s|│┃:=+─-]*(?:-{2,}|─|={2,})[\s|│┃:=+─-]*$/;

const pipesOf = (block: Block | undefined) =>
  block?.kind === 'line' ? (block.passage.text.match(PIPE)?.length ?? 0) : 0;

/** No cell of a drawn table goes on over more lines than this. */
const CELL_LINES_MAX = 12;

/**
 * Rows whose every cell is closed by a pipe (`a | b |`), cells over several lines included: a row is complete when it has as many
 * cells as the head. Where the counts do not come out at the ends of lines, the table was drawn otherwise.
 */
function closedRun(blocks: readonly Block[], start: number, tries: { left: number }): Run | null {
  const width = pipesOf(blocks[start]);
  const first = blocks[start];
  if (tries.left <= 0 || first?.kind !== 'line' || width < 2 || !/^\s*[^\s|│┃].*[|│┃]\s*$/s.test(first.passage.text))
    return null;
  const rows: Passage[][] = [];
  let row: Passage[] = [];
  let open: Passage[] = [];
  let length = 0;
  for (let index = start; index < blocks.length && open.length <= CELL_LINES_MAX; index++) {
    const block = blocks[index];
    if (block?.kind !== 'line' || block.heading > 0 || (row.length === 0 && open.length === 0 && pipesOf(block) === 0))
      break;
    tries.left--;
    const cells = closedCells(block.passage);
    for (const [at, cell] of cells.closed.entries()) {
      if (row.length === width) return null;
      row.push(at === 0 && open.length > 0 ? join([...open, cell], '\n') : cell);
      if (at === 0) open = [];
    }
    if (cells.rest.text !== '') open.push(cells.rest);
    if (row.length === width && open.length === 0) {
      rows.push(row);
      row = [];
      length = index + 1 - start;
    }
  }
  if (rows.length < 2) return null;
  // Lines that were read are no tries in vain.
  tries.left += length;
  return { rows, length };
}

function closedCells(passage: Passage): { closed: Passage[]; rest: Passage } {
  const closed: Passage[] = [];
  let from = 0;
  for (const match of passage.text.matchAll(PIPE)) {
    closed.push(cellAt(passage, from, match.index));
    from = match.index + 1;
  }
  return { closed, rest: cellAt(passage, from, passage.text.length) };
}

/** `名称：某某SDK | 用途：推送 | 收集信息：OAID`: fields that carry their own labels are no cells of columns. */
const LABELLED_CELLS =
  /^[\s|│┃]*[^\s:：|│┃]{2,16}[:：](?!\/\/)[^|│┃]+(?:[|│┃]\s*[^\s:：|│┃]{2,16}[:：](?!\/\/)[^|│┃]*)+[\s|│┃]*$/;

function pipeRun(blocks: readonly Block[], start: number): Run | null {
  if (pipesOf(blocks[start]) < 2) return null;
  if (LABELLED_CELLS.test(textOf(blocks[start]))) return null;
  const isRuled = !/^\s*[|│┃]/.test(textOf(blocks[start])) && RULE.test(textOf(blocks[start + 1]));
  const least = isRuled ? 1 : 2;
  let end = start;
  // Some texts have an empty line below every line, rows included.
  const isSpaced = isSpacedRow(blocks[start + 1], least);
  // Cells over several lines leave lines without a pipe between; a table goes on while pipes come back soon.
  for (let index = start; index < blocks.length && index - end <= 3; index++) {
    const block = blocks[index];
    if (index > start && (block?.kind !== 'line' || block.heading > 0)) break;
    if (index > start && textGap(block) > 0 && !(isSpaced && isSpacedRow(block, least))) break;
    if (pipesOf(block) >= least) end = index + 1;
  }
  if (end - start < 2) return null;
  const rows: Passage[][] = [];
  let open = false;
  for (const block of blocks.slice(start, end)) {
    if (block.kind !== 'line') return null;
    const { text } = block.passage;
    if (/^[\s|│┃:=+─-]+$/.test(text)) {
      if (/-{2,}|─|=/.test(text)) open = false;
      continue;
    }
    const cells = cellsOf(block.passage);
    const last = rows.at(-1);
    if (open && last !== undefined) {
      last[last.length - 1] = join([last.at(-1) as Passage, cells[0] as Passage], '\n');
      for (const cell of cells.slice(1)) last.push(cell);
    } else rows.push(isRuled ? belowMerged(cells, pipesOf(block), rows) : cells);
    open = /^\s*[|│┃]/.test(text) && !/[|│┃]\s*$/.test(text) && (rows.at(-1)?.length ?? 0) < (rows[0]?.length ?? 0);
  }
  return rows.length < 2 ? null : { rows, length: end - start };
}

function isSpacedRow(block: Block | undefined, least: number): boolean {
  return textGap(block) === 1 && pipesOf(block) >= least;
}

function textGap(block: Block | undefined): number {
  return block?.kind === 'line' ? block.gap : 0;
}

function textOf(block: Block | undefined): string {
  return block?.kind === 'line' ? block.passage.text : '';
}

/** A row without borders at its ends that has fewer cells than the head: those in front of it are merged with the ones above. */
function belowMerged(cells: readonly Passage[], pipes: number, rows: readonly (readonly Passage[])[]): Passage[] {
  const above = rows.length > 1 ? (rows.at(-1) as readonly Passage[]) : [];
  const missing = (rows[0]?.length ?? 0) - 1 - pipes;
  return missing > 0 && above.length > missing ? [...above.slice(0, missing), ...cells] : [...cells];
}

/**
 * Cells on lines of their own, with a lone pipe between those of a row and an empty line between rows: what is left of a page's
 * table where the cells were paragraphs. The rule below the head tells how many columns there are.
 */
function loneRun(blocks: readonly Block[], start: number): Run | null {
  const width = loneWidth(blocks, start);
  if (width < 2) return null;
  const rows: Passage[][] = [];
  let row: Passage[] = [EMPTY];
  let length = 0;
  const end = (index: number) => {
    if (row.length === width) {
      rows.push(row);
      length = index - start;
    }
    row = [EMPTY];
  };
  for (let index = start; index < blocks.length; index++) {
    const block = blocks[index];
    if (block?.kind !== 'line') break;
    const { text } = block.passage;
    // The next part of the document, where no empty line stands before it.
    if (row.length === width && rows.length > 0 && /^\s*[一二三四五六七八九十]{1,3}、/.test(text)) break;
    if (RULE.test(text)) {
      end(index);
      continue;
    }
    const cells = isLonePipe(block)
      ? [EMPTY, EMPTY]
      : text.split(PIPE).length > 1
        ? openCells(block.passage)
        : [trim(block.passage)];
    const last = row.at(-1) as Passage;
    // A cell that no pipe follows stands alone below a merged row.
    if (row.length === 1 && rows.length > 0 && last.text !== '' && block.gap > 0 && cells.length === 1) {
      rows.push(row);
      row = [EMPTY];
    }
    // Behind the last column an empty line, or one cell too many, begins the next row.
    if (row.length === width && last.text !== '' && (block.gap > 0 || cells.length > 1)) {
      if (block.gap === 0 && cells.length > 1) return null;
      end(index);
    }
    row[row.length - 1] = joined(row.at(-1) as Passage, withoutMarks(cells[0] as Passage));
    for (const cell of cells.slice(1)) row.push(withoutMarks(cell));
    if (row.length > width) break;
    if (row.length === 1 && rows.length > 0 && !loneNext(blocks, index)) break;
  }
  end(start + Math.max(length, 0));
  return rows.length < 2 ? null : { rows, length };
}

/** Whether a pipe follows soon: a table goes on. */
function loneNext(blocks: readonly Block[], index: number): boolean {
  return blocks.slice(index + 1, index + CELL_LINES_MAX).some((block) => pipesOf(block) > 0);
}

function loneWidth(blocks: readonly Block[], start: number): number {
  if (pipesOf(blocks[start]) + pipesOf(blocks[start + 1]) === 0 || isLonePipe(blocks[start])) return 0;
  let lone = 0;
  for (let index = start; index < Math.min(blocks.length, start + LONE_HEAD_MAX); index++) {
    const block = blocks[index];
    if (block?.kind !== 'line') return 0;
    const { text } = block.passage;
    if (RULE.test(text)) return lone > 0 && pipesOf(block) === lone ? lone + 1 : 0;
    lone += pipesOf(block);
    if (index === start + 1 && lone === 0) return 0;
  }
  return 0;
}

function isLonePipe(block: Block | undefined): boolean {
  return block?.kind === 'line' && /^\s*[|│┃]\s*$/.test(block.passage.text);
}

const LONE_HEAD_MAX = 24;

function joined(first: Passage, second: Passage): Passage {
  return first.text === '' ? second : second.text === '' ? first : join([first, second], '\n');
}

function openCells(passage: Passage): Passage[] {
  const { closed, rest } = closedCells(passage);
  return [...closed, rest];
}

function cellsOf(passage: Passage): Passage[] {
  const { text } = passage;
  const cells: Passage[] = [];
  let from = /^\s*[|│┃]/.exec(text)?.[0].length ?? 0;
  for (const match of text.matchAll(PIPE)) {
    if (match.index < from) continue;
    cells.push(cellAt(passage, from, match.index));
    from = match.index + 1;
  }
  if (text.slice(from).trim() !== '') cells.push(cellAt(passage, from, text.length));
  return cells;
}

function cellAt(passage: Passage, from: number, to: number): Passage {
  return trim(withoutMarks(trim(cut(passage, from, to))));
}

const TAB = /\t+/g;

function tabRun(blocks: readonly Block[], start: number): Run | null {
  const width = (block: Block | undefined) => (block?.kind === 'line' ? block.passage.text.split('\t').length : 0);
  if (width(blocks[start]) < 2) return null;
  const rows: Passage[][] = [];
  let index = start;
  for (; index < blocks.length; index++) {
    const block = blocks[index] as Block;
    if (block.kind !== 'line' || width(block) < 2) break;
    rows.push(tabCells(block));
  }
  return rows.length < 2 ? null : { rows, length: index - start };
}

function tabCells({ passage }: LineBlock): Passage[] {
  const cells: Passage[] = [];
  let from = 0;
  for (const match of passage.text.matchAll(TAB)) {
    cells.push(cellAt(passage, from, match.index));
    for (let extra = 1; extra < match[0].length; extra++) cells.push(cut(passage, match.index, match.index));
    from = match.index + match[0].length;
  }
  cells.push(cellAt(passage, from, passage.text.length));
  return cells;
}
