import { type Block, grid, type LineBlock } from './blocks.ts';
import type { Reader } from './label-data.ts';
import { cut, EMPTY, join, type Passage } from './passage.ts';
import { type FoundTable, headKinds } from './separated-table.ts';

/** Lines below the head by which the borders between columns are told. */
const SAMPLE_LINES = 80;
const LINES_MAX = 3_000;
const LINE_SIZE_MAX = 600;
/** No cell goes on over more lines. */
const CELL_LINES_MAX = 60;
/** How far a cell may reach into the next column. */
const OVERHANG_MAX = 2;
const RULE_SIGNS = /^[\s\-=─━_+|]+$/;
const RULE_RUN = /-{3}|={3}|─{3}|━{3}|_{3}/;
/** Two words that spaces keep apart. */
export const GAP = /\S[ \u3000]{2,}\S/;

/**
 * Reads a table whose columns are kept apart by spaces alone, as a PDF's text or a typewriter's table is: each cell stands below its head,
 * cells go on over several lines, and rows are parted by empty lines, by rulers, or by nothing.
 *
 * Where no rulers and no empty lines part the rows, a line goes on with the row above when each of its cells goes on with a cell that had
 * no room left.
 *
 * @param source what the blocks were read from: the spaces in front of a line are found there.
 * @returns null when no head of such a table stands at `start`.
 */
export function alignedTable(
  blocks: readonly Block[],
  start: number,
  source: string,
  reader: Reader,
): FoundTable | null {
  const first = blocks[start];
  if (first?.kind !== 'line' || first.passage.text.length > LINE_SIZE_MAX || !GAP.test(first.passage.text)) return null;
  const found = [2, 1].flatMap((wide) => {
    const lines = new Lines(source, wide);
    const head = lines.cellsOf(first);
    const cells = head.map((cell) => cell.text);
    if (headKinds(cells, reader) === null) return [];
    const rows = new Rows(blocks, start, head, lines);
    return rows.end > start + 1 ? [{ grid: grid([cells, ...rows.rows]), end: rows.end, fits: rows.rows.length }] : [];
  });
  const plain = plainTable(blocks, start, first, reader);
  const all = plain === null ? found : [...found, plain];
  const best = all.sort((one, other) => other.end - one.end)[0];
  if (best === undefined || best.fits < ROWS_MIN) return null;
  const next = blocks[best.end];
  if (best !== plain && best.end === start + LINES_MAX && next?.kind === 'line')
    reader.unread.add('table-cut', next.passage.text);
  return best;
}

const ROWS_MIN = 2;

/** Rows that have as many cells as the head, wherever these stand. */
function plainTable(
  blocks: readonly Block[],
  start: number,
  first: LineBlock,
  reader: Reader,
): (FoundTable & { fits: number }) | null {
  const head = partsOf(first.passage);
  if (headKinds(head, reader) === null) return null;
  const rows: Passage[][] = [];
  let end = start + 1;
  for (; end < blocks.length; end++) {
    const block = blocks[end];
    if (block?.kind !== 'line' || block.heading > 0) break;
    if (isRule(block.passage.text)) continue;
    const parts = partsOf(block.passage);
    if (parts.length !== head.length) break;
    rows.push(parts);
  }
  return { grid: grid([head, ...rows]), end, fits: rows.length };
}

function partsOf(passage: Passage): Passage[] {
  return [...passage.text.matchAll(PART)].map(({ 0: part, index }) => cut(passage, index, index + part.length));
}

/** Words with single spaces between. */
const PART = /[^\s\u3000]+(?:[ ](?=[^\s\u3000])[^\s\u3000]+)*/g;

/** A cell and the places on its line that it takes up; `to` is exclusive. */
interface Cell {
  readonly text: Passage;
  readonly from: number;
  readonly to: number;
}

/** Lines as they are printed in letters of one width, Chinese ones taking up one place or two. */
class Lines {
  private readonly source: string;
  private readonly wide: number;

  constructor(source: string, wide: number) {
    this.source = source;
    this.wide = wide;
  }

  width(text: string): number {
    if (this.wide === 1) return text.length;
    let width = text.length;
    for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= WIDE_FROM) width++;
    return width;
  }

  cellsOf({ passage }: LineBlock): Cell[] {
    if (passage.text.length > LINE_SIZE_MAX) return [];
    const indent = this.indentOf(passage.at[0] ?? -1);
    let at = 0;
    let column = indent;
    return [...passage.text.matchAll(PART)].map(({ 0: part, index }) => {
      column += this.width(passage.text.slice(at, index));
      at = index;
      return { text: cut(passage, index, index + part.length), from: column, to: column + this.width(part) };
    });
  }

  /** Spaces in front of a line. */
  private indentOf(offset: number): number {
    let from = offset;
    while (from > 0 && offset - from < LINE_SIZE_MAX && /[ \u3000]/.test(this.source[from - 1] as string)) from--;
    return offset <= 0 ? 0 : this.width(this.source.slice(from, offset));
  }
}

/** The first sign that is as wide as two letters. */
const WIDE_FROM = 0x2e80;

/** The rows below a head. */
class Rows {
  readonly rows: Passage[][] = [];
  end: number;
  /** The cells of the row that is open, each as its lines. */
  private open: Passage[][] | null = null;
  /** The last line of the open row. */
  private last: (Cell | undefined)[] = [];
  private readonly borders: readonly number[];
  private readonly room: readonly number[];
  private readonly isParted: boolean;
  private readonly lines: Lines;

  constructor(blocks: readonly Block[], start: number, head: readonly Cell[], lines: Lines) {
    this.lines = lines;
    this.end = start + 1;
    const sample = blocks
      .slice(start + 1, start + 1 + SAMPLE_LINES)
      .flatMap((block) => (block.kind === 'line' && GAP.test(block.passage.text) ? [lines.cellsOf(block)] : []));
    this.borders = bordersOf(head, sample);
    const placed = sample.flatMap((cells) => this.placed(cells) ?? []);
    this.room = head.map((_, column) =>
      Math.max(
        0,
        ...placed.flatMap((cell, at) =>
          cell !== undefined && at % head.length === column ? [cell.to - cell.from] : [],
        ),
      ),
    );
    this.isParted = partsRows(blocks.slice(start + 2, start + 2 + SAMPLE_LINES));
    let index = start + 1;
    for (; index < Math.min(blocks.length, start + LINES_MAX); index++) {
      const block = blocks[index];
      if (block?.kind !== 'line' || block.heading > 0 || !this.takes(block)) break;
      this.end = index + 1;
    }
    this.close();
  }

  /** Takes a line as part of the table; false where the table has ended. */
  private takes(block: LineBlock): boolean {
    if (isRule(block.passage.text)) {
      this.close();
      return true;
    }
    const cells = this.placed(this.lines.cellsOf(block));
    if (cells === null) return false;
    const filled = cells.filter((cell) => cell !== undefined).length;
    const isNew = this.open === null || (this.isParted ? block.gap > 0 : !this.goesOn(cells));
    if (isNew && (filled < 2 || (this.open !== null && this.isParted && filled * 3 < cells.length))) return false;
    if (isNew) this.close();
    if (this.open?.some((lines) => lines.length >= CELL_LINES_MAX)) return false;
    this.open ??= cells.map(() => []);
    cells.forEach((cell, column) => {
      if (cell !== undefined) this.open?.[column]?.push(cell.text);
    });
    this.last = cells;
    return true;
  }

  /** Whether every cell of a line goes on with the one above it, which had no room for the next word. */
  private goesOn(cells: readonly (Cell | undefined)[]): boolean {
    if (cells[0] === undefined) return true;
    return cells.every((cell, column) => {
      const above = this.last[column];
      if (cell === undefined) return true;
      if (above !== undefined && (COMPLETE.test(above.text.text) || /^https?:/.test(cell.text.text))) return false;
      const word = /^(?:[\u2e80-\uffef]|[^\s\u2e80-\uffef]+)/.exec(cell.text.text)?.[0] ?? '';
      return above !== undefined && above.to - above.from + this.lines.width(word) >= (this.room[column] ?? 0);
    });
  }

  private close(): void {
    if (this.open !== null) this.rows.push(this.open.map(joined));
    this.open = null;
    this.last = [];
  }

  /** The cells of a line in their columns; null when they do not stand in these columns. */
  private placed(cells: readonly Cell[]): (Cell | undefined)[] | null {
    const placed = new Array<Cell | undefined>(this.borders.length).fill(undefined);
    for (const cell of cells) {
      const column = this.borders.findLastIndex((border) => border <= cell.from + OVERHANG_MAX);
      const next = this.borders[column + 1] ?? Number.POSITIVE_INFINITY;
      if (column === -1 || cell.to > next + OVERHANG_MAX) return null;
      const known = placed[column];
      placed[column] =
        known === undefined ? cell : { text: join([known.text, cell.text], ' '), from: known.from, to: cell.to };
    }
    return placed;
  }
}

/** Where columns begin: between two heads at the place that the fewest cells cover, and of those the last. */
function bordersOf(head: readonly Cell[], sample: readonly (readonly Cell[])[]): number[] {
  return head.map((cell, column) => {
    const before = head[column - 1];
    if (before === undefined) return 0;
    let best = { at: cell.from, covered: Number.POSITIVE_INFINITY };
    for (let at = cell.from; at >= before.to; at--) {
      const covered = sample.filter((cells) => cells.some(({ from, to }) => from < at && to > at)).length;
      if (covered < best.covered) best = { at, covered };
    }
    return best.at;
  });
}

/** A cell that ends like this has ended. */
const COMPLETE = /(?:公司|\b(?:inc|ltd)\.?|\bllc|\bgmbh|sdk)$/i;

/** A line that is drawn. Asked in two steps: one pattern for both would try each way to part a long line. */
function isRule(text: string): boolean {
  return RULE_SIGNS.test(text) && RULE_RUN.test(text);
}

/** Whether rows are parted by empty lines or rulers: then a line below a line belongs to the same row. */
function partsRows(blocks: readonly Block[]): boolean {
  let parts = 0;
  let rows = 0;
  for (const block of blocks) {
    if (block.kind !== 'line') break;
    if (block.gap > 0 || isRule(block.passage.text)) parts++;
    else rows++;
  }
  return parts >= 2 && parts * 8 >= rows;
}

/** The lines of a cell: a word that was cut goes on without a space. */
function joined(lines: readonly Passage[]): Passage {
  let cell = lines[0] ?? EMPTY;
  for (const next of lines.slice(1)) {
    const isCut = /[\u2e80-\uffef/\-_.=&?]$/.test(cell.text) || /^[\u2e80-\uffef/_.=&?]/.test(next.text);
    cell = join([cell, next], isCut || /https?:\/\/\S+$/.test(cell.text) ? '' : ' ');
  }
  return cell;
}
