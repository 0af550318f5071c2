import type { Block, PolicyText } from './blocks.ts';
import { withoutMarks } from './markdown.ts';
import { cut, type Passage, passageAt, trim } from './passage.ts';
import { readHtmlPiece } from './read-html.ts';
import { joinRows } from './text-tables.ts';

/**
 * Reads plain text and Markdown: the same file is often both, with a table pasted as HTML in the middle.
 *
 * Marks of Markdown are taken out of the lines, pipe tables and tab-separated rows become tables.
 */
export function readText(source: string): PolicyText {
  const blocks: Block[] = [];
  let from = 0;
  for (const { 0: piece, index } of source.matchAll(
    /<!--[\s\S]*?(?:-->|$)|<table\b[\s\S]*?(?:<\/table\s*>|$)|<(?:del|s|strike)>[\s\S]*?<\/(?:del|s|strike)>|~~(?=\S)[^\n]*?\S~~/gi,
  )) {
    readLines(source, from, index, blocks);
    if (/^<table/i.test(piece))
      for (const block of readHtmlPiece(source, index, index + piece.length)) blocks.push(block);
    from = index + piece.length;
  }
  readLines(source, from, source.length, blocks);
  const joined = joinRows(blocks).map((block) =>
    block.kind === 'line' ? { ...block, passage: trim(withoutMarks(withoutPipe(block.passage))) } : block,
  );
  return {
    source,
    blocks: joined.filter((block) => block.kind === 'grid' || block.passage.text !== ''),
    keepMarkup: true,
    title: null,
  };
}

function readLines(source: string, from: number, to: number, blocks: Block[]): void {
  let gap = 0;
  let start = from;
  while (start < to) {
    let end = source.indexOf('\n', start);
    if (end === -1 || end > to) end = to;
    const raw = passageAt(source, start, end > start && source[end - 1] === '\r' ? end - 1 : end);
    start = end + 1;
    if (raw.text.trim() === '') {
      gap++;
      continue;
    }
    blocks.push(readLine(raw, gap));
    gap = 0;
  }
}

function readLine(raw: Passage, gap: number): Block {
  const heading = /^\s{0,3}(#{1,6})\s*(?=\S)/.exec(raw.text);
  const passage = heading === null ? raw : cut(raw, heading[0].length);
  const bold = heading === null && /^\s*(?:[-*+]\s+|\d+[.、]\s*)?(\*\*|__)[^*]{1,80}\1[:：]?\s*$/.test(raw.text);
  return untrimmed(passage, gap, heading?.[1]?.length ?? (bold ? 7 : 0));
}

/** Leading tabs are empty cells: a row of a table keeps them until it is cut. */
function untrimmed(passage: Passage, gap: number, heading: number): Block {
  return { kind: 'line', passage, gap, heading, item: /^\s*[*+]\s+\S/.test(passage.text) };
}

/** A single bar at the end of a line is what is left of a cell's border. */
function withoutPipe(passage: Passage): Passage {
  if ((passage.text.match(/\|/g)?.length ?? 0) === 0 || /[^|\s]\s*\|\s*[^|\s]/.test(passage.text)) return passage;
  const from = /^(?:\s*\|)*/.exec(passage.text)?.[0].length ?? 0;
  const end = passage.text.search(/(?:\|\s*)+$/);
  return cut(passage, from, end === -1 ? passage.text.length : Math.max(from, end));
}
