import type { Block } from './blocks.ts';
import { contentsOf } from './contents.ts';
import { fold } from './fold.ts';
import { NUMBERING } from './labels.ts';
import type { PolicyWords, SectionRole } from './words.ts';

/** Roles whose parts keep the role of the whole, whatever their own heads say. */
const STICKY: ReadonlySet<SectionRole> = new Set([
  'exception',
  'definition',
  'rights',
  'security',
  'contact',
  'update',
  'children',
]);

/** What a part of an SDK section may be about without ceasing to be one: the data that an SDK collects, shares, asks for. */
const OF_SDK: ReadonlySet<SectionRole | null> = new Set([null, 'sdk', 'collection', 'sharing', 'permission']);

interface Level {
  readonly depth: number;
  readonly role: SectionRole | null;
}

/** For each block the role of the section it stands in; null where no heading says. A heading belongs to its section. */
export function sectionRoles(blocks: readonly Block[], words: PolicyWords): (SectionRole | null)[] {
  const open: Level[] = [];
  let role: SectionRole | null = null;
  const depths = blocks.map((block) =>
    block.kind === 'line' ? headingDepth(block.passage.text, block.heading) : null,
  );
  const contents = contentsOf(blocks, depths, words);
  return blocks.map((block, index) => {
    if (block.kind !== 'line') return role;
    if (contents.lines.has(index)) {
      open.length = 0;
      role = null;
      return role;
    }
    const depth = depths[index] ?? contents.titles.get(index) ?? null;
    // An item of a list is no heading, however short.
    if (depth === null || (block.item && block.heading === 0 && depth > WEAK)) return role;
    const folded = fold(block.passage.text, words).replace(NUMBERING, '').trim();
    // 5、某某云，用于存储头像: an item of the list of SDKs, whatever it is for.
    const isClause = /[,，]/.test(folded) && outerRole(open) === 'sdk';
    const own = isClause ? null : (words.sections.find(({ pattern }) => pattern.test(folded))?.role ?? null);
    // An unnumbered short line counts as a heading only when it says what its section is about.
    if (depth >= WEAK && own === null) {
      // What is said about cookies ends with their section; others are parted by bold titles, too.
      if (role === 'cookie' && depth === WEAK) role = open.pop()?.depth === WEAK ? outerRole(open) : role;
      return role;
    }
    // 信息的收集与使用, without a number, below definitions with numbers: it opens the text itself.
    if (depth >= WEAK && own === 'collection' && role !== null && APART.has(role)) open.length = 0;
    const isPart = own === null || own === outerRole(open);
    const isSub = isPart && block.heading >= SUB_HEADING && block.heading < BOLD;
    const within = isSub ? open.findLast(isNumbered) : undefined;
    const level = within === undefined ? depth : within.depth + HALF;
    const title = open.at(-1);
    // 我们收集哪些信息, without a number, and below it 1、注册: the numbers begin within it.
    if (
      title !== undefined &&
      title.role === 'collection' &&
      title.depth >= WEAK &&
      BEGINS_NUMBERS.test(block.passage.text)
    )
      open[open.length - 1] = { ...title, depth: level - HALF };
    while (open.length > 0 && (open.at(-1) as Level).depth >= level) open.pop();
    const outer = outerRole(open);
    const kept = outer !== null && staysWith(outer, own) ? outer : (own ?? outer);
    open.push({ depth: level, role: kept });
    role = kept;
    return role;
  });
}

/** Sections that have no part about collecting. */
const APART: ReadonlySet<SectionRole> = new Set(['definition', 'contact', 'update']);

/** `#### 某某` below an unmarked `二、第三方SDK目录` is a part of it, though its mark says otherwise. */
const SUB_HEADING = 3;
/** A line that is bold as a whole counts as a heading, too: of no depth of its own. */
const BOLD = 7;
/** Such a part lies half a level below. */
const HALF = 0.5;

const BEGINS_NUMBERS = /^\s*[（(]?[1一][、.．)）](?!\d)/;

function isNumbered({ depth }: Level): boolean {
  return depth >= 7 && depth < WEAK && Number.isInteger(depth);
}

function outerRole(open: readonly Level[]): SectionRole | null {
  return open.findLast((level) => level.role !== null)?.role ?? null;
}

/** Parts of a collection section that are named after a purpose: what is collected for the sake of security, of sharing. */
const OF_COLLECTION: ReadonlySet<SectionRole | null> = new Set([
  null,
  'collection',
  'security',
  'sharing',
  'storage',
  'contact',
  'update',
]);

function staysWith(outer: SectionRole, own: SectionRole | null): boolean {
  if (outer === 'sdk') return OF_SDK.has(own);
  if (outer === 'collection') return OF_COLLECTION.has(own);
  return STICKY.has(outer) && own !== 'sdk';
}

const WEAK = 20;
const HEADING_SIZE_MAX = 44;
const HEADING_SIZE_MAX_LATIN = 90;

/** How deep a heading lies; null for a line that is none. */
export function headingDepth(text: string, marked: number): number | null {
  const latin = !/[\u3400-\u9fff]/.test(text);
  if (text.length > (latin ? HEADING_SIZE_MAX_LATIN : HEADING_SIZE_MAX)) return null;
  if (/[。；;,，]$/.test(text) || /[。；;]/.test(text)) return null;
  if (marked >= 1 && marked < BOLD) return marked;
  const numbered = numberingDepth(text);
  if (numbered !== null) return numbered;
  if (marked === BOLD) return WEAK;
  if (
    marked === 0 &&
    /^(?:我们|我們|您|你)[^,，。:：]{0,12}(?:的|如何)[^,，。:：]{0,10}(?:信息|数据|资料|資訊|數據|資料)$/.test(text)
  )
    return WEAK + 1;
  const speaks = /^(?:我们|我們|您|你|当|當|如|为|為|本)|^(?:we|you|if|when|by)\b|\.$|^\s*[-•*]/i.test(text);
  return !speaks && text.length <= (latin ? 60 : 24) && !/[:：]/.test(text) ? WEAK + 1 : null;
}

/** Chinese documents number 一、 above （一） above 1. above (1); English ones by the count of dots. */
function numberingDepth(text: string): number | null {
  if (/^\s*(?:第[一二三四五六七八九十\d]+[章部条條节節分]|附[录錄件]|appendix|annex|schedule)/i.test(text)) return 7;
  if (/^\s*[一二三四五六七八九十]{1,3}\s*[、.．\s]/.test(text)) return 7;
  if (/^\s*[（(][一二三四五六七八九十]{1,3}[)）]/.test(text)) return 9;
  const dotted = /^\s*(\d{1,2}(?:[.．]\d{1,2})*)[.、．)\s]?\s*(?=\D)/.exec(text);
  if (dotted !== null && /^\s*\d{1,2}(?:[.．]\d{1,2})+/.test(text))
    return 10 + ((dotted[1] as string).match(/[.．]/g)?.length ?? 0);
  if (/^\s*\d{1,2}\s*[.、．](?!\d)/.test(text)) return 10;
  if (/^\s*(?:[（(]\d{1,2}[)）]|\d{1,2}[)）]|[①-⑳])/.test(text)) return 16;
  return null;
}
