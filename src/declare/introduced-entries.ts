import type { LineBlock } from './blocks.ts';
import { isGenericName } from './entry.ts';
import { fold } from './fold.ts';
import type { Reader } from './label-data.ts';
import { afterNumbering } from './labels.ts';
import { cut, type Passage, trim } from './passage.ts';

/** An SDK that a line of a list introduces, whoever's it is, and what the line goes on to say of it. */
export interface Introduced {
  readonly line: number;
  readonly name: Passage;
  readonly vendor: Passage | null;
  readonly body: Passage;
}

/**
 * Lines of a list that all begin alike: `3. 某某APP集成甲公司的乙SDK，乙SDK收集您的……`.
 *
 * One such line is a sentence like any other; where several follow each other, each is about one SDK, even one that is not called so.
 */
export function introducedRun(lines: readonly (LineBlock | null)[], from: number, reader: Reader): Introduced[] {
  const run: Introduced[] = [];
  let sdks = 0;
  for (let index = from; index < lines.length && run.length < RUN_MAX; index++) {
    const one = lines[index];
    const found = one === null || one === undefined || one.heading > 0 ? null : introduced(one.passage, index, reader);
    if (found === null) break;
    if (/sdk/i.test(found.name.text)) sdks++;
    run.push(found);
    if (run.length >= NAMELESS_MAX && sdks === 0) return [];
  }
  return run.length >= RUN_MIN && sdks * 2 >= run.length ? run : [];
}

const RUN_MIN = 3;
/** So that lines which begin alike but name no SDK cost little. */
const RUN_MAX = 200;
const NAMELESS_MAX = 8;
const NAME_SIZE_MAX = 44;

const INTRODUCES =
  /^[^,。;:]{0,24}?(?:集成|接入|嵌入|引入|内置|使用|采用)了?(?:由)?(?!了|的|第三方(?:sdk|服务)[,。;:]|该|此|以下|如下|sdk)(?=[^,。;:]{2,})/;
/** 甲公司(中国)的, 甲公司提供的, 甲公司: whose the SDK is. */
const OWNER = ownerPattern('(?:公司|集团|联盟|中心|研究院|基金会)(?:\\s*\\([^()]{1,40}\\))?\\s*');

function ownerPattern(end: string): RegExp {
  const from = '(?:提供|开发|研发)?的';
  return new RegExp(`^(?:.{2,60}${end}${from}|.{2,60}?${end}|.{2,60}${from})\\s*(?=\\S{2,})`);
}

function introduced(passage: Passage, line: number, reader: Reader): Introduced | null {
  const folded = fold(passage.text, reader.words);
  const start = afterNumbering(folded);
  const lead = INTRODUCES.exec(folded.slice(start))?.[0];
  if (lead === undefined || folded.length !== passage.text.length) return null;
  const from = start + lead.length;
  const end = nameEnd(folded, from);
  const owner = OWNER.exec(folded.slice(from, end))?.[0].length ?? 0;
  const name = trim(cut(passage, from + owner, end));
  const bare = fold(name.text, reader.words);
  if (name.text.length > NAME_SIZE_MAX || name.text.length < 2 || isGenericName(bare)) return null;
  if (/我们|您|用户|以便|功能|服务$|、.*、/.test(bare)) return null;
  const vendor = owner === 0 ? null : trim(cut(passage, from, from + owner));
  return { line, name, vendor: vendor === null ? null : withoutTail(vendor), body: trim(cut(passage, end)) };
}

function withoutTail(vendor: Passage): Passage {
  return trim(cut(vendor, 0, vendor.text.replace(/(?:提供|开发|研发)?的?\s*$/, '').length));
}

/** Where the first clause ends, outside brackets. */
function nameEnd(folded: string, from: number): number {
  let depth = 0;
  for (let index = from; index < folded.length; index++) {
    const character = folded[index] as string;
    if (character === '(') depth++;
    else if (character === ')') depth = Math.max(0, depth - 1);
    else if (
      depth === 0 &&
      (/[,，。;:]/.test(character) || /^(?:进行|用于|用来|用以)/.test(folded.slice(index, index + 2)))
    )
      return index;
  }
  return folded.length;
}
