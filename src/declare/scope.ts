import type { Platform } from '../model/declaration.ts';
import { matchesOf } from './words.ts';

/** What a text says about the reach of a stretch of it; null where it says nothing. Offsets are those of the folded text. */
export interface ScopeSpan {
  readonly from: number;
  readonly to: number;
  readonly platforms: readonly Platform[] | null;
  readonly optional: boolean | null;
}

const SYSTEM = '(?:android|安卓|ios|ipad ?os|iphone|ipad|苹果|harmony ?os(?: next)?|鸿蒙)';
const SYSTEMS = `(?:仅(?:限于?|适用于|在|支持|对)? ?|only (?:on |for )?|for |on )?${SYSTEM}(?:(?: ?[/、,&]+ ?|和|及|与| and | or )${SYSTEM})*(?: ?(?:操作系统|系统|平台|版本?|客户端|端|设备|手机|用户|devices?|users?))?(?: ?(?:only|专用|独有|中))?`;
const ALL = '(?:双端|全平台|通用|全端|all platforms)';
const NEED = '(?:必选|必要|必需|必填|required|mandatory|可选|选填|非必要|非必需|非必填|optional)';
const NEEDED = `${NEED}(?:的)?(?:个人)?(?:信息|数据|字段|项|采集项|权限| (?:information|data|fields?))?`;

const PLATFORM_MARK = mark(`${SYSTEMS}|${ALL}`, '(?=如(?!果)|例如|包括|收集|采集)');
const OPTIONAL_MARK = mark(NEEDED, '(?!.)');

/** A mark in brackets, or in front of a colon; `loose` tells what else may stand behind one without a bracket. */
function mark(words: string, loose: string): RegExp {
  return new RegExp(
    `(?<bracket>[[(] ?(?<inside>${words}) ?[\\])] ?:?)|(?<=^|[\\s,;。、(:"/>\\])])(?<plain>${words})(?: ?:|${loose})`,
    'gu',
  );
}

/** Stretches of a list of data that hold on some systems only, or that the user may refuse: 【仅iOS】IDFA, 可选信息：…, IDFA(iOS). */
export function scopeSpans(folded: string): ScopeSpan[] {
  if (!SCOPE_WORD.test(folded)) return [];
  return [
    ...spansOf(folded, PLATFORM_MARK, platformEnd, (words) => ({ platforms: platformsIn(words), optional: null })),
    ...spansOf(
      folded,
      OPTIONAL_MARK,
      (text) => text.length,
      (words) => ({ platforms: null, optional: isOptional(words) }),
    ),
  ];
}

const SCOPE_WORD = new RegExp(`${SYSTEM}|${ALL}|${NEED}`, 'u');

function spansOf(
  folded: string,
  pattern: RegExp,
  endOf: (rest: string) => number,
  read: (words: string) => Pick<ScopeSpan, 'platforms' | 'optional'>,
): ScopeSpan[] {
  const marks = matchesOf(pattern, folded).map((match) => {
    const words = match.groups?.['inside'] ?? match.groups?.['plain'] ?? '';
    const to = match.index + match[0].length;
    return {
      from: match.index,
      to,
      words,
      behind: match.groups?.['bracket'] !== undefined && isBehind(folded, match.index, to),
    };
  });
  const before = marks.filter((one) => !one.behind);
  return marks.map((one) => {
    const said = read(one.words);
    if (one.behind) return { from: itemStart(folded, one.from), to: one.from, ...said };
    const next = before.find((other) => other.from > one.from)?.from ?? folded.length;
    return { from: one.to, to: one.to + endOf(folded.slice(one.to, next)), ...said };
  });
}

/** `IDFA(iOS)、…`: the mark belongs to the item in front of it. */
function isBehind(folded: string, from: number, to: number): boolean {
  const before = folded.slice(0, from).trimEnd();
  return before !== '' && !/[、,;:。(\n\])]$/.test(before) && /^\s*(?:[、,;。.)/]|等|$)/u.test(folded.slice(to));
}

function itemStart(folded: string, to: number): number {
  let depth = 0;
  for (let index = to - 1; index >= 0; index--) {
    const character = folded[index] as string;
    if (character === ')') depth++;
    else if (character === '(' && --depth < 0) return index + 1;
    else if (depth === 0 && /[、,;:。/\n]/.test(character)) return index + 1;
  }
  return 0;
}

/** A mark of a system holds up to the bracket's end, the sentence's, or the line's where the mark does not stand alone on it. */
function platformEnd(rest: string): number {
  const alone = /^\s*\n/.exec(rest)?.[0].length ?? 0;
  let depth = 0;
  for (let index = alone; index < rest.length; index++) {
    const character = rest[index] as string;
    if (character === '(') depth++;
    else if (character === ')' && --depth < 0) return index;
    else if (depth === 0 && (character === '。' || (character === '\n' && alone === 0))) return index;
  }
  return rest.length;
}

const OPTIONAL = /可选|选填|非必|optional/;

function isOptional(words: string): boolean {
  return OPTIONAL.test(words);
}

/** The systems that words name, null where they name none or all. */
export function platformsIn(words: string): Platform[] | null {
  const found: Platform[] = [];
  if (/android|安卓/.test(words)) found.push('android');
  if (/ios|iphone|ipad|苹果/.test(words)) found.push('ios');
  if (/harmony ?os|鸿蒙/.test(words)) found.push('harmonyos');
  return found.length === 0 ? null : found;
}

const NAMED = new RegExp(`[[(] ?${SYSTEMS} ?[\\])]|^${SYSTEMS} ?[:：-]|(?:仅|only)[^,。;]{0,6}${SYSTEM}`, 'u');

/** The systems that a name or a title limits itself to: 地图SDK（仅iOS）, Android端：推送SDK. */
export function platformsOfName(folded: string): Platform[] | null {
  const found = NAMED.exec(folded)?.[0];
  return found === undefined ? null : platformsIn(found);
}

const OF_LIST = new RegExp(
  `${SYSTEM}.{0,8}(?:sdk|清单|列表|目录|第三方|版本?$|端$|系统$|平台$|客户端$)|(?:sdk|清单|列表|目录).{0,6}${SYSTEM}`,
  'u',
);

/** The systems that the heading of a list of SDKs names: 一、Android端SDK列表. */
export function platformsOfHeading(folded: string): Platform[] | null {
  return folded.length <= 40 && OF_LIST.test(folded) ? platformsIn(folded) : null;
}

/** What the spans around a place say about it, the innermost last word. */
export function scopeAt(spans: readonly ScopeSpan[], at: number): Pick<ScopeSpan, 'platforms' | 'optional'> {
  let platforms: readonly Platform[] | null = null;
  let optional: boolean | null = null;
  let narrowest = Number.POSITIVE_INFINITY;
  for (const span of spans) {
    if (at < span.from || at >= span.to) continue;
    if (span.optional !== null) optional = span.optional;
    else if (span.to - span.from <= narrowest) {
      platforms = span.platforms;
      narrowest = span.to - span.from;
    }
  }
  return { platforms, optional };
}
