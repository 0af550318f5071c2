import type { LineBlock } from './blocks.ts';
import { isGenericName } from './entry.ts';
import { fold } from './fold.ts';
import { dataShare, negatedSpans, type Reader } from './label-data.ts';
import type { Passage } from './passage.ts';
import type { ProseEntry } from './prose-entries.ts';
import { hits } from './words.ts';

/**
 * A list that gives of each SDK its name on one line and the address of its privacy text, or a remark, on the next.
 *
 * One such pair may be anything, so several must follow each other.
 */
export function linkedNames(lines: readonly (LineBlock | null)[], from: number, reader: Reader): ProseEntry[] {
  const entries: ProseEntry[] = [];
  let linked = 0;
  let index = from;
  while (entries.length < PAIRS_MAX) {
    const name = lines[index];
    if (!isShort(name)) break;
    const below: Passage[] = [];
    for (let next = index + 1; below.length < BELOW_MAX; next++) {
      const one = lines[next];
      if (one === null || one === undefined || !(isAddress(one, lines[next - 1]) || isRemark(one, reader))) break;
      below.push(one.passage);
    }
    if (below.length === 0 || !isName(name.passage.text, reader)) break;
    if (/https?:/i.test(below[0]?.text ?? '')) linked++;
    const taken = [index, ...below.map((_, at) => index + 1 + at)];
    const fields = below.map((value) => ({
      kind: /https?:/i.test(value.text) ? ('link' as const) : ('other' as const),
      value,
    }));
    entries.push({ draft: { name: name.passage, fields, data: [] }, line: index, lines: taken });
    index += taken.length;
  }
  return linked >= LINKED_MIN ? entries : [];
}

const LINKED_MIN = 3;
const PAIRS_MAX = 200;
const BELOW_MAX = 6;
const NAME_SIZE_MAX = 44;

/** Whether a line may be a name, by its size and its signs. */
function isShort(one: LineBlock | null | undefined): one is LineBlock {
  if (one === null || one === undefined) return false;
  const { text } = one.passage;
  return text.length <= NAME_SIZE_MAX && text.trim().length >= 2 && !/[。；;，,:：!！?？]|https?:/i.test(text);
}

function isName(text: string, reader: Reader): boolean {
  const folded = fold(text, reader.words);
  return (
    !isGenericName(folded) && !hits(reader.words.patterns.notName, folded) && dataShare(folded, reader.lexicon) < 0.6
  );
}

/** An address alone on its line, or the rest of one that was broken off: https://a.example/legal- and agreement/terms.html. */
function isAddress(one: LineBlock, before: LineBlock | null | undefined): boolean {
  const text = one.passage.text.trim();
  if (/^[<(（]?https?:\/\/\S+$/i.test(text)) return true;
  const above = before?.passage.text.trim() ?? '';
  return one.gap === 0 && /^https?:\/\/\S+[-/&=?_]$/i.test(above) && /^[\w./%?=&#-]{6,}$/.test(text);
}

/** `注：未开启您的任何权限，也不会收集您的个人信息` */
function isRemark(one: LineBlock, reader: Reader): boolean {
  const folded = fold(one.passage.text, reader.words);
  return (
    folded.length <= REMARK_MAX &&
    (/^[(]?(?:注|备注|说明|注意)[:]/.test(folded) || negatedSpans(folded, reader.words).some(([at]) => at < 16))
  );
}

const REMARK_MAX = 80;
