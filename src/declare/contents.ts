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
  const lines = new Set<number>();
  const titles = new Map<number, number>();
  const runs = runsOf(depths);
  if (runs.length === 0) return { lines, titles };
  const keys = blocks.map((block) => keyOf(block, words));
  const last = new Map(keys.map((key, index) => [key, index]));
  for (const { from, to, depth } of runs) {
    const run = Array.from({ length: to - from }, (_, at) => from + at);
    const again = (index: number) => (keys[index] === '' ? 0 : (last.get(keys[index] as string) as number));
    const repeated = run.filter((index) => again(index) >= to);
    if (repeated.length * 2 < run.length) continue;
    const end = repeated.at(-1) as number;
    for (const index of run) if (index <= end) lines.add(index);
    for (const index of repeated) titles.set(again(index), depth);
  }
  return { lines, titles };
}

/** Headings that follow each other line on line, one as deep as the other. */
function runsOf(depths: readonly (number | null)[]): { from: number; to: number; depth: number }[] {
  const runs: { from: number; to: number; depth: number }[] = [];
  let from = 0;
  while (from < depths.length) {
    const depth = depths[from] ?? null;
    let to = from + 1;
    while (depth !== null && to < depths.length && depths[to] === depth) to++;
    if (depth !== null && to - from >= RUN_MIN) runs.push({ from, to, depth });
    from = to;
  }
  return runs;
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
