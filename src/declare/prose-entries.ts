import type { LineBlock } from './blocks.ts';
import { commaRows } from './comma-rows.ts';
import { dataItems } from './data-items.ts';
import { englishEntries } from './english-entries.ts';
import type { Draft } from './entry.ts';
import { cleanName } from './entry.ts';
import { fold } from './fold.ts';
import { type Introduced, introducedRun } from './introduced-entries.ts';
import { dataShare, type Reader } from './label-data.ts';
import { afterNumbering } from './labels.ts';
import { agreedLines, linkedLines } from './linked-lines.ts';
import { linkedNames } from './linked-names.ts';
import { listedNames } from './listed-names.ts';
import { isKindOfSdk, mentionsIn } from './mentions.ts';
import { namedParties } from './named-parties.ts';
import { cut, type Passage, trim } from './passage.ts';
import { dataParts, purposeOf } from './said.ts';
import { sentenceEntries } from './sentence-entries.ts';
import { hits, type SectionRole } from './words.ts';

export interface ProseEntry {
  readonly draft: Draft;
  readonly line: number;
  readonly lines: readonly number[];
  /** Whether a sentence names it, which may say only a part of what it collects. */
  readonly isSentence?: true;
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
    const inPart = roles[index] === 'sdk';
    const group = groupAt(lines, index, inPart, reader);
    if (group.length > 0) {
      for (const entry of group) found.push(entry);
      index = Math.max(index, ...(group.at(-1) as ProseEntry).lines);
      continue;
    }
    const listed = isItem(one) && found.slice(-NEAR_ENTRIES).some((entry) => isBeside(entry, index, lines));
    for (const entry of sentenceEntries(one, index, { listed, inPart }, reader)) found.push(entry);
    for (const entry of namedParties(one, index, reader)) found.push(entry);
    for (const entry of englishEntries(one, index, inPart, reader)) found.push(entry);
  }
  return found;
}

/** The entries of the layout that begins with a line; none where it is a sentence or says nothing. */
function groupAt(lines: readonly (LineBlock | null)[], index: number, inPart: boolean, reader: Reader): ProseEntry[] {
  const linked = inPart ? linkedNames(lines, index, reader) : [];
  if (linked.length > 0) return linked;
  const items = inPart ? dataItems(lines, index, reader) : [];
  if (items.length > 0) return items;
  const entry = itemEntry(lines, index, inPart, reader);
  if (entry !== null) return [entry];
  const rows = commaRows(lines, index, reader);
  if (rows.length > 0) return rows;
  const run = introducedRun(lines, index, reader);
  if (run.length > 0) return run.map((one) => introducedEntry(one, reader));
  const { text } = (lines[index] as LineBlock).passage;
  const names = hits(reader.words.patterns.listIntro, fold(text, reader.words))
    ? listedNames(lines, index + 1, reader)
    : [];
  if (names.length > 0) return names;
  const agreed = agreedLines(lines, index);
  return agreed.length > 0 ? agreed : linkedLines(lines, index, reader);
}

/** Items of one list of SDKs stand this near to each other. */
const NEAR_LINES = 3;
const NEAR_ENTRIES = 16;

function isBeside({ draft, line }: ProseEntry, index: number, lines: readonly (LineBlock | null)[]): boolean {
  return index - line <= NEAR_LINES && /sdk/i.test(draft.name.text) && isItem(lines[line]);
}

function isItem(one: LineBlock | null | undefined): boolean {
  return one !== null && one !== undefined && (one.item || afterNumbering(one.passage.text) > 0);
}

function introducedEntry({ line, name, vendor, body }: Introduced, reader: Reader): ProseEntry {
  const { fields, data } = proseDraft(name, [body], reader);
  const owner = vendor === null ? [] : [{ kind: 'vendor' as const, value: vendor }];
  return { draft: { name, fields: [...owner, ...fields], data }, line, lines: [line] };
}

const NAME_SIZE_MAX = 44;

/** What stands in brackets with a colon of its own, 某某SDK（包名：com.example）：, belongs to the name. */
const NAME_AND_COLON =
  /^((?:[^:：。；;（(]|[（(][^（()）]{0,60}[)）]|[（(](?![^（()）]{0,60}[)）])){2,60}?)\s*[:：]\s*/;

const PURPOSE_ASIDE = /[（(](?:主要)?(?:用于|用来|用以|为了?)[^（()）]+[)）]$/;
const DATA_LABEL = /[。；;,]\s*(?:收集|采集|获取|共享)(?:的|您的)?(?:个人)?(?:信息|数据)[^。；;,：:]{0,6}[:：]/;

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
  const colon = NAME_AND_COLON.exec(text.slice(start)) ?? (start > 0 ? frontOf(text.slice(start)) : null);
  const opened = /^[“"「]/.test(text.slice(start)) && colon !== null && !/[”"」]$/.test(colon[1] as string) ? 1 : 0;
  const whole = trim(
    cut(
      one.passage,
      start + opened,
      start + opened + (colon === null ? text.length - start : (colon[1] as string).length),
    ),
  );
  // 某某推送（用于推送消息）：OAID, the name and in brackets what it is for.
  const aside = colon === null ? null : PURPOSE_ASIDE.exec(whole.text);
  const head = aside === null ? whole : trim(cut(whole, 0, aside.index));
  if (head.text.length > NAME_SIZE_MAX) return null;
  const folded = fold(head.text, reader.words);
  // What is said of it stands behind the colon, or in the paragraph below a title.
  const below = start > 0 || one.heading > 0 ? (lines[index + 1]?.passage.text ?? '') : '';
  const said = fold(
    colon === null ? below.slice(0, 80) : text.slice(start + colon[0].length).slice(0, 80),
    reader.words,
  );
  // 某某：统计分析。收集信息：OAID, in a list of SDKs.
  const isFielded = context && colon !== null && DATA_LABEL.test(fold(text, reader.words));
  const isCalled = isFielded || (/sdk/.test(folded) && !/^(?:sdk|第三方)/.test(folded)) || PACKAGE_NAME.test(folded);
  const named = isCalled || SAID_TO_BE_SDK.test(said);
  if (
    (!named && !context) ||
    /[。；;]|[，,](?!.*sdk接入$)/i.test(head.text.replace(/\([^()]{1,40}\)$/, '')) ||
    hits(reader.words.patterns.notName, folded) ||
    cleanName(head, reader.words) === null
  )
    return null;
  const marked = start > 0 || one.heading > 0 || isPlainTitle(text, lines[index + 1]?.passage.text ?? '');
  const described = context && marked && isDescribed(head.text, lines, index);
  const isTitled = colon !== null && start > 0 && isServiceName(head.text, folded, reader);
  const listed = described || (context && marked && (isTitled || hits(reader.words.patterns.knownSdk, folded)));
  if (!named && !listed) return null;
  const body: Passage[] = colon === null ? [] : [trim(cut(one.passage, start + colon[0].length))];
  if (aside !== null) body.unshift(cut(whole, aside.index + 1, whole.text.length - 1));
  const taken = [index];
  // ……将收集以下信息：, and the data on lines of their own.
  const announced = /[:：]\s*$/.test(text);
  for (let next = index + 1; next < lines.length && next - index <= 6; next++) {
    const part = lines[next];
    if (part === null || part === undefined || part.heading > 0) break;
    const length = part.passage.text.length;
    if (
      itemStarts(part, reader) ||
      (length < 30 &&
        !/[。；;]|[.:：]$/.test(part.passage.text) &&
        (dataShare(fold(part.passage.text, reader.words), reader.lexicon) < 0.3 ||
          hits(reader.words.patterns.notName, fold(part.passage.text, reader.words))))
    )
      break;
    const isPart = announced && isData(part.passage, reader);
    if (colon !== null && !isPart && (part.gap > 0 || afterNumbering(part.passage.text) > 0)) break;
    body.push(part.passage);
    taken.push(next);
  }
  const told = body.some(
    (part) =>
      hits(reader.words.patterns.collectVerb, fold(part.text, reader.words)) ||
      part.links.length > 0 ||
      /https?:/.test(part.text),
  );
  // 支付SDK, and below it 我们使用了甲SDK: the title says of what kind they are.
  if (colon === null && isTitleOfKind(folded, reader) && body.some((part) => namesOther(part, folded, reader)))
    return null;
  // A numbered item that leads with the name of an SDK describes it, whatever its words.
  if (!told && !described && !(start > 0 && colon !== null)) return null;
  return { draft: proseDraft(head, body, reader, aside === null ? -1 : 1), line: index, lines: taken };
}

function isTitleOfKind(folded: string, reader: Reader): boolean {
  const kinds = folded.replace(/\s*sdk$/, '').split(/[、/和与及]/);
  return kinds.every((kind) => isKindOfSdk(kind.trim(), reader));
}

function namesOther(part: Passage, title: string, reader: Reader): boolean {
  const names = mentionsIn(fold(part.text, reader.words), part.text, reader);
  return names.some(({ key, used }) => used && !title.includes(key));
}

/** `（1）某某SDK。为了……`, `2. 某某SDK 通过获取……`: a name in front of its item, whatever parts the two. */
const SDK_IN_FRONT =
  /^([^:：。；;，,、\s]{1,24}(?: [^:：。；;，,、\s]{1,24}){0,2}\s?sdk(?:\s*[（(][^（()）]{1,30}[)）])?)(?:\s*[。，,]\s*|\s*、\s*(?![^。；;，,]{0,40}sdk)|\s+(?![、和及与])|(?=通过|用于|由|获取|读取|收集|采集|会|将|需要))(?=.{4})/i;
/** `(a) 某某，由某某公司开发，用于……`: a name, and whose it is. */
const OWNED_IN_FRONT =
  /^([^,，。;；:：\s][^,，。;；:：]{1,24}?)\s*[,，]\s*(?=由[^。；]{2,60}?(?:公司|机构|团队|中心)(?:提供|开发|研发|运营|[,，]))/;
/** `5、某某云，用于存储头像` */
const PURPOSE_BEHIND = /^([^:：。；;，,]{2,24})\s*[，,]\s*(?=(?:主要|只|仅)?(?:用于|用来))/;
/** `3. “某某” 浏览服务，由……提供`: a name in quotation marks, and what it is. */
const QUOTED_IN_FRONT = /^[“"「]([^“”"「」]{2,30})[”"」]\s*[^。；;:：，,]{0,20}[，,：:]\s*/;

function frontOf(item: string): RegExpExecArray | null {
  const front =
    SDK_IN_FRONT.exec(item) ?? QUOTED_IN_FRONT.exec(item) ?? OWNED_IN_FRONT.exec(item) ?? PURPOSE_BEHIND.exec(item);
  return front === null || /集成|接入|嵌入|引入|使用|采用|公司的|我们|您|通过/.test(front[1] as string) ? null : front;
}

/** A few words above a sentence: the title of a service in an English text that lost its marks. */
function isPlainTitle(text: string, below: string): boolean {
  return (
    /^[A-Z][\w.&+' -]{2,40}$/.test(text) && text.split(/\s+/).length <= 6 && /^[A-Z]/.test(below) && below.length > 40
  );
}

/** `- Plaid Link (Plaid Inc.): bank account number.`: a few words with capitals in front of a colon, in a list of services. */
function isServiceName(head: string, folded: string, reader: Reader): boolean {
  return (
    /^[A-Z0-9][\w.&+'-]*(?: (?:[A-Z0-9][\w.&+'-]*|by|for|of)){0,4}(?: ?\([^()]{1,40}\))?$/.test(head) &&
    !ANY_SERVICE.test(head) &&
    dataShare(folded, reader.lexicon) < 0.3
  );
}

/** Whether an English title is the name of a service: the paragraph below says it again, or whose terms hold for it. */
function isDescribed(title: string, lines: readonly (LineBlock | null)[], index: number): boolean {
  const word = /^[A-Z0-9][\w.+-]{2,}/.exec(title)?.[0].toLowerCase();
  if (word === undefined || ANY_SERVICE.test(title)) return false;
  const body: string[] = [];
  for (const below of lines.slice(index + 1, index + 5)) {
    if (below === null || below.heading > 0) break;
    body.push(below.passage.text);
  }
  const text = body.join(' ').slice(0, 600);
  const again = text.split(/[^\w.+-]+/).some((one) => /^[A-Z]/.test(one) && one.toLowerCase() === word);
  return /^(?:their|its) privacy/i.test(text) || (again && OF_SERVICE.test(text));
}

/** Titles over the services of a kind. */
const ANY_SERVICE =
  /^(?:usage|mobile|browsers?|devices?|log|websites?|email|users?|accounts?|information|how|what|when|analytics|advertis\w+|ads?|payments?|marketing|push|crash|social|remarketing|behaviou?ral|hosting|performance|other|service|third|cookies?|data|personal|links?|transfer|disclosure|legal|security|children)\b/i;
const OF_SERVICE =
  /third.party|\bservices?\b|provider|analytics|advertis|opt.?out|privacy (?:policy|practices|notice|terms)|\bsdk\b/i;

/** `“某某推送”：该SDK由……提供`: what stands in front of the colon is the name of an SDK. */
const SAID_TO_BE_SDK =
  /^(?:该|此|本)(?:第三方)?sdk|^由(?:"[^,。;"]{2,40}"|[^。;]{2,60}?(?:公司|机构|团队|中心))(?:提供|开发|研发|运营|,)/;

/** `（2）com.example.player：为了播放……`: some lists give the name of the package alone. */
const PACKAGE_NAME = /^(?:com|cn|net|org|io|me)(?:\.[a-z][a-z0-9_]*){1,5}$/;

function itemStarts(one: LineBlock, reader: Reader): boolean {
  const start = afterNumbering(one.passage.text);
  const head = fold(one.passage.text.slice(start, start + NAME_SIZE_MAX), reader.words);
  return start > 0 && /^[^:]*sdk/.test(head);
}

/** @param list which part of the body is known to be the list of data, behind a name and its use. */
function proseDraft(name: Passage, body: readonly Passage[], reader: Reader, list = -1): Draft {
  const purpose = body.map((part) => purposeOf(part, reader)).find((part) => part !== null) ?? null;
  return {
    name,
    fields: [
      ...(purpose === null ? [] : [{ kind: 'purpose' as const, value: purpose }]),
      ...body.map((value) => ({ kind: 'other' as const, value })),
    ],
    data: body.flatMap((part, index) =>
      isData(part, reader) || (index === list && isMostlyData(part, reader))
        ? [part]
        : isAnnounced(body, index, reader)
          ? [withoutUse(part, reader)]
          : dataParts(part, reader),
    ),
  };
}

/** `会收集以下信息：`, and below it numbered lines of data, each with its use. */
function isAnnounced(body: readonly Passage[], index: number, reader: Reader): boolean {
  const isNumbered = (part: Passage | undefined) => part !== undefined && afterNumbering(part.text) > 0;
  const first = body.slice(0, index + 1).findLastIndex((part) => !isNumbered(part));
  const above = body[first];
  if (first === index || above === undefined || !/[:：]\s*$/.test(above.text)) return false;
  return (
    hits(reader.words.patterns.collectVerb, fold(above.text, reader.words)) &&
    dataShare(fold((body[index] as Passage).text, reader.words).split(/:|用于/)[0] ?? '', reader.lexicon) > 0.35
  );
}

/** `IP地址：优化与服务器的网络连接`: what follows the colon is what the data are for, unless it is data itself. */
function withoutUse(part: Passage, reader: Reader): Passage {
  const colon = part.text.search(/[:：]/);
  const rest = colon === -1 ? '' : fold(part.text.slice(colon + 1), reader.words);
  return colon === -1 || dataShare(rest, reader.lexicon) > 0.35 ? part : cut(part, 0, colon);
}

function isMostlyData(passage: Passage, reader: Reader): boolean {
  return dataShare(fold(passage.text, reader.words), reader.lexicon) > 0.4;
}

/** A text that is nothing but a list of data: what the name, or the line above, announces. */
function isData(passage: Passage, reader: Reader): boolean {
  const folded = fold(passage.text, reader.words);
  return (
    dataShare(folded.replace(/https?:\S+/g, ''), reader.lexicon) > 0.4 &&
    !hits(reader.words.patterns.collectVerb, folded)
  );
}
