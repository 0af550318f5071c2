import type { Block, LineBlock, PolicyText } from './blocks.ts';
import { withoutMarks } from './markdown.ts';
import { pageMarks } from './page-marks.ts';
import { cut, join, type Passage, passageAt, trim } from './passage.ts';
import { readHtmlPiece } from './read-html.ts';
import { joinRows } from './text-tables.ts';
import { Unread } from './unread.ts';
import { chineseWrap, goesOnInChinese, seamBetween, type WrappedAt } from './wrapped-chinese.ts';

/**
 * Reads plain text and Markdown: the same file is often both, with a table pasted as HTML in the middle.
 *
 * Marks of Markdown are taken out of the lines, pipe tables and tab-separated rows become tables.
 */
export function readText(source: string, unread = new Unread()): PolicyText {
  const blocks: Block[] = [];
  const text = withLineFeeds(source);
  const layout = { wrapped: wrapWidth(text), chinese: chineseWrap(text), marks: pageMarks(text) };
  let from = 0;
  for (const { 0: piece, index } of text.matchAll(
    /<!--[\s\S]*?(?:-->|$)|<table\b[\s\S]*?(?:<\/table\s*>|$)|<(?:del|s|strike)>(?:(?!<(?:del|s|strike)>)[\s\S])*?<\/(?:del|s|strike)>|~~(?=\S)[^\n]{0,1000}?\S~~/gi,
  )) {
    readLines(text, from, index, layout, blocks);
    if (/^<table/i.test(piece))
      for (const block of readHtmlPiece(source, index, index + piece.length, unread)) blocks.push(block);
    from = index + piece.length;
  }
  readLines(text, from, text.length, layout, blocks);
  const joined = joinRows(blocks, unread).map((block) =>
    block.kind === 'line' ? { ...block, passage: trim(withoutMarks(withoutPipe(block.passage))) } : block,
  );
  return {
    source,
    blocks: joined.filter((block) => block.kind === 'grid' || block.passage.text !== ''),
    keepMarkup: true,
    title: null,
  };
}

/** The same text with one kind of line end: other systems' (`\\r` alone) and Unicode's are no less ends. */
function withLineFeeds(source: string): string {
  return ODD_LINE_END.test(source) ? source.replaceAll(/\r(?!\n)|[\u0085\u2028\u2029]/g, '\n') : source;
}

const ODD_LINE_END = /\r(?!\n)|[\u0085\u2028\u2029]/;

/** How the lines of a text were broken. */
interface Layout {
  readonly wrapped: number;
  readonly chinese: WrappedAt | null;
  /** Where lines begin that stand at the edge of a page. */
  readonly marks: ReadonlySet<number>;
}

function readLines(source: string, from: number, to: number, layout: Layout, blocks: Block[]): void {
  let gap = 0;
  let above = '';
  let start = from;
  while (start < to) {
    let end = source.indexOf('\n', start);
    if (end === -1 || end > to) end = to;
    const raw = passageAt(source, start, end > start && source[end - 1] === '\r' ? end - 1 : end);
    const isMark = layout.marks.has(start);
    start = end + 1;
    if (isMark) continue;
    if (raw.text.trim() === '') {
      gap++;
      continue;
    }
    const last = blocks.at(-1);
    if (gap === 0 && last?.kind === 'line' && goesOn(last, raw, layout.wrapped))
      blocks[blocks.length - 1] = unwrapped(last, raw, WRAP);
    else if (gap === 0 && last?.kind === 'line' && goesOnAcross(last, above, raw.text, layout.chinese))
      blocks[blocks.length - 1] = unwrapped(last, raw, seamBetween(above, raw.text));
    else blocks.push(readLine(raw, gap));
    above = raw.text;
    gap = 0;
  }
}

/** The width at which lines end rather than where a paragraph does: hardly one is longer, and many come near; 0 where there is none. */
function wrapWidth(source: string): number {
  // Chinese is not wrapped between words; what stands in front of an English policy says nothing about it.
  const lines = source.split('\n', WRAP_SAMPLE).filter((one) => one.trim() !== '' && !CHINESE.test(one));
  const fitting = lines.map((one) => one.trimEnd().length).filter((length) => length <= WRAP_MAX);
  const full = fitting.filter((length) => length >= WRAP_MIN).length;
  const wrapped = (lines.length - fitting.length) * 30 < lines.length && full * 10 > lines.length * 3;
  return wrapped ? (fitting.sort((one, other) => other - one)[Math.floor(full / 20)] ?? 0) : 0;
}

const WRAP_SAMPLE = 2_000;
const CHINESE = /[\u3400-\u9fff]/;

/** Lines of a paragraph that was wrapped at some width, as mail and page readers do. */
function goesOn({ passage, heading }: LineBlock, raw: Passage, wrapped: number): boolean {
  if (heading > 0 || passage.text.length > PARAGRAPH_MAX || /[|\t]/.test(passage.text + raw.text)) return false;
  if (/^[，。、；）]/.test(raw.text) || isTorn(passage.text, raw.text))
    return !SPACED.test(passage.text) && !SPACED.test(raw.text);
  if (wrapped === 0 || /^(?:https?:|www\.)/.test(raw.text)) return false;
  const latin = !/[\u3400-\u9fff]/.test(passage.text + raw.text);
  const line = /[^\n]*$/.exec(passage.text)?.[0] ?? '';
  const width = line.length - line.lastIndexOf(WRAP) - 1;
  return (
    latin &&
    // Cells that spaces keep apart are no paragraph.
    !SPACED.test(line) &&
    width >= WRAP_MIN &&
    width <= WRAP_MAX &&
    !/(?:[.:;!?]|\s\s)$/.test(passage.text) &&
    // A cell of a table begins anew; a line of a paragraph may begin with a name.
    (/^[a-z(“"']/.test(raw.text) ||
      (/^[A-Z\d]/.test(raw.text) && (passage.text.includes(WRAP) || isFull(width, raw.text, wrapped)))) &&
    !/^[A-Z][\w ]{2,30}:/.test(raw.text)
  );
}

const SPACED = /\S {3,}\S/;

/** 某某Push｜SDK需要读取……, ……（如 IMEI）｜等设备信息: torn at a space of a long paragraph. */
function isTorn(above: string, below: string): boolean {
  const line = /[^\n]*$/.exec(above)?.[0] ?? '';
  return (
    line.length >= TORN_MIN &&
    !/[。；;：:！!？?]\s*$/.test(line) &&
    (RIGHT_OPEN.test(below) || (LEFT_OPEN.test(line) && /[，。]/.test(line) && !STARTS_ANEW.test(below)))
  );
}

/** No line begins like this: `SDK需要读取……`, `等设备信息`, `信息），IP地址`. */
const RIGHT_OPEN =
  /^(?:SDK\s*(?:[，、。（(]|[\u3400-\u9fff](?![^，。]{0,10}(?:[:：]|$)))|等[^级待候]{0,8}(?:信息|数据|，|。)|(?:信息|数据|地址)[）)]?[，、])/;

/** ……服务公司包括｜甲，乙等，可能会收集……: a sentence does not end with these words. */
const LEFT_OPEN = /(?:包括|包含|以及|例如|或者)\s*$/;
const STARTS_ANEW = /^\s*(?:[-*+•]|[（(]?[\d一二三四五六七八九十①-⑳]|#)/;

/** Shorter lines are cells and titles, which may begin with these words. */
const TORN_MIN = 40;

/** Whether the first word of the line below would not have fitted into this one. */
function isFull(width: number, below: string, wrapped: number): boolean {
  return width + 1 + (/^\S+/.exec(below)?.[0].length ?? 0) > wrapped;
}

/** Stands for the line break in a paragraph put together again: a space to every rule. */
const WRAP = '\u2028';
const WRAP_MIN = 55;
/** A text that never ends a paragraph is cut, so that putting lines together stays cheap. */
const PARAGRAPH_MAX = 5_000;
const WRAP_MAX = 100;

/** Whether a Chinese paragraph goes on whose lines are cut at some width. */
function goesOnAcross(
  { passage, heading }: LineBlock,
  above: string,
  below: string,
  wrapped: WrappedAt | null,
): boolean {
  if (wrapped === null || heading > 0 || passage.text.length > PARAGRAPH_MAX) return false;
  return goesOnInChinese(above, below, wrapped);
}

function unwrapped(one: LineBlock, raw: Passage, between: string): LineBlock {
  const seam = /^[，。、；）]/.test(raw.text) ? '' : between;
  return { ...one, passage: { ...join([one.passage, raw], seam), links: one.passage.links } };
}

function readLine(raw: Passage, gap: number): LineBlock {
  const heading = /^\s{0,3}(#{1,6})\s*(?=\S)/.exec(raw.text);
  const passage = heading === null ? raw : cut(raw, heading[0].length);
  const strong =
    heading === null ? /^\s*(?:[-*+]\s+|\d+[.、]\s*)?(\*\*|__)([^*]{1,80})\1[:：]?\s*$/.exec(raw.text) : null;
  const bold = strong !== null && !isSentence(strong[2] as string);
  return untrimmed(passage, gap, heading?.[1]?.length ?? (bold ? 7 : 0));
}

/** A sentence in bold type is no heading. */
function isSentence(text: string): boolean {
  return /[。；]\s*$/.test(text) || (text.length > BOLD_SIZE_MAX && /[\u3400-\u9fff]/.test(text));
}

const BOLD_SIZE_MAX = 44;

/** Leading tabs are empty cells: a row of a table keeps them until it is cut. */
function untrimmed(passage: Passage, gap: number, heading: number): LineBlock {
  return { kind: 'line', passage, gap, heading, item: /^\s*[*+]\s+\S/.test(passage.text) };
}

/** A single bar at the end of a line is what is left of a cell's border. */
function withoutPipe(passage: Passage): Passage {
  if ((passage.text.match(/\|/g)?.length ?? 0) === 0 || /[^|\s]\s*\|\s*[^|\s]/.test(passage.text)) return passage;
  const from = /^(?:\s*\|)*/.exec(passage.text)?.[0].length ?? 0;
  let end = passage.text.length;
  while (end > from && /[|\s]/.test(passage.text[end - 1] as string)) end--;
  return cut(passage, from, end);
}
