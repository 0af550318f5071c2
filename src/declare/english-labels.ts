import type { LineBlock } from './blocks.ts';
import { fold } from './fold.ts';
import { labelKind } from './labels.ts';
import type { PolicyWords } from './words.ts';

/** Up to five words in front of a colon, and the sign that parts them from what stands before. */
const TAIL = /(?<=^|[;,|)\]\s])((?:[\w'()/&-]{1,20} ){0,4}[\w'()/&-]{1,20})\s?:(?=\s)/g;
const COLONS_MIN = 3;
const LINES_MAX = 400;
const TAILS_MAX = 4_000;
const LABELS_MAX = 16;
const COUNT_MIN = 2;
const KINDS_MIN = 2;
/** How often a longer label must come where a shorter one ends: Data collected wherever collected does. */
const SHARE_MIN = 0.7;

/**
 * English labels that stand inside a line: `SDK name: Acme Push; Data collected: IMEI`, with or without a sign between.
 *
 * Their words alone do not tell where they begin (`Acme Push Provider: …`); they are told by coming back behind different values.
 *
 * @returns a pattern that finds them, with the label as its first group; null when a text has none.
 */
export function englishLabels(lines: readonly (LineBlock | null)[], words: PolicyWords): RegExp | null {
  const tails = lines
    .filter((one) => one !== null && (one.passage.text.match(/:\s/g)?.length ?? 0) >= COLONS_MIN)
    .slice(0, LINES_MAX)
    .flatMap((one) => tailsOf(fold(one?.passage.text ?? '', words)))
    .slice(0, TAILS_MAX);
  const labels = tails.map((tail) => labelsAt(tail, words));
  const counts = new Map<string, number>();
  for (const label of labels.flat()) counts.set(label, (counts.get(label) ?? 0) + 1);
  const found = new Set<string>();
  for (const known of labels) {
    const least = Math.max(COUNT_MIN, (counts.get(known[0] ?? '') ?? 0) * SHARE_MIN);
    const longest = known.findLast((label) => (counts.get(label) ?? 0) >= least);
    if (longest !== undefined && found.size < LABELS_MAX) found.add(longest);
  }
  if (new Set([...found].map((label) => labelKind(label, words))).size < KINDS_MIN) return null;
  const sorted = [...found]
    .sort((one, other) => other.length - one.length)
    .map((label) => label.replace(/[^a-z\d ]/g, '\\$&'));
  return new RegExp(`(?<=^|[\\s;,|)])(${sorted.join('|')})\\s?:(?=\\s)`, 'gi');
}

function tailsOf(folded: string): string[] {
  return [...folded.matchAll(TAIL)].map((match) => match[1] as string);
}

/** The labels that some words may end with, the shortest first. */
function labelsAt(tail: string, words: PolicyWords): string[] {
  const parts = tail.split(' ');
  const labels = parts.map((_, index) => parts.slice(parts.length - 1 - index).join(' '));
  return labels.filter((label) => {
    const kind = labelKind(label, words);
    return kind !== null && kind !== 'other';
  });
}
