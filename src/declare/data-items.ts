import type { LineBlock } from './blocks.ts';
import { cleanName, type Draft, isKnownName } from './entry.ts';
import { fold } from './fold.ts';
import { dataShare, type Reader } from './label-data.ts';
import { afterNumbering } from './labels.ts';
import { cut, type Passage, trim } from './passage.ts';
import { hits } from './words.ts';

/** An SDK of a list, with the line that names it and its data. */
export interface DataItem {
  readonly draft: Draft;
  readonly line: number;
  readonly lines: readonly number[];
}

const ITEMS_MIN = 3;
/** By then some of a list have named data: so that other lists cost little. */
const UNTOLD_MAX = 8;
const ITEMS_MAX = 300;
const ITEM_SIZE_MAX = 400;
/** Most lines have neither: they are told at once. */
const LIKE_ITEM = /[)）][。；;.]?\s*$|[–—|]|\s-\s/;
const NAME_SIZE_MAX = 50;
const SHARE_MIN = 0.5;
/** `某某统计（IMEI、MAC地址）` and `Finchmetrics — crash logs (crash reporting)`; brackets of the name come before. */
const IN_BRACKETS = /^([^，,。；;:：（(—|]{2,50})\s*[（(](.{2,300})[)）][。；;.]?$/;
const BEHIND_DASH =
  /^([^，。；;:：–—|]{2,50}?)\s*(?:\s[-–—|]\s|——|—)\s*(.{2,300}?)(?:\s*[（(]([^（()）]{2,80})[)）])?[。；;.]?$/;

/**
 * Items of a list of SDKs that are nothing but a name and its data, in brackets or behind a dash.
 *
 * One such line may be anything; where several follow each other in a part about SDKs, each is one.
 */
export function dataItems(lines: readonly (LineBlock | null)[], from: number, reader: Reader): DataItem[] {
  const items: DataItem[] = [];
  let told = 0;
  for (let index = from; index < lines.length && items.length < ITEMS_MAX; index++) {
    const one = lines[index];
    const found = one === null || one === undefined || one.heading > 0 ? null : itemOf(one.passage, reader);
    if (found === null) break;
    if (found.share >= SHARE_MIN) told++;
    items.push({ draft: found.draft, line: index, lines: [index] });
    if (items.length >= UNTOLD_MAX && told * 3 < items.length) return [];
  }
  return items.length >= ITEMS_MIN && told * 3 >= items.length * 2 ? items : [];
}

/** An item, and the share of its data that names any. */
function itemOf(passage: Passage, reader: Reader): { draft: Draft; share: number } | null {
  if (passage.text.length > ITEM_SIZE_MAX || !LIKE_ITEM.test(passage.text)) return null;
  const item = trim(cut(passage, afterNumbering(passage.text)));
  const { text } = item;
  const found = BEHIND_DASH.exec(text) ?? IN_BRACKETS.exec(text);
  if (found === null) return null;
  const [, before = '', said = '', aside] = found;
  const name = trim(cut(item, 0, before.length));
  const at = text.indexOf(said, before.length);
  const data = cut(item, at, at + said.length);
  if (name.text.length > NAME_SIZE_MAX || cleanName(name, reader.words) === null) return null;
  const folded = fold(name.text, reader.words);
  const isNamed = /sdk/.test(folded) || isKnownName(name.text, reader.words);
  // 设备信息（IMEI、MAC地址）: a kind of data and its members.
  if (!isNamed && (dataShare(folded, reader.lexicon) > 0.3 || hits(reader.words.patterns.notName, folded))) return null;
  const share = dataShare(fold(data.text, reader.words), reader.lexicon);
  const purpose = aside === undefined ? [] : [{ kind: 'purpose' as const, value: purposeAt(item, aside) }];
  return { draft: { name, fields: [...purpose, { kind: 'data', value: data }], data: [] }, share };
}

function purposeAt(item: Passage, aside: string): Passage {
  const at = item.text.lastIndexOf(aside);
  return cut(item, at, at + aside.length);
}
