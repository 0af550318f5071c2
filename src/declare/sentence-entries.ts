import type { LineBlock } from './blocks.ts';
import { isGenericName } from './entry.ts';
import { fold } from './fold.ts';
import type { Reader } from './label-data.ts';
import { cut, type Passage, trim } from './passage.ts';
import type { ProseEntry } from './prose-entries.ts';
import { dataParts, purposeOf } from './said.ts';
import { hits } from './words.ts';

/** Names in sentences: `我们接入了某某SDK，该SDK会收集……`. A name that comes back is the same SDK. */
export function sentenceEntries(one: LineBlock, line: number, reader: Reader): ProseEntry[] {
  const folded = fold(one.passage.text, reader.words);
  const { patterns } = reader.words;
  if (!/sdk/.test(folded)) return [];
  const mentions = [
    ...[...folded.matchAll(patterns.sdkName)].flatMap((match) => nameIn(match[0], match.index, one.passage.text)),
    ...quotedNames(folded),
  ].sort((first, second) => first.from - second.from);
  const names = mentions.filter((one, index) => mentions.findIndex((other) => isSame(other.key, one.key)) === index);
  const joined = (name: Mention) =>
    hits(patterns.integrates, folded.slice(Math.max(0, name.from - COMPANY_SIZE_MAX), name.from));
  const entries: ProseEntry[] = [];
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as Mention;
    const listed = [name];
    // 涉及甲SDK、乙SDK和丙SDK，此类SDK会收集……: what is said of all is said of each.
    while (index + 1 < names.length && parted(folded, names[index] as Mention, names[index + 1] as Mention))
      listed.push(names[++index] as Mention);
    const last = listed.at(-1) as Mention;
    let next = names[index + 1];
    let body = trim(cut(one.passage, last.to, next?.from ?? one.passage.text.length));
    // 接入了甲SDK，乙SDK会收集……: a name that is brought in and says nothing is called otherwise in what follows.
    if (listed.length === 1 && joined(name) && next !== undefined && !joined(next) && isJustNamed(body, reader)) {
      next = names[++index + 1];
      body = trim(cut(one.passage, last.to, next?.from ?? one.passage.text.length));
    }
    const said = fold(body.text, reader.words);
    const data = hits(patterns.collectVerb, said) ? dataParts(body, reader) : [];
    if (data.length === 0 && !joined(name)) continue;
    const purpose = purposeOf(body, reader);
    const fields = [
      ...(purpose === null ? [] : [{ kind: 'purpose' as const, value: purpose }]),
      { kind: 'other' as const, value: body },
    ];
    for (const { from, to } of listed)
      entries.push({ draft: { name: trim(cut(one.passage, from, to)), fields, data }, line, lines: [line] });
  }
  return entries;
}

/** 第三方SDK“甲、乙”: names in quotation marks behind the word. */
function quotedNames(folded: string): Mention[] {
  return [...folded.matchAll(/第三方\s*sdk\s*"([^"]{2,60})"/g)].flatMap((match) => {
    const start = match.index + match[0].length - (match[1] as string).length - 1;
    return [...(match[1] as string).matchAll(/[^、,/]+/g)].map(({ 0: name, index }) => ({
      from: start + index,
      to: start + index + name.length,
      key: name.replace(/[\s\p{P}+]|sdk/gu, ''),
    }));
  });
}

/** Whether two names follow each other in a list. */
function parted(folded: string, one: Mention, other: Mention): boolean {
  const between = folded.slice(one.to, other.from);
  return (
    between.length <= BETWEEN_MAX &&
    /^(?:\([^()]*\))?\s*(?:[、,/]|和|与|及|以及|或|或者|and|or)?\s*(?:和|与|及|以及|或|或者)?\s*$/.test(between)
  );
}

/** Two names of a list stand this near to each other, brackets included. */
const BETWEEN_MAX = 60;

interface Mention {
  readonly from: number;
  readonly to: number;
  readonly key: string;
}

/** How far before a name the verb stands that brings it in: a company may be named between. */
const COMPANY_SIZE_MAX = 48;

function isSame(one: string, other: string): boolean {
  return one === other || (Math.min(one.length, other.length) >= 3 && (one.includes(other) || other.includes(one)));
}

function isJustNamed(body: Passage, reader: Reader): boolean {
  return (
    body.text.length <= 30 &&
    /[，,]/.test(body.text) &&
    !/[。；;]/.test(body.text) &&
    dataParts(body, reader).length === 0
  );
}

const LEADING =
  /^(?:.*?(?:接入了?|集成了?|使用了?|嵌入了?|引入了?|采用了?|通过|包含|包括|由|向|提供的|[^ ,，]{3,24}公司(?:的)?|的|如|和|与|及|或者?|(?<!华)为|调起|[^ ,，]{0,8}服务商|以下|以及|将|对|在|是|我们|该|其|此|上述|以下|第三方)\s*)+/;

/** What a bracket says of the use belongs to the sentence: 某某SDK（用于……）. */
const SAID_IN_BRACKETS = /\((?:用于|根据|当|以便|[^()]*(?:您|我们))[^()]*\)$/;

function nameIn(said: string, offset: number, original: string): Mention[] {
  const text = said.replace(SAID_IN_BRACKETS, '');
  // What stands in brackets behind the name is part of it.
  const lead = LEADING.exec(text.slice(0, text.replace(/\([^()]*\)$/, '').lastIndexOf('sdk')))?.[0].length ?? 0;
  const name = text.slice(lead);
  if (
    /调用|接口|开发者|用户|接入|集成|数据|信息|使用|涉及|嵌入|如果|可以|相关|您|你|我们|简称|这类|此类|发现|允许|需要|渠道方|关闭|部分/.test(
      name.replace(/\([^()]*\)$/, ''),
    )
  )
    return [];
  if (isGenericName(name) || name.replace(/sdk.*$/, '').trim().length < 2) return [];
  // English names are several words: Unity Ads SDK.
  const before =
    lead > 0
      ? ''
      : (/(?:(?!(?:The|We|Our|This|And|With|By|Using|Via)\b)[A-Z][\w.&+-]* (?:for )?){1,4}$/.exec(
          original.slice(0, offset),
        )?.[0] ?? '');
  return [{ from: offset + lead - before.length, to: offset + text.length, key: name.replace(/[\s\p{P}+]|sdk/gu, '') }];
}
