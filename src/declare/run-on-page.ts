import { type Block, type LineBlock, line } from './blocks.ts';
import { isEnglish } from './english-entries.ts';
import { englishLabels } from './english-labels.ts';
import { gluedLabelsOfPage } from './glued-labels.ts';
import { labelKind } from './labels.ts';
import { cut } from './passage.ts';
import { matchesOf, type PolicyWords } from './words.ts';

/**
 * Cuts pages whose paragraphs and titles stand in one line into lines again. Chinese ones are cut at spaces behind a sentence, an address
 * or a numbered title, and in front of a number.
 *
 *
 * An English title is told by what stands around it: behind a sentence's end or an address, words with capitals, and then a sentence that begins
 * with a word sentences begin with (`Security of Data The security of …`), or with the title itself (`Finchmetrics Finchmetrics is …`).
 */
export function cutRunOnPages(blocks: readonly Block[], words: PolicyWords): Block[] {
  return blocks.flatMap((block) => {
    if (block.kind !== 'line' || block.passage.text.length <= LABELLED_SIZE_MIN) return [block];
    const { text } = block.passage;
    const isLong = text.length > LINE_SIZE_MIN;
    const isLabelled = (text.match(COLON)?.length ?? 0) >= LABELS_MIN;
    if (!isLong && !isLabelled) return [block];
    const cuts = isEnglish(text)
      ? cutsOfEnglishLine(block, isLabelled, words)
      : cutsOfChineseLine(block, isLabelled, words);
    return cuts.length === 0 ? [block] : linesOf(block, cuts);
  });
}

function cutsOfEnglishLine(block: LineBlock, isLabelled: boolean, words: PolicyWords): number[] {
  const { text } = block.passage;
  const labels = isLabelled ? cutsAtLabels(text, englishLabels([block], words)) : [];
  return text.length > LINE_SIZE_MIN || labels.length > 0 ? [...cutsOfEnglish(text), ...labels] : [];
}

function cutsOfChineseLine(block: LineBlock, isLabelled: boolean, words: PolicyWords): number[] {
  const { text } = block.passage;
  const labels = isLabelled ? cutsAtLabels(text, gluedLabelsOfPage(block, words)) : [];
  const isPage = text.length > CHINESE_SIZE_MIN && isProse(text);
  if (!isPage && labels.length === 0) return [];
  const spaces = cutsOfChinese(text, words);
  // Where spaces tell the lines, labels inside them are no ends.
  return isPage && spaces.length > labels.length ? spaces : [...spaces, ...labels];
}

/** The labels that come back in a page: each begins a line, as do the parts of the document behind it. */
function cutsAtLabels(text: string, labels: RegExp | null): number[] {
  const cuts = labels === null ? [] : matchesOf(labels, text).map(({ index }) => index);
  if (cuts.length < LABELS_MIN) return [];
  return [...cuts, ...[...text.matchAll(PART)].map(({ index }) => index)];
}

/** Shorter lines are fields of one SDK. */
const LABELLED_SIZE_MIN = 300;
const LABELS_MIN = 6;
const COLON = /[:：]/g;
const PART = /(?<=[。；;\w/])(?=[一二三四五六七八九十]{1,3}、)/g;

/** Whether sentences end often enough: a table that lost its line ends is no page of prose, its rows are cut otherwise. */
function isProse(text: string): boolean {
  return (text.match(/。/g)?.length ?? 0) * SENTENCE_SIZE_MAX > text.length;
}

const SENTENCE_SIZE_MAX = 150;

/** No Chinese paragraph is longer. */
const CHINESE_SIZE_MIN = 2_000;
const NUMBER =
  '(?:第[一二三四五六七八九十百\\d]{1,4}[条條章节節]|[一二三四五六七八九十]{1,3}[、.．]|[（(](?:[一二三四五六七八九十]{1,3}|\\d{1,2})[)）]|\\d{1,2}(?:\\.\\d{1,2}){0,3}[.、．]?(?=[\\u3400-\\u9fff])|\\d{1,2}(?:\\.\\d{1,2}){0,3}[、．.] ?(?=\\S)|[①-⑳]|[●•·] ?)';
const NUMBERED = new RegExp(`^${NUMBER}`);
const TITLE_IN_FRONT = new RegExp(`(?:^|\\s)${NUMBER}\\s?[^\\s。；;，,：:]{2,40}$`);
const ENDS = /(?:[。；;！!：:]|https?:[!-~]{4,400})$/i;
/** `…… 使用目的：推送 收集信息：……` */
const LABELLED = /^([^\s:：，。；、（）()]{2,16})[:：](?!\/\/)/;
/** An address, the longest thing that is looked for in front of a space. */
const REACH = 410;
const TITLE_REACH = 60;
const LABEL_REACH = 20;

/** Whether lines may end at a space depends on what stands on both its sides, each looked at no further than that needs. */
function cutsOfChinese(text: string, words: PolicyWords): number[] {
  return [...text.matchAll(/\s+/g)].flatMap(({ 0: space, index }) => {
    const at = index + space.length;
    const behind = text.slice(at, at + LABEL_REACH);
    if (NUMBERED.test(behind) || ENDS.test(text.slice(Math.max(0, index - REACH), index))) return [at];
    if (/^[\u3400-\u9fff]/.test(behind) && TITLE_IN_FRONT.test(text.slice(Math.max(0, index - TITLE_REACH), index)))
      return [at];
    const label = LABELLED.exec(behind)?.[1];
    return label !== undefined && labelKind(label, words) !== null ? [at] : [];
  });
}

/** Shorter lines are paragraphs; a title inside one is no matter. */
const LINE_SIZE_MIN = 800;

const WORD = "[A-Z0-9][\\w&'’.+/-]*";
const JOIN = '(?:&|of|and|or|for|to|in|on|by|with|from|the|a|an|your|our|we|you|is|are|do|us)';
const TITLE = `${WORD}(?: (?:${WORD}|${JOIN}|\\([A-Z][^()]{2,30}\\))){0,8}?`;
/** Words that begin a sentence; a word without a capital follows, or the name of what is spoken of. */
const START =
  '(?:(?:We|You|If|When|Under|These|In|For|By|As|Please|To|An?|It|At|There|Their|They|Any|All|Some|Most|While|Unless|Upon|Although|Your|Our|The|This|No|With) (?=[a-z(“"])|(?:Our|The|This|Their) [A-Z]\\w+ (?:[A-Z]\\w+ )?(?=[a-z]))';
const NAME = `${WORD}(?: (?:${WORD}|by|for|of)){0,4}?`;
const TITLED = new RegExp(`(${TITLE}) (?=${START})`, 'y');
/** The name may have the title of its part in front: `Payments Wrenpay Wrenpay is …`. */
const REPEATED = new RegExp(`(?:(${WORD}(?: ${WORD})?) )??(${NAME}) (?=\\2 [a-z])`, 'y');
const SENTENCE_END = /(?:^|[.!?:;)”"]|https?:\S{1,400})\s+/g;

/** Paragraphs and titles that even lost the space between: `… to serve you.Security We …`, `Types of dataWe collect …`. */
const GLUED =
  /(?<=[a-z)][.!?:;])(?<!https?:\S{0,200})(?=[A-Z][a-z]+[ ,:])|(?<=[a-z]{3})(?=(?:We|You|The|This|When|If|In|Our|Third|By) [a-z])/g;

function cutsOfEnglish(text: string): number[] {
  const titles = [...text.matchAll(SENTENCE_END)].flatMap((end) => cutsAt(text, end.index + end[0].length));
  return [...titles, ...[...text.matchAll(GLUED)].map(({ index }) => index)];
}

function linesOf(block: LineBlock, cuts: readonly number[]): Block[] {
  const { passage } = block;
  return [...new Set([0, ...cuts])]
    .sort((one, other) => one - other)
    .map((from, index, all) => cut(passage, from, all[index + 1]))
    .filter((piece) => piece.text.trim() !== '')
    .map((piece, index) => line(piece, index === 0 ? block.gap : 0, index === 0 ? block.heading : 0));
}

/** Where the titles begin and end that stand from a place on; none when a sentence begins there. */
function cutsAt(text: string, at: number): number[] {
  REPEATED.lastIndex = at;
  TITLED.lastIndex = at;
  const repeated = REPEATED.exec(text);
  if (repeated !== null) {
    const name = at + repeated[0].length - (repeated[2] as string).length - 1;
    return [at, name, at + repeated[0].length];
  }
  const titled = TITLED.exec(text);
  return titled === null ? [] : [at, at + titled[0].length];
}
