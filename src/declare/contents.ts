import type { Block } from './blocks.ts';
import { fold } from './fold.ts';
import { NUMBERING } from './labels.ts';
import type { PolicyWords } from './words.ts';

/**
 * The lines of a table of contents: they look like headings, and no text belongs to them. What follows the last one is not its section.
 *
 * It is told by headings that follow each other line on line and come back below, one as deep as the other.
 *
 * @param depths how deep each block lies as a heading; null for one that is none.
 */
export function contentsLines(
  blocks: readonly Block[],
  depths: readonly (number | null)[],
  words: PolicyWords,
): ReadonlySet<number> {
  const keys = blocks.map((block, index) => (depths[index] === null ? '' : keyOf(block, words)));
  const last = new Map<string, number>();
  keys.forEach((key, index) => {
    if (key !== '') last.set(key, index);
  });
  const found = new Set<number>();
  let from = 0;
  while (from < blocks.length) {
    let to = from + 1;
    if (depths[from] !== null) while (to < blocks.length && depths[to] === depths[from]) to++;
    const again = (index: number) => (last.get(keys[index] as string) ?? 0) >= to;
    const run = Array.from({ length: to - from }, (_, at) => from + at);
    const repeated = run.filter(again);
    if (run.length >= RUN_MIN && repeated.length * 2 >= run.length) {
      const end = repeated.at(-1) as number;
      for (const index of run) if (index <= end) found.add(index);
    }
    from = to;
  }
  return found;
}

/** Fewer headings may follow each other by chance. */
const RUN_MIN = 4;

function keyOf(block: Block, words: PolicyWords): string {
  if (block.kind !== 'line') return '';
  return fold(block.passage.text, words)
    .replace(NUMBERING, '')
    .replace(/[\s\p{P}]/gu, '');
}
