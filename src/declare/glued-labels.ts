import type { LineBlock } from './blocks.ts';
import { fold } from './fold.ts';
import { labelKind } from './labels.ts';
import type { PolicyWords } from './words.ts';

const LINES_MIN = 2;
const LINES_MAX = 400;
const COLONS_MIN = 3;
const LABEL_SIZE_MAX = 14;
const LABELS_MAX = 12;
const KINDS_MIN = 2;
/** How often a longer label must come where a shorter one ends: 收集的信息类型 wherever 信息类型 does. */
const SHARE_MIN = 0.7;

/** What stands in front of a colon, up to where words end. */
const TAIL = /[^\s:：;；,，。、（()）《》【】"“”]{2,14}(?=\s*[:：](?!\/\/))/g;
/**
 * Labels that follow the value before them without a sign between: `名称：某某SDK使用目的：推送收集的信息：IMEI`.
 *
 * They are told by coming back in one line after the other behind different values.
 *
 * @returns a pattern that finds them, with the label as its first group; null when a text has none.
 */
export function gluedLabels(lines: readonly (LineBlock | null)[], words: PolicyWords): RegExp | null {
  const rows = lines.flatMap((one) => (beginsWithLabel(one, words) ? tailsOf(one, words) : []));
  return rows.length < LINES_MIN ? null : patternFor(rows.slice(0, LINES_MAX), words, false);
}

/** The same where a whole page is one line: the labels come back inside it. */
export function gluedLabelsOfPage(page: LineBlock, words: PolicyWords): RegExp | null {
  const tails = tailsOf(page, words).flat().slice(0, TAILS_MAX);
  return patternFor(
    tails.map((tail) => [tail]),
    words,
    true,
  );
}

const TAILS_MAX = 2_000;

/** @param alone whether labels count as well that a sign parts from the words before them. */
function patternFor(rows: readonly (readonly string[])[], words: PolicyWords, alone: boolean): RegExp | null {
  const counts = new Map<string, number>();
  for (const tails of rows)
    for (const label of new Set(tails.flatMap((tail) => labelsAt(tail, words))))
      counts.set(label, (counts.get(label) ?? 0) + 1);
  const found = new Set<string>();
  for (const tail of rows.flat()) {
    const labels = labelsAt(tail, words);
    const least = Math.max(LINES_MIN, (counts.get(labels[0] ?? '') ?? 0) * SHARE_MIN);
    const longest = labels.findLast((label) => (counts.get(label) ?? 0) >= least);
    if (longest !== undefined && (alone || longest.length < tail.length) && found.size < LABELS_MAX) found.add(longest);
  }
  // 设备信息：, 网络信息：: a list of data, whose words in front of the colons are all of one kind.
  if (new Set([...found].map((label) => labelKind(label, words))).size < KINDS_MIN) return null;
  const sorted = [...found]
    .sort((one, other) => other.length - one.length)
    .map((label) => label.replace(/[^\p{L}\p{N}]/gu, '\\$&'));
  const before = alone ? '[^、]' : '[^\\s:：;；,，。、]';
  return new RegExp(`(?<=${before})(${sorted.join('|')})\\s*[:：](?!\\/\\/)`, 'giu');
}

function beginsWithLabel(one: LineBlock | null, words: PolicyWords): boolean {
  const first = FIRST.exec(one?.passage.text ?? '');
  return first !== null && labelKind(first[1] as string, words) !== null;
}

const FIRST = /^\s*([^:：\n。；;]{1,30}?)\s*[:：]/;

/** The words in front of the colons of a line, but for its first; none for a line that has few. */
function tailsOf(one: LineBlock | null, words: PolicyWords): string[][] {
  const text = one?.passage.text ?? '';
  if ((text.match(/[:：]/g)?.length ?? 0) < COLONS_MIN) return [];
  const folded = fold(text, words);
  const from = FIRST.exec(text)?.[0].length ?? 0;
  return [[...folded.slice(from).matchAll(TAIL)].map((match) => match[0])];
}

/** The labels that a text may end with, the shortest first. */
function labelsAt(tail: string, words: PolicyWords): string[] {
  const labels: string[] = [];
  for (let size = 2; size <= Math.min(tail.length, LABEL_SIZE_MAX); size++) {
    const label = tail.slice(-size);
    const kind = label.search(words.patterns.labelStart) === 0 ? labelKind(label, words) : null;
    if (kind !== null && kind !== 'other') labels.push(label);
  }
  return labels;
}
