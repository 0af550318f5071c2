import { type Block, grid, type PolicyText } from './blocks.ts';
import { cut, type Passage, passageAt, trim } from './passage.ts';
import { readHtmlPiece } from './read-html.ts';

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
    if (/^<table/i.test(piece)) blocks.push(...readHtmlPiece(source, index, index + piece.length));
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
  return { kind: 'line', passage, gap, heading };
}

const MARK =
  /\*\*|__(?=\S)|(?<=\S)__|`|^\s*>\s?|^\s*[*+]\s+(?=\S)|<\/?(?:b|strong|i|em|u|span|font|p|div|a|sup|sub|center|ul|ol|li)\b[^>]*>|<br\s*\/?>|&nbsp;|!?\[([^[\]\n]{0,300})\]\(([^()\s]{0,900}(?:\([^()\s]{0,200}\))?[^()\s]{0,900})(?:\s+"[^"\n]{0,200}")?\)/gi;

/** Takes the marks of Markdown and stray tags out of a line; links keep their text and, aside, their target. */
function withoutMarks(passage: Passage): Passage {
  const { text } = passage;
  if (!/[*_`>[<&+]/.test(text)) return passage;
  const at: number[] = [];
  const links = [...passage.links];
  let kept = '';
  let from = 0;
  const keep = (to: number) => {
    kept += text.slice(from, to);
    for (let index = from; index < to; index++) at.push(passage.at[index] as number);
  };
  for (const match of text.matchAll(MARK)) {
    // `__init__` and the like inside words are no marks; addresses keep their underscores.
    if (match[0] === '__' && /https?:\S*$/.test(text.slice(Math.max(0, match.index - 300), match.index))) continue;
    keep(match.index);
    from = match.index + match[0].length;
    if (/^<br/i.test(match[0])) {
      kept += '\n';
      at.push(-1);
    } else if (match[1] !== undefined && match[2] !== undefined) {
      if (/^https?:/i.test(match[2])) links.push(match[2]);
      const start = match.index + (match[0].startsWith('!') ? 2 : 1);
      if (!match[0].startsWith('!')) {
        kept += match[1];
        for (let index = 0; index < match[1].length; index++) at.push(passage.at[start + index] as number);
      }
    }
  }
  keep(text.length);
  from = text.length;
  return { text: kept, at, links };
}

/** A single bar at the end of a line is what is left of a cell's border. */
function withoutPipe(passage: Passage): Passage {
  if ((passage.text.match(/\|/g)?.length ?? 0) === 0 || /[^|\s]\s*\|\s*[^|\s]/.test(passage.text)) return passage;
  const from = /^(?:\s*\|)*/.exec(passage.text)?.[0].length ?? 0;
  const end = passage.text.search(/(?:\|\s*)+$/);
  return cut(passage, from, end === -1 ? passage.text.length : Math.max(from, end));
}

/** Turns runs of pipe rows and of tab-separated rows into tables. */
function joinRows(blocks: readonly Block[]): Block[] {
  const joined: Block[] = [];
  let index = 0;
  while (index < blocks.length) {
    const run = pipeRun(blocks, index) ?? tabRun(blocks, index);
    if (run === null) {
      joined.push(blocks[index] as Block);
      index++;
    } else {
      joined.push(grid(run.rows));
      index += run.length;
    }
  }
  return joined;
}

interface Run {
  readonly rows: Passage[][];
  readonly length: number;
}

const pipesOf = (block: Block | undefined) =>
  block?.kind === 'line' ? (block.passage.text.match(/(?<!\\)[|│┃]/g)?.length ?? 0) : 0;

function pipeRun(blocks: readonly Block[], start: number): Run | null {
  let end = start;
  // Cells over several lines leave lines without a pipe between; a table goes on while pipes come back soon.
  for (let index = start; index < blocks.length && index - end <= 3; index++) {
    const block = blocks[index];
    if (index > start && (block?.kind !== 'line' || block.heading > 0 || block.gap > 0)) break;
    if (pipesOf(block) >= 2) end = index + 1;
  }
  if (pipesOf(blocks[start]) < 2 || end - start < 2) return null;
  const rows: Passage[][] = [];
  let open = false;
  for (const block of blocks.slice(start, end)) {
    if (block.kind !== 'line') return null;
    const { text } = block.passage;
    if (/^[\s|│┃:=+─-]+$/.test(text) && !/[^\s|:=+─-]/.test(text)) {
      if (/-{2,}|─|=/.test(text)) open = false;
      continue;
    }
    const cells = cellsOf(block.passage);
    const last = rows.at(-1);
    if (open && last !== undefined) {
      last[last.length - 1] = joinCell(last.at(-1) as Passage, cells[0] as Passage);
      last.push(...cells.slice(1));
    } else rows.push(cells);
    open = /^\s*[|│┃]/.test(text) && !/[|│┃]\s*$/.test(text) && (rows.at(-1)?.length ?? 0) < (rows[0]?.length ?? 0);
  }
  return rows.length < 2 ? null : { rows, length: end - start };
}

function joinCell(first: Passage, second: Passage): Passage {
  return {
    text: `${first.text}\n${second.text}`,
    at: [...first.at, -1, ...second.at],
    links: [...first.links, ...second.links],
  };
}

function cellsOf(passage: Passage): Passage[] {
  const { text } = passage;
  const cells: Passage[] = [];
  let from = /^\s*[|│┃]/.exec(text)?.[0].length ?? 0;
  for (const match of text.matchAll(/(?<!\\)[|│┃]/g)) {
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
  const columns = width(blocks[start]);
  if (columns < 2) return null;
  const rows: Passage[][] = [];
  let index = start;
  for (; index < blocks.length; index++) {
    const block = blocks[index] as Block;
    if (block.kind !== 'line' || width(block) < 2) break;
    const cells: Passage[] = [];
    let from = 0;
    for (const match of block.passage.text.matchAll(TAB)) {
      cells.push(cellAt(block.passage, from, match.index));
      for (let extra = 1; extra < match[0].length; extra++) cells.push(cut(block.passage, match.index, match.index));
      from = match.index + match[0].length;
    }
    cells.push(cellAt(block.passage, from, block.passage.text.length));
    rows.push(cells);
  }
  return rows.length < 2 ? null : { rows, length: index - start };
}
