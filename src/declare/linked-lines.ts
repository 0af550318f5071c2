import type { LineBlock } from './blocks.ts';
import { isListOfBrowsers, isProduct } from './english-entries.ts';
import type { Reader } from './label-data.ts';
import { afterNumbering } from './labels.ts';
import { cut, trim } from './passage.ts';
import type { ProseEntry } from './prose-entries.ts';

/**
 * English lines that each end with the address of the service they begin with: `Finch Ads (Finch, Inc.) – ads – https://…`.
 *
 * One such line may be anything, so several must follow each other.
 */
export function linkedLines(lines: readonly (LineBlock | null)[], from: number, reader: Reader): ProseEntry[] {
  const entries: ProseEntry[] = [];
  for (let index = from; index < lines.length && entries.length < LINES_MAX; index++) {
    const one = lines[index];
    const { text = '' } = one?.passage ?? {};
    const start = afterNumbering(text);
    const name = LINKED_LINE.exec(text.slice(start))?.[1];
    if (one === null || one === undefined || name === undefined || !isProduct(name, reader)) break;
    const rest = cut(one.passage, start + name.length);
    const fields = [{ kind: 'link' as const, value: rest }];
    entries.push({
      draft: { name: trim(cut(one.passage, start, start + name.length)), fields, data: [] },
      line: index,
      lines: [index],
    });
  }
  const names = entries.map(({ draft }) => draft.name.text);
  return entries.length >= LINES_MIN && !isListOfBrowsers(names, reader.words) ? entries : [];
}

/**
 * `使用某某，您将同意某某的隐私政策：https://…`: lines that begin alike, each with a service and the address of its terms.
 */
export function agreedLines(lines: readonly (LineBlock | null)[], from: number): ProseEntry[] {
  const entries: ProseEntry[] = [];
  for (let index = from; index < lines.length && entries.length < LINES_MAX; index++) {
    const one = lines[index];
    const { text = '', links = [] } = one?.passage ?? {};
    const start = afterNumbering(text);
    const match = AGREED.exec(text.slice(start));
    if (one === null || one === undefined || match === null) break;
    const at = start + (match[1] as string).length;
    const name = trim(cut(one.passage, at, at + (match[2] as string).length));
    const rest = cut(one.passage, start + match[0].length);
    if (links.length === 0 && !/https?:|www\./.test(rest.text)) break;
    entries.push({ draft: { name, fields: [{ kind: 'link', value: rest }], data: [] }, line: index, lines: [index] });
  }
  return entries.length >= AGREED_MIN ? entries : [];
}

const AGREED_MIN = 2;
const AGREED =
  /^((?:如果?|当)?(?:您|你|用户)?(?:选择)?(?:使用|启用|接入|开通|绑定)\s*)([^，,。；;：:您你]{1,24})(?:时|的服务|服务)?[，,]\s*(?:即|则|就)?(?:表示|代表|视为|意味着)?(?:您|你|用户)[^，,。；;：:]{0,6}(?:同意|接受|遵守|受|适用)/;

const LINES_MIN = 3;
const LINES_MAX = 200;
const LINKED_LINE =
  /^([A-Z0-9][\w.&+'’-]*(?: (?:[A-Z0-9&][\w.&+'’-]*|by|for|of|and|the)){0,6}(?: ?\([^()]{1,60}\))?),?\s*(?:[-–—:|,(]\s*|[Pp]rivacy )[^。\u3400-\u9fff]{0,120}?<?(?:https?:\/\/|www\.)\S+[.;)>\s]*$/;
