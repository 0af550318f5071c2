import type { LineBlock } from './blocks.ts';
import { isGenericName } from './entry.ts';
import { fold } from './fold.ts';
import type { Reader } from './label-data.ts';
import { afterNumbering } from './labels.ts';
import { cut, trim } from './passage.ts';
import type { ProseEntry } from './prose-entries.ts';

const NAME_SIZE_MAX = 44;

/** Bullets that are nothing but names, with or without a link, below a line that announces third parties. */
export function listedNames(lines: readonly (LineBlock | null)[], from: number, reader: Reader): ProseEntry[] {
  const opened = /(?:providers|services|sdks|tools|libraries)\b[^.]{0,40}$/i.test(lines[from - 1]?.passage.text ?? '');
  const entries: ProseEntry[] = [];
  for (let index = from; index < lines.length; index++) {
    const one = lines[index];
    if (one === null || one === undefined || one.heading > 0) break;
    const { text } = one.passage;
    const bullet = afterNumbering(text);
    const end = endBeforeLink(text);
    const name = trim(cut(one.passage, bullet, end === -1 ? text.length : end));
    const plain = name.text !== '' && name.text.length <= NAME_SIZE_MAX && !/[.。；;,，、:：?？]/.test(name.text);
    const linked = end !== -1 || one.passage.links.length > 0;
    // Bullets get lost; an English list still has a capital at the head of each of its short lines.
    const bare = opened && /^[A-Z]/.test(name.text) && name.text.split(/\s+/).length <= 5;
    if (entries.length > 0 && bare && !linked && bullet === 0 && one.gap !== gapOf(lines, from + 1)) break;
    if (!plain || (!linked && bullet === 0 && !bare) || isGenericName(fold(name.text, reader.words))) break;
    const rest = trim(cut(one.passage, end === -1 ? text.length : end));
    const fields = linked ? [{ kind: 'link' as const, value: rest }] : [];
    entries.push({ draft: { name, fields, data: [] }, line: index, lines: [index] });
  }
  const next = lines[from + entries.length];
  // The last short line above a paragraph is its title.
  if (
    opened &&
    next?.passage !== undefined &&
    next.passage.text.length > NAME_SIZE_MAX &&
    next.gap === lines[from]?.gap
  )
    entries.pop();
  // A single short line is more likely a sentence's end than a list.
  return entries.length >= 2 ? entries : [];
}

function gapOf(lines: readonly (LineBlock | null)[], index: number): number {
  return lines[index]?.gap ?? 0;
}

/** Where a name ends that an address follows; -1 when none does. */
function endBeforeLink(text: string): number {
  let end = text.search(/https?:/);
  while (end > 0 && /[\s(（:：-]/.test(text[end - 1] as string)) end--;
  return end;
}
