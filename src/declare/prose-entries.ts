import type { LineBlock } from './blocks.ts';
import { commaRows } from './comma-rows.ts';
import type { Draft } from './entry.ts';
import { isGenericName } from './entry.ts';
import { fold } from './fold.ts';
import { dataShare, type Reader } from './label-data.ts';
import { afterNumbering } from './labels.ts';
import { cut, type Passage, trim } from './passage.ts';
import { hits, type SectionRole } from './words.ts';

export interface ProseEntry {
  readonly draft: Draft;
  readonly line: number;
  readonly lines: readonly number[];
  /** Whether it is one of many rows of a list. */
  readonly isRow?: true;
}

/**
 * Reads SDKs out of running text: a title with paragraphs below, a list item with its name in front, or a sentence that names
 * the SDK and says what it collects.
 */
export function proseEntries(
  lines: readonly (LineBlock | null)[],
  roles: readonly (SectionRole | null)[],
  reader: Reader,
): ProseEntry[] {
  const found: ProseEntry[] = [];
  for (let index = 0; index < lines.length; index++) {
    const one = lines[index];
    if (one === null || one === undefined) continue;
    const entry = itemEntry(lines, index, roles[index] === 'sdk', reader);
    const rows = entry === null ? commaRows(lines, index, reader) : [];
    if (entry !== null) {
      found.push(entry);
      index = Math.max(...entry.lines);
    } else if (rows.length > 0) {
      for (const row of rows) found.push(row);
      index = rows.at(-1)?.line ?? index;
    } else if (hits(reader.words.patterns.listIntro, fold(one.passage.text, reader.words))) {
      const items = listedNames(lines, index + 1, reader);
      for (const item of items) found.push(item);
      index += items.length;
    } else found.push(...sentenceEntries(one, index, reader));
  }
  return found;
}

/** Bullets that are nothing but names, with or without a link, below a line that announces third parties. */
function listedNames(lines: readonly (LineBlock | null)[], from: number, reader: Reader): ProseEntry[] {
  const entries: ProseEntry[] = [];
  for (let index = from; index < lines.length; index++) {
    const one = lines[index];
    if (one === null || one === undefined || one.heading > 0) break;
    const { text } = one.passage;
    const bullet = afterNumbering(text);
    const end = text.search(/\s*[(（:：-]*\s*https?:/);
    const name = trim(cut(one.passage, bullet, end === -1 ? text.length : end));
    const plain = name.text !== '' && name.text.length <= NAME_SIZE_MAX && !/[.。；;,，、:：?？]/.test(name.text);
    const linked = end !== -1 || one.passage.links.length > 0;
    if (!plain || (!linked && bullet === 0) || isGenericName(fold(name.text, reader.words))) break;
    const rest = trim(cut(one.passage, end === -1 ? text.length : end));
    const fields = linked ? [{ kind: 'link' as const, value: rest }] : [];
    entries.push({ draft: { name, fields, data: [] }, line: index, lines: [index] });
  }
  // A single short line is more likely a sentence's end than a list.
  return entries.length >= 2 ? entries : [];
}

const NAME_SIZE_MAX = 44;

/** `（1）某某SDK：用于……，会收集……`, or the same with the paragraphs below the name. */
function itemEntry(
  lines: readonly (LineBlock | null)[],
  index: number,
  context: boolean,
  reader: Reader,
): ProseEntry | null {
  const one = lines[index] as LineBlock;
  const { text } = one.passage;
  const start = afterNumbering(text);
  const colon = /^([^:：。；;]{2,60}?)\s*[:：]\s*/.exec(text.slice(start));
  const head = trim(
    cut(one.passage, start, start + (colon === null ? text.length - start : (colon[1] as string).length)),
  );
  const folded = fold(head.text, reader.words);
  if (
    head.text.length > NAME_SIZE_MAX ||
    isGenericName(folded) ||
    /[。；;，,]/.test(head.text) ||
    hits(reader.words.patterns.notName, folded)
  )
    return null;
  const said =
    colon === null ? '' : fold(text.slice(start + colon[0].length, start + colon[0].length + 60), reader.words);
  const named = (/sdk/.test(folded) && !/^(?:sdk|第三方)/.test(folded)) || SAID_TO_BE_SDK.test(said);
  const marked = start > 0 || one.heading > 0 || isPlainTitle(text, lines[index + 1]?.passage.text ?? '');
  const listed = context && marked && hits(reader.words.patterns.knownSdk, folded);
  if (!named && !listed) return null;
  const body: Passage[] = colon === null ? [] : [trim(cut(one.passage, start + colon[0].length))];
  const taken = [index];
  for (let next = index + 1; next < lines.length && next - index <= 6; next++) {
    const below = lines[next];
    if (below === null || below === undefined || below.heading > 0) break;
    const length = below.passage.text.length;
    if (
      itemStarts(below, reader) ||
      (length < 30 &&
        !/[。.；;]$/.test(below.passage.text) &&
        dataShare(fold(below.passage.text, reader.words), reader.lexicon) < 0.3)
    )
      break;
    if (colon !== null && (below.gap > 0 || afterNumbering(below.passage.text) > 0)) break;
    body.push(below.passage);
    taken.push(next);
  }
  const told = body.some(
    (part) =>
      hits(reader.words.patterns.collectVerb, fold(part.text, reader.words)) ||
      part.links.length > 0 ||
      /https?:/.test(part.text),
  );
  // A numbered item that leads with the name of an SDK describes it, whatever its words.
  if (!told && !(start > 0 && colon !== null && named)) return null;
  return { draft: proseDraft(head, body, reader), line: index, lines: taken };
}

/** A few words above a sentence: the title of a service in an English text that lost its marks. */
function isPlainTitle(text: string, below: string): boolean {
  return (
    /^[A-Z][\w.&+' -]{2,40}$/.test(text) && text.split(/\s+/).length <= 6 && /^[A-Z]/.test(below) && below.length > 40
  );
}

/** `“某某推送”：该SDK由……提供`: what stands in front of the colon is the name of an SDK. */
const SAID_TO_BE_SDK = /^(?:该|此|本)(?:第三方)?sdk|^由[^,。;]{2,40}(?:公司|机构|团队|中心)["']?提供/;

function itemStarts(one: LineBlock, reader: Reader): boolean {
  const start = afterNumbering(one.passage.text);
  const head = fold(one.passage.text.slice(start, start + NAME_SIZE_MAX), reader.words);
  return start > 0 && /sdk/.test(head);
}

function proseDraft(name: Passage, body: readonly Passage[], reader: Reader): Draft {
  const purpose = body.map((part) => purposeOf(part, reader)).find((part) => part !== null) ?? null;
  return {
    name,
    fields: [
      ...(purpose === null ? [] : [{ kind: 'purpose' as const, value: purpose }]),
      ...body.map((value) => ({ kind: 'other' as const, value })),
    ],
    data: body.flatMap((part) => (isData(part, reader) ? [part] : dataParts(part, reader))),
  };
}

/** A text that is nothing but a list of data: what the name, or the line above, announces. */
function isData(passage: Passage, reader: Reader): boolean {
  const folded = fold(passage.text, reader.words);
  return (
    dataShare(folded.replace(/https?:\S+/g, ''), reader.lexicon) > 0.4 &&
    !hits(reader.words.patterns.collectVerb, folded)
  );
}

function purposeOf(passage: Passage, reader: Reader): Passage | null {
  const folded = fold(passage.text, reader.words);
  const from = folded.search(reader.words.patterns.purposeStart);
  if (from === -1) return null;
  const length = folded.slice(from).search(/[,，。;；!]|\.(?=\s|$)/);
  return trim(cut(passage, from, length === -1 ? passage.text.length : from + length));
}

/** The stretches of a text that list data: from the verb of collecting to where the sentence turns to its purpose. */
export function dataParts(passage: Passage, reader: Reader): Passage[] {
  const folded = fold(passage.text, reader.words);
  const parts: Passage[] = [];
  let from = 0;
  while (from < folded.length) {
    const start = folded.slice(from).search(reader.words.patterns.collectVerb);
    if (start === -1) break;
    const at = from + start;
    // 用于获取您所在城市的天气: what is got there is the purpose, not the data.
    if (PURPOSE_OF_VERB.test(folded.slice(Math.max(0, at - 8), at))) {
      from = at + 2;
      continue;
    }
    const rest = folded.slice(at);
    const bracketed = endOutsideBrackets(rest, reader);
    const part = trim(cut(passage, at, at + bracketed));
    if (dataShare(fold(part.text, reader.words), reader.lexicon) > 0) parts.push(part);
    from = at + Math.max(bracketed, 2);
  }
  return parts;
}

/** Ends with a word that makes the verb behind it a purpose. */
const PURPOSE_OF_VERB = /(?:用于|用来|用以|以便|便于|为了|来)(?:帮助|向|为)?(?:您|你|用户)?$/;

/** Where the list of data ends; what stands in brackets belongs to it. */
function endOutsideBrackets(text: string, reader: Reader): number {
  let depth = 0;
  let plain = '';
  for (const character of text) {
    if (character === '(') depth++;
    plain += depth > 0 ? '_' : character;
    if (character === ')' && depth > 0) depth--;
  }
  const end = plain.slice(2).search(reader.words.patterns.dataEnd);
  return end === -1 ? text.length : end + 2;
}

/** Names in sentences: `我们接入了某某SDK，该SDK会收集……`. A name that comes back is the same SDK. */
function sentenceEntries(one: LineBlock, line: number, reader: Reader): ProseEntry[] {
  const folded = fold(one.passage.text, reader.words);
  const { patterns } = reader.words;
  if (!/sdk/.test(folded)) return [];
  const mentions = [...folded.matchAll(patterns.sdkName)].flatMap((match) =>
    nameIn(match[0], match.index, one.passage.text),
  );
  const names = mentions.filter((one, index) => mentions.findIndex((other) => isSame(other.key, one.key)) === index);
  const joined = (name: Mention) =>
    hits(patterns.integrates, folded.slice(Math.max(0, name.from - COMPANY_SIZE_MAX), name.from));
  const entries: ProseEntry[] = [];
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as Mention;
    let next = names[index + 1];
    let body = trim(cut(one.passage, name.to, next?.from ?? one.passage.text.length));
    // 接入了甲SDK，乙SDK会收集……: a name that is brought in and says nothing is called otherwise in what follows.
    if (joined(name) && next !== undefined && !joined(next) && isJustNamed(body, reader)) {
      next = names[++index + 1];
      body = trim(cut(one.passage, name.to, next?.from ?? one.passage.text.length));
    }
    const said = fold(body.text, reader.words);
    const data = hits(patterns.collectVerb, said) ? dataParts(body, reader) : [];
    if (data.length === 0 && !joined(name)) continue;
    const purpose = purposeOf(body, reader);
    const fields = [
      ...(purpose === null ? [] : [{ kind: 'purpose' as const, value: purpose }]),
      { kind: 'other' as const, value: body },
    ];
    entries.push({ draft: { name: trim(cut(one.passage, name.from, name.to)), fields, data }, line, lines: [line] });
  }
  return entries;
}

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
  /^(?:.*?(?:接入了?|集成了?|使用了?|嵌入了?|引入了?|采用了?|通过|包含|包括|由|向|提供的|[^ ,，]{3,24}公司(?:的)?|的|如|和|与|及|为|以及|将|对|在|是|我们|该|其|此|上述|以下|第三方)\s*)+/;

function nameIn(text: string, offset: number, original: string): Mention[] {
  const lead = LEADING.exec(text)?.[0].length ?? 0;
  const name = text.slice(lead);
  if (
    /调用|接口|开发者|用户|接入|集成|数据|信息|使用|涉及|嵌入|如果|可以|相关|您|你|我们|简称|这类|此类|发现|允许|需要|渠道方|关闭|部分/.test(
      name,
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
