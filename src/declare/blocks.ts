import { cut, type Passage, trim } from './passage.ts';

/** A policy as its readers see it: lines and tables in reading order. */
export type Block = LineBlock | GridBlock;

export interface LineBlock {
  readonly kind: 'line';
  readonly passage: Passage;
  /** Empty lines between this line and the one before: the only trace that flattened tables leave of their rows. */
  readonly gap: number;
  /** 1 to 6 as marked (`<h2>`, `##`); 7 when the whole line is bold; 0 when nothing marks it. */
  readonly heading: number;
  /** Whether it begins an item of a list whose bullet the reader took away. */
  readonly item: boolean;
  /** Letters at its beginning that are set apart from the rest (`<b>用途</b>推送`); 0 or nothing where there are none. */
  readonly lead?: number;
}

export interface GridBlock {
  readonly kind: 'grid';
  /** Rows of equal length; a merged cell stands in every place that it covers. */
  readonly rows: readonly (readonly Passage[])[];
}

/** What a reader makes of a file. */
export interface PolicyText {
  /** The file's text as decoded: what quotes are cut from. */
  readonly source: string;
  readonly blocks: readonly Block[];
  /** Whether quotes may keep what stands between their parts: true for text, where that is at most a few asterisks. */
  readonly keepMarkup: boolean;
  /** What the file itself gives as its title (`<title>`); null when it gives none. */
  readonly title: string | null;
}

export function line(passage: Passage, gap: number, heading = 0, item = false): LineBlock {
  return { kind: 'line', passage: trim(passage), gap, heading, item };
}

/** Makes all rows as long as the longest. */
export function grid(rows: readonly (readonly Passage[])[]): GridBlock {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const empty: Passage = { text: '', at: [], links: [] };
  return { kind: 'grid', rows: rows.map((row) => [...row, ...new Array<Passage>(width - row.length).fill(empty)]) };
}

/** A paragraph is shorter by far; a longer line is cut, so that no rule looks at more than this at once. */
const LINE_SIZE_MAX = 10_000;

/** Cuts lines that are too long, at a sentence's end where there is one. */
export function cutLongLines(blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block) => {
    if (block.kind === 'grid' || block.passage.text.length <= LINE_SIZE_MAX) return [block];
    const lines: Block[] = [];
    let from = 0;
    while (from < block.passage.text.length) {
      const end = Math.min(block.passage.text.length, from + LINE_SIZE_MAX);
      const piece = block.passage.text.slice(from, end);
      const last = Math.max(piece.lastIndexOf('。'), piece.lastIndexOf('；'), piece.lastIndexOf('. '));
      const stop =
        end === block.passage.text.length ? -1 : last > LINE_SIZE_MAX / 2 ? last : piece.search(/[;.\s][^;.\s]*$/);
      const to = stop > LINE_SIZE_MAX / 2 ? from + stop + 1 : end;
      lines.push(line(cut(block.passage, from, to), from === 0 ? block.gap : 0, 0));
      from = to;
    }
    return lines;
  });
}
