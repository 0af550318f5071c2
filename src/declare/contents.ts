import type { Block } from './blocks.ts';
import { fold } from './fold.ts';
import { NUMBERING } from './labels.ts';
import type { PolicyWords } from './words.ts';

/** What a table of contents says about the lines of a text. */
export interface Contents {
  /** The lines of the table itself. */
  readonly lines: ReadonlySet<number>;
  /** Lines below that repeat a line of it, with its depth: headings, even if they do not look like any. */
  readonly titles: ReadonlyMap<number, number>;
}

/**
 * The lines of a table of contents: they look like headings, and no text belongs to them. What follows the last one is not its section.
 *
 * It is told by headings that follow each other line on line and come back below.
 *
 * @param depths how deep each block lies as a heading; null for one that is none.
 */
export function contentsOf(blocks: readonly Block[], depths: readonly (number | null)[], words: PolicyWords): Contents {
  const keys = blocks.map((block) => keyOf(block, words));
  const last = new Map<string, number>();
  keys.forEach((key, index) => {
    if (key !== '') last.set(key, index);
  });
  const lines = new Set<number>();
  const titles = new Map<number, number>();
  let from = 0;
  while (from < blocks.length) {
    const depth = depths[from] ?? null;
    let to = from + 1;
    if (depth !== null) while (to < blocks.length && depths[to] === depth) to++;
    const run = Array.from({ length: to - from }, (_, at) => from + at);
    const repeated = run.filter((index) => (last.get(keys[index] as string) ?? 0) >= to);
    if (depth !== null && run.length >= RUN_MIN && repeated.length * 2 >= run.length) {
      const end = repeated.at(-1) as number;
      for (const index of run) if (index <= end) lines.add(index);
      for (const index of repeated) titles.set(last.get(keys[index] as string) as number, depth);
    }
    from = to;
  }
  return { lines, titles };
}

/** Fewer headings may follow each other by chance. */
const RUN_MIN = 4;
const TITLE_SIZE_MAX = 90;

function keyOf(block: Block, words: PolicyWords): string {
  if (block.kind !== 'line' || block.passage.text.length > TITLE_SIZE_MAX) return '';
  return fold(block.passage.text, words)
    .replace(NUMBERING, '')
    .replace(/[\s\p{P}]/gu, '');
}
