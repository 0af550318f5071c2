import { GAP } from './aligned-table.ts';

/** Where the lines of a Chinese text end because there was no room left: at that width, in places of which a character takes up two. */
export interface WrappedAt {
  readonly width: number;
}

const SAMPLE_LINES = 2_000;
const LINES_MIN = 8;
const WIDTH_MIN = 56;
const WIDTH_MAX = 140;
/** A sign that may not begin a line leaves room at the end of the one before. */
const ROOM = 3;
const FULL_LINES_MIN = 4;
const CHINESE = /[\u3400-\u9fff]/;

/** The width at which the lines of a text are cut: hardly one is longer, and many reach it; null where there is none. */
export function chineseWrap(text: string): WrappedAt | null {
  const widths = text
    .split('\n', SAMPLE_LINES)
    .filter((one) => CHINESE.test(one.slice(0, 200)))
    .map((one) => (one.length > WIDTH_MAX ? WIDTH_MAX + 1 : widthOf(one.trimEnd())))
    .sort((one, other) => other - one);
  if (widths.length < LINES_MIN) return null;
  const width = widths[Math.floor(widths.length / 50)] as number;
  const full = widths.filter((one) => one <= width && one >= width - ROOM).length;
  const isWrapped = width >= WIDTH_MIN && width <= WIDTH_MAX && full >= Math.max(FULL_LINES_MIN, widths.length / 10);
  return isWrapped ? { width } : null;
}

function widthOf(text: string): number {
  let width = text.length;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= 0x2e80) width++;
  return width;
}

/** Begins a paragraph, an item or a field, and does not go on with the line above. */
const BEGINS =
  /^(?:[\s\u3000]{2}|\s*(?:[-*+•·●▪◆■#|]|[（(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3}|[a-z])[）)、.．]|[①-⑳]|第[一二三四五六七八九十\d]{1,3}[条章部]|[^\s，。；、,;:：（）()]{2,16}[:：]))/i;
const ENDS = /[。；;！!？?：:]\s*$/;

/** Whether a line goes on with the one above it, which had no room for its first word. */
export function goesOnInChinese(above: string, below: string, { width }: WrappedAt): boolean {
  if (!CHINESE.test(above + below) || ENDS.test(above) || BEGINS.test(below) || GAP.test(above) || GAP.test(below))
    return false;
  const word = /^(?:[\u2e80-\uffef]|[^\s\u2e80-\uffef]+)/.exec(below)?.[0] ?? '';
  return widthOf(above.trimEnd()) + widthOf(word) > width - ROOM + 1 && widthOf(above.trimEnd()) <= width + ROOM;
}

/** What stands between the two: a space where words in Latin letters meet. */
export function seamBetween(above: string, below: string): '' | ' ' {
  return /[\x21-\x7e]$/.test(above) && /^[\x21-\x7e]/.test(below) && !/https?:\/\/\S+$/.test(above) ? ' ' : '';
}
