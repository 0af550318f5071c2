import { type Block, type GridBlock, grid, type LineBlock } from './blocks.ts';
import { columnScore } from './column-score.ts';
import { columnsOf } from './grid-entries.ts';
import type { Reader } from './label-data.ts';
import { cut, EMPTY, join, type Passage, trim } from './passage.ts';
import type { LabelKind } from './words.ts';

/** A table and the first block behind it. */
export interface FoundTable {
  readonly grid: GridBlock;
  readonly end: number;
}

/** How often pieces of rows may be held against columns: beyond that a file is made to be slow. */
export const TRIED_FITS_MAX = 100_000;

export interface Tries {
  left: number;
}

const SEPARATORS = [',', '，', ';', '；'] as const;
const COLUMNS_MIN = 2;
/** Rows, the head included, below which two words with a comma between them are no table. */
const NARROW_ROWS_MIN = 4;
const COLUMNS_MAX = 12;
/** Pieces of one row: more are no row of a table. */
const PIECES_MAX = 40;
const HEAD_SIZE_MAX = 400;
/** A cell in quotes goes on over no more lines. */
const QUOTED_LINES_MAX = 12;
const QUOTE = /^["“”]/;

/**
 * Reads a table of which each line is a row with one sign between its cells (comma-separated values, RFC 4180), as spreadsheets
 * are pasted into a text. Cells may stand in quotes; where they do not, data that are listed with the same sign are put together
 * again, in the way that fits the columns best.
 *
 * @param tries how often pieces of rows may still be held against columns.
 * @returns null when no head of such a table stands at `start`.
 */
export function separatedTable(
  blocks: readonly Block[],
  start: number,
  tries: Tries,
  reader: Reader,
): FoundTable | null {
  const first = blocks[start];
  if (first?.kind !== 'line' || first.passage.text.length > HEAD_SIZE_MAX || SENTENCE.test(first.passage.text))
    return null;
  for (const separator of SEPARATORS) {
    if (!first.passage.text.includes(separator)) continue;
    const head = piecesOf(first.passage, separator).map(({ text }) => text);
    const kinds = headKinds(head, reader);
    if (kinds !== null) return tableBelow(blocks, start, { separator, head, kinds }, tries, reader);
  }
  return null;
}

/** What the columns hold below a head of nothing but labels; null for words that are none. */
export function headKinds(head: readonly Passage[], reader: Reader): readonly (LabelKind | null)[] | null {
  if (head.length < COLUMNS_MIN || head.length > COLUMNS_MAX || head.some(({ text }) => !LIKE_HEAD.test(text)))
    return null;
  const kinds = columnsOf(
    head.map((cell) => cell.text),
    reader,
  );
  const known = kinds.filter((kind) => kind !== null);
  const isHead =
    known.length * 4 >= head.length * 3 &&
    new Set(known).size >= Math.min(COLUMNS_KNOWN_MIN, head.length) &&
    known.includes('name');
  return isHead ? kinds : null;
}

/** No head has these. */
const SENTENCE = /[。:：？?！!]/;
const COLUMNS_KNOWN_MIN = 3;
/** Words of a head, and not those of a sentence. */
const LIKE_HEAD = /^(?!.*[；;])(?:[^\u3400-\u9fff]{1,40}(?<!\.)|(?!我们|您|可能|根据|提供).{1,20})$/u;

interface Layout {
  readonly separator: string;
  readonly head: readonly Passage[];
  readonly kinds: readonly (LabelKind | null)[];
}

function tableBelow(
  blocks: readonly Block[],
  start: number,
  layout: Layout,
  tries: Tries,
  reader: Reader,
): FoundTable | null {
  const rows: (readonly Passage[])[] = [layout.head];
  let index = start + 1;
  while (index < blocks.length) {
    const found = rowAt(blocks, index, layout, tries, reader);
    if (found === null) break;
    rows.push(found.cells);
    index = found.end;
  }
  return rows.length < (layout.head.length > 2 ? 2 : NARROW_ROWS_MIN) ? null : { grid: grid(rows), end: index };
}

function rowAt(
  blocks: readonly Block[],
  start: number,
  { separator, head, kinds }: Layout,
  tries: Tries,
  reader: Reader,
): { cells: readonly Passage[]; end: number } | null {
  const first = blocks[start];
  if (!isRowLine(first)) return null;
  let whole = first.passage;
  let end = start + 1;
  let pieces = piecesOf(whole, separator);
  while (pieces.at(-1)?.open && end < start + QUOTED_LINES_MAX) {
    const next = blocks[end];
    if (next?.kind !== 'line') break;
    whole = join([whole, next.passage], '\n');
    pieces = piecesOf(whole, separator);
    end++;
  }
  if (pieces.length < Math.max(2, head.length - 1) || pieces.length > PIECES_MAX) return null;
  const cells = pieces.map(({ text }) => text);
  if (cells.length > head.length && tries.left <= 0) {
    reader.unread.add('table-cut', first.passage.text);
    return null;
  }
  return { cells: cells.length > head.length ? fitted(cells, kinds, separator, tries, reader) : cells, end };
}

function isRowLine(block: Block | undefined): block is LineBlock {
  return block?.kind === 'line' && block.heading === 0 && block.gap <= 1;
}

interface SeparatedPiece {
  readonly text: Passage;
  /** Whether a quote was opened and not closed. */
  readonly open: boolean;
}

/** Cuts a row at a sign, but for those in quotes or brackets; a doubled quote stands for one. */
function piecesOf(passage: Passage, separator: string): SeparatedPiece[] {
  const { text } = passage;
  const pieces: SeparatedPiece[] = [];
  let from = 0;
  while (from <= text.length && pieces.length <= PIECES_MAX) {
    const begin = from + (/^\s{0,8}/.exec(text.slice(from, from + 8))?.[0].length ?? 0);
    const isQuoted = QUOTE.test(text[begin] ?? '');
    const close = isQuoted ? closing(text, begin + 1) : -1;
    if (isQuoted && close === -1) {
      pieces.push({ text: trim(cut(passage, begin + 1)), open: true });
      break;
    }
    const to = endOfPiece(text, isQuoted ? close + 1 : from, separator);
    pieces.push({ text: trim(isQuoted ? cut(passage, begin + 1, close) : cut(passage, from, to)), open: false });
    from = to + 1;
  }
  return pieces;
}

/** The quote that ends a cell. */
function closing(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (!QUOTE.test(text[at] as string)) continue;
    if (text[at] === '"' && text[at + 1] === '"') at++;
    else return at;
  }
  return -1;
}

/** Where the sign stands that ends a cell: not inside brackets that are closed again. */
function endOfPiece(text: string, from: number, separator: string): number {
  let at = text.indexOf(separator, from);
  if (at === -1) return text.length;
  const open = /[（(]/.exec(text.slice(from, at));
  if (open === null) return at;
  let depth = 0;
  for (let index = from + open.index; index < text.length; index++) {
    const sign = text[index] as string;
    if (sign === '(' || sign === '（') depth++;
    else if (sign === ')' || sign === '）') depth--;
    else if (sign === separator && depth <= 0) return index;
  }
  // Brackets that nothing closes part nothing.
  at = text.indexOf(separator, from);
  return at;
}

const PIECE_LOSS = 0.5;

/** Puts the pieces of a row into as many cells as there are columns, in order, so that the cells look most like their columns. */
function fitted(
  pieces: readonly Passage[],
  kinds: readonly (LabelKind | null)[],
  separator: string,
  tries: Tries,
  reader: Reader,
): Passage[] {
  const spare = pieces.length - kinds.length;
  const cellOf = (from: number, size: number) => join(pieces.slice(from, from + size), separator);
  // best[i]: the score of the columns so far with `i` pieces more than columns taken.
  let best: { score: number; sizes: readonly number[] }[] = [{ score: 0, sizes: [] }];
  kinds.forEach((kind, column) => {
    const isLast = column === kinds.length - 1;
    const next: typeof best = [];
    best.forEach(({ score, sizes }, taken) => {
      for (let more = isLast ? spare - taken : 0; taken + more <= spare; more++) {
        tries.left--;
        // Of equal cells the one that lists data is the one with commas inside.
        const whole = kind === 'data' ? 0 : more * PIECE_LOSS;
        const total = score + columnScore(kind, cellOf(column + taken, more + 1), reader) - whole;
        const known = next[taken + more];
        if (known === undefined || total > known.score)
          next[taken + more] = { score: total, sizes: [...sizes, more + 1] };
      }
    });
    best = next;
  });
  let from = 0;
  return (best[spare]?.sizes ?? []).map((size) => {
    from += size;
    return size === 0 ? EMPTY : cellOf(from - size, size);
  });
}
