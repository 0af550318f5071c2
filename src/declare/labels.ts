import { fold } from './fold.ts';
import type { LabelKind, PolicyWords } from './words.ts';

const LABEL_SIZE_MAX = 30;
const LABEL_SIZE_MAX_LATIN = 60;

/** Numbering and bullets in front of a line: `1.`, `（二）`, `①.`, `-`, `2.3.1.`, `a)`. */
export const NUMBERING =
  /^(?:\s|[•·●○■□◆◇▪▶►➢➤★☆✓√※▲△→Øü\uf000-\uf0ff*\-–—§]|(?:\d{1,2}(?:\.\d{1,2}){1,5}[.、．)]?(?=[^\d]))|\d{1,3}\s*[.、．)）:：](?!\d)|[（(]\s*(?:\d{1,3}|[a-zA-Z]|[一二三四五六七八九十]{1,3}|[ivx]{1,4})\s*[)）][.、]?|[一二三四五六七八九十]{1,3}\s*[、.．]|第[一二三四五六七八九十\d]{1,3}[章条條部分节節]+|[①-⑳⑴-⒇❶-❿][.、]?|[a-zA-Z]\s*[)）.、](?=\s|[\u0080-\uffff])|[a-z][.、](?=[A-Za-z]{2,10}[\u3400-\u9fff]))+/u;

/** What a label or column head asks for; null for text that is no label. */
export function labelKind(text: string, words: PolicyWords): LabelKind | null {
  if (text.length > 2 * LABEL_SIZE_MAX_LATIN) return null;
  const known = words.labelKinds.get(text);
  if (known !== undefined) return known;
  const kind = findKind(text, words);
  if (words.labelKinds.size >= KNOWN_MAX) words.labelKinds.clear();
  words.labelKinds.set(text, kind);
  return kind;
}

const KNOWN_MAX = 4_000;

function findKind(text: string, words: PolicyWords): LabelKind | null {
  const bare = bareLabel(text, words);
  const size = /[\u3400-\u9fff]/.test(bare) ? LABEL_SIZE_MAX : LABEL_SIZE_MAX_LATIN;
  if (
    bare === '' ||
    bare.length > size ||
    /[。;!?,]|\bhttps?:|^(?:为了?|我们|当您|如果|您)|(?:有限|股份|责任).{0,4}公司|\b(?:inc|ltd|llc|corp)\.?$/.test(bare)
  )
    return null;
  return words.labels.find(({ pattern }) => pattern.test(bare))?.kind ?? null;
}

/** A label without numbering, marks, colon and the spaces between Chinese characters. */
export function bareLabel(text: string, words: PolicyWords): string {
  return fold(text, words)
    .replace(NUMBERING, '')
    .replace(/[*_`"'#]+/g, '')
    .replace(/^[[(](.*)[\])]$/, '$1')
    .replace(/[:\s]+$/, '')
    .replace(/(?<=[\u3400-\u9fff/])\s+|\s+(?=[\u3400-\u9fff/])/g, '')
    .trim();
}

/** Offset behind the numbering in front of a line. */
export function afterNumbering(text: string): number {
  return NUMBERING.exec(text)?.[0].length ?? 0;
}
