import { type Block, line } from './blocks.ts';
import { fold } from './fold.ts';
import { dataShare, type Reader } from './label-data.ts';
import { afterNumbering, labelKind } from './labels.ts';
import { cut, join, type Passage, split, trim } from './passage.ts';
import { hits, type LabelKind } from './words.ts';

/** The head of a table that is left as one run of text: its cells, and where the run goes on with the body. */
export interface RunHead {
  readonly cells: readonly Passage[];
  /** Where the first cell begins and where the last one ends in the line. */
  readonly from: number;
  readonly to: number;
  /** Whether spaces part the cells; without them words alone tell where one ends. */
  readonly spaced: boolean;
}

const COLUMNS_MIN = 3;
const COLUMNS_MAX = 10;
const CELL_SIZE_MAX = 20;
/** A head in the middle of a line, behind words that end no sentence, must be wider to be believed. */
const MIDDLE_COLUMNS_MIN = 4;
/** Words of one head cell that a narrow column broke off. */
const BROKEN_WORDS_MAX = 3;

/** The head of a table in a line, wherever the line comes to it; null when it has none. */
export function runHead(passage: Passage, reader: Reader): RunHead | null {
  const { headSubject, headAspect } = reader.words.written;
  // Words that some head of such a table has, so that other lines cost nothing.
  if (!headSubject.test(passage.text) || !headAspect.test(passage.text)) return null;
  return spacedHead(passage, reader) ?? unspacedHead(passage, reader);
}

function spacedHead(passage: Passage, reader: Reader): RunHead | null {
  const words = split(passage, /\s+/g);
  if (words.length < COLUMNS_MIN) return null;
  let from = 0;
  for (let start = 0; start + COLUMNS_MIN <= words.length; start++) {
    const word = words[start] as Passage;
    from = passage.text.indexOf(word.text, start === 0 ? 0 : from + (words[start - 1] as Passage).text.length);
    if (word.text.length > CELL_SIZE_MAX) continue;
    const found = headCells(words, start, reader);
    if (found === null) continue;
    const free = start === 0 || /[:：。;；]$/.test((words[start - 1] as Passage).text);
    if (!free && found.cells.length < MIDDLE_COLUMNS_MIN) continue;
    let to = from;
    for (const one of words.slice(start, start + found.words))
      to = passage.text.indexOf(one.text, to) + one.text.length;
    return { cells: found.cells, from, to, spaced: true };
  }
  return null;
}

/** As many labels as follow each other from one word on, each a word or a few that were broken off. */
function headCells(words: readonly Passage[], start: number, reader: Reader) {
  const cells: Passage[] = [];
  let at = start;
  while (cells.length < COLUMNS_MAX) {
    const size = cellWords(words, at, reader);
    if (size === 0) break;
    cells.push(join(words.slice(at, at + size), ''));
    at += size;
  }
  return isHead(
    cells.map((cell) => cell.text),
    reader,
  )
    ? { cells, words: at - start }
    : null;
}

/** How many words from one on make a label: one, or more where it goes on with 类型, 名称, 链接; 0 for none. */
function cellWords(words: readonly Passage[], at: number, reader: Reader): number {
  let label = 0;
  let text = '';
  for (let size = 1; size <= BROKEN_WORDS_MAX && at + size <= words.length; size++) {
    const word = (words[at + size - 1] as Passage).text;
    const kind = labelKind(text, reader.words);
    if (label > 0 && !hits(reader.words.patterns.headJoins, fold(word, reader.words))) break;
    text += word;
    if (text.length > CELL_SIZE_MAX) break;
    // 个人信息字段 链接 are two labels, 隐私政策 链接 is one.
    if (isLabel(text, reader) && (label === 0 || labelKind(text, reader.words) === kind)) label = size;
  }
  return label;
}

function isLabel(text: string, reader: Reader): boolean {
  const folded = fold(text, reader.words);
  return (
    /[\u3400-\u9fff]|sdk/.test(folded) &&
    !/[:。;,、]$|\d|我们|[您你](?!的)|以下|如下|为了/.test(folded) &&
    hits(reader.words.patterns.headEnd, folded) &&
    labelKind(text, reader.words) !== null &&
    !(/[、,]/.test(folded) && dataShare(folded, reader.lexicon) > 0.6)
  );
}

const OF_ENTRY: readonly LabelKind[] = ['data', 'purpose', 'function', 'link', 'site', 'scene', 'permission', 'way'];

function isHead(cells: readonly string[], reader: Reader): boolean {
  const kinds = new Set(cells.map((cell) => labelKind(cell, reader.words)));
  return (
    cells.length >= COLUMNS_MIN &&
    kinds.size >= COLUMNS_MIN &&
    (kinds.has('name') || kinds.has('vendor') || kinds.has('permission')) &&
    OF_ENTRY.some((kind) => kinds.has(kind))
  );
}

/** A line of labels with nothing between them: SDK名称使用目的收集信息类型隐私政策链接. */
function unspacedHead(passage: Passage, reader: Reader): RunHead | null {
  const lead = passage.text.length - passage.text.trimStart().length;
  const words = /^[^\s:：。；;，,]{6,}/.exec(passage.text.slice(lead))?.[0] ?? '';
  const text = words.slice(0, UNSPACED_SIZE_MAX);
  // Behind a head that stands not alone on its line the rows follow at once.
  const isAlone = words === text && passage.text.slice(lead + words.length).trim() === '';
  if (!isAlone && (passage.text.match(/https?:\/\//g)?.length ?? 0) < 2) return null;
  if (text.length < COLUMNS_MIN * 2 || afterNumbering(text) > 0) return null;
  const ends = bestCuts(text, reader);
  if (ends === null) return null;
  const rest = passage.text.slice(lead + (ends.at(-1) as number));
  if (rest.trim() !== '' && isAlone) return null;
  const cells = ends.map((end, index) => cut(passage, lead + (ends[index - 1] ?? 0), lead + end));
  if (
    !isHead(
      cells.map((cell) => cell.text),
      reader,
    )
  )
    return null;
  return { cells, from: lead, to: lead + (ends.at(-1) as number), spaced: false };
}

const UNSPACED_SIZE_MAX = 90;
const DUPLICATE = 1.5;
/** What every cell costs, and one more that other labels begin with: 第三方服务 is one head rather than two. */
const CELL = 0.25;
const SHORT = 0.8;
/** A label is longer than this only with words of its neighbours. */
const LONG_SIZE = 10;

interface Cuts {
  readonly ends: readonly number[];
  readonly kinds: ReadonlySet<LabelKind>;
  readonly score: number;
}

/** Where labels that follow each other end, so that as many different ones as possible come out; null when they make no head. */
function bestCuts(text: string, reader: Reader): readonly number[] | null {
  const folded = fold(text, reader.words);
  const at: (Cuts | undefined)[] = [{ ends: [], kinds: new Set(), score: 0 }];
  let best: Cuts | null = null;
  for (let from = 0; from < text.length; from++) {
    const before = at[from];
    if (before === undefined || before.ends.length >= COLUMNS_MAX) continue;
    if (from > 0 && !startsLabel(folded.slice(from), reader)) continue;
    for (let to = from + 2; to <= Math.min(text.length, from + CELL_SIZE_MAX); to++) {
      const asked = isLabel(text.slice(from, to), reader) ? labelKind(text.slice(from, to), reader.words) : null;
      if (asked === null) continue;
      // 合作方名称 and SDK名称 both ask for a name: whose, and which.
      const kind = asked === 'name' && before.kinds.has('name') ? 'vendor' : asked;
      const short = reader.words.written.beginsLabel.test(folded.slice(from, to)) ? SHORT : 0;
      const long = Math.max(0, to - from - LONG_SIZE) / LONG_SIZE;
      const score = before.score + (before.kinds.has(kind) ? -DUPLICATE : 1) - CELL - short - long;
      const next = { ends: [...before.ends, to], kinds: new Set([...before.kinds, kind]), score };
      if ((at[to]?.score ?? Number.NEGATIVE_INFINITY) < score) at[to] = next;
      if (score >= (best?.score ?? 0)) best = next;
    }
  }
  return best?.ends ?? null;
}

/** 类型, 链接, 与…… go on with the label before. */
function startsLabel(folded: string, reader: Reader): boolean {
  return folded.search(reader.words.patterns.headJoins) !== 0;
}

/** Cuts lines in front of a table's head, so that what stands before it is a line of its own. */
export function cutAtHeads(blocks: readonly Block[], reader: Reader): Block[] {
  return blocks.flatMap((block): readonly Block[] => {
    if (block.kind === 'grid') return [block];
    const head = runHead(block.passage, reader);
    if (head === null || head.from === 0) return [block];
    const before = { ...block, passage: trim(cut(block.passage, 0, head.from)) };
    return [before, line(cut(block.passage, head.from), 0)];
  });
}
