import type { LineBlock } from './blocks.ts';
import { fold } from './fold.ts';
import type { Reader } from './label-data.ts';
import { collectorsIn, isMeans, type Mention, mentionsIn, parted, servicesIn } from './mentions.ts';
import { cut, type Passage, trim } from './passage.ts';
import type { ProseEntry } from './prose-entries.ts';
import { dataParts, purposeOf } from './said.ts';
import { hits } from './words.ts';

/** Names that one list gives, and what the sentence goes on to say of them. */
interface Group {
  readonly names: readonly Mention[];
  readonly body: Passage;
  readonly from: number;
  readonly to: number;
  data: readonly Passage[];
}

/** Where a line stands: among the items of a list of which another names an SDK, in a part of the document about SDKs. */
export interface Place {
  readonly listed: boolean;
  readonly inPart: boolean;
}

/**
 * Names in sentences: `我们接入了某某SDK，该SDK会收集……`. A name that comes back is the same SDK.
 */
export function sentenceEntries(one: LineBlock, line: number, place: Place, reader: Reader): ProseEntry[] {
  const { text } = one.passage;
  const folded = fold(text, reader.words);
  const isAbout = /sdk/.test(folded);
  const isEnglish = place.inPart && !/[\u3400-\u9fff]/.test(text);
  if (!isAbout && !place.listed && !isEnglish) return [];
  const sdks = isAbout ? mentionsIn(folded, text, reader) : [];
  const services = sdks.length === 0 && isEnglish ? servicesIn(text, reader) : [];
  const names = [...sdks, ...services, ...(place.listed && !isAbout ? collectorsIn(folded, reader) : [])];
  const groups = groupsIn(one.passage, folded, names, reader);
  // From the last on: a group may get its data from the one behind it.
  for (const [index, group] of [...groups.entries()].reverse()) {
    if (group.data.length === 0) group.data = dataBeside(groups, index, one.passage, folded, reader);
    const sent = sentTo(group, one.passage, folded);
    if (sent !== null) group.data = [sent, ...group.data];
  }
  return groups.flatMap(({ names, body, data, from, to }) => {
    const purpose = purposeOf(body, reader);
    const fields = [
      ...(purpose === null ? [] : [{ kind: 'purpose' as const, value: purpose }]),
      { kind: 'other' as const, value: body },
    ];
    const isUsed = data.length > 0 || names.some(({ used }) => used) || isMeans(folded, from, to, reader);
    if (!isUsed) return [];
    return names.map((name) => ({
      draft: { name: trim(cut(one.passage, name.from, name.to)), fields, data },
      line,
      lines: [line],
      isSentence: true as const,
    }));
  });
}

/** 涉及甲SDK、乙SDK和丙SDK，此类SDK会收集……: what is said of all is said of each. */
function groupsIn(passage: Passage, folded: string, names: readonly Mention[], reader: Reader): Group[] {
  const groups: Group[] = [];
  for (let index = 0; index < names.length; index++) {
    const first = names[index] as Mention;
    const listed = [first];
    while (index + 1 < names.length && parted(folded, names[index] as Mention, names[index + 1] as Mention, reader))
      listed.push(names[++index] as Mention);
    const last = listed.at(-1) as Mention;
    let next = names[index + 1];
    let body = bodyOf(passage, folded, last.to, next?.from);
    // 接入了甲SDK，乙SDK会收集……: a name that is brought in and says nothing is called otherwise in what follows.
    if (listed.length === 1 && first.used && next !== undefined && !next.used && isJustNamed(body, reader)) {
      next = names[++index + 1];
      body = bodyOf(passage, folded, last.to, next?.from);
    }
    const said = fold(body.text, reader.words);
    const data = hits(reader.words.patterns.collectVerb, said) ? dataParts(body, reader) : [];
    groups.push({ names: listed, body, from: first.from, to: last.to, data });
  }
  return groups;
}

/** What is said behind a name: up to the next one, or to where the paragraph speaks of the app again. */
function bodyOf(passage: Passage, folded: string, from: number, next: number | undefined): Passage {
  const text = folded.slice(from, next);
  for (const match of text.matchAll(/[。;]\s*(?=[^。;]{4})/g)) {
    const start = match.index + match[0].length;
    const sentence = text.slice(start, start + SENTENCE_REACH).split(/[。;]/)[0] as string;
    if (OF_THE_APP.test(sentence) && !/sdk|第三方/.test(sentence))
      return trim(cut(passage, from, from + match.index + 1));
  }
  return trim(cut(passage, from, next ?? passage.text.length));
}

const OF_THE_APP = /^(?:同时|此外|另外)?[,:]?(?:我们|本(?:公司|应用|平台|软件|产品|app))/;
const SENTENCE_REACH = 200;

function isJustNamed(body: Passage, reader: Reader): boolean {
  return (
    body.text.length <= 30 &&
    /[，,]/.test(body.text) &&
    !/[。；;]/.test(body.text) &&
    dataParts(body, reader).length === 0
  );
}

/**
 * Data of names that have none behind them: those the sentence gives at its end for all its names, or those that it
 * says before and then refers to.
 */
function dataBeside(
  groups: readonly Group[],
  index: number,
  passage: Passage,
  folded: string,
  reader: Reader,
): readonly Passage[] {
  const group = groups[index] as Group;
  const end = (at: number) => {
    const length = folded.slice(at).search(/[。;]/);
    return length === -1 ? folded.length : at + length;
  };
  const next = groups[index + 1];
  if (next !== undefined && next.from < end(group.to) && next.data.length > 0 && !isSubject(next.body, reader))
    return next.data;
  const start = sentenceStart(folded, group.from);
  const before = trim(cut(passage, start, group.from));
  if (REFERS.test(folded.slice(group.to, end(group.to))) || ENDS_WITH_LIST.test(folded.slice(start, group.from)))
    return dataParts(before, reader);
  return [];
}

/** What a sentence says is passed on to a name, or by way of it: 将您的……共享至甲公司的乙SDK. */
function sentTo(group: Group, passage: Passage, folded: string): Passage | null {
  const start = sentenceStart(folded, group.from);
  const sent = SENT_BY.exec(folded.slice(start, group.from));
  return sent === null ? null : trim(cut(passage, start + sent.index, start + sent.index + sent[0].length));
}

function sentenceStart(folded: string, at: number): number {
  return Math.max(folded.lastIndexOf('。', at), folded.lastIndexOf(';', at)) + 1;
}

/** Whether the name itself is what collects: 甲SDK会收集……. */
function isSubject(body: Passage, reader: Reader): boolean {
  return /^(?:\([^()]*\))?["」]?(?:会|将|可能|需要?|收集|采集|获取|读取|申请|访问)/.test(fold(body.text, reader.words));
}

const REFERS =
  /(?:将|把|共享|提供|同步|传输)?(?:前述|上述|以上|该等|这些)(?:个人|设备)?(?:信息|数据)[^,。;]{0,12}(?:共享|提供|同步|传输|发送|披露)/;
const SENT_BY =
  /(?:将|把)(?:您|你|用户)的?[^。;]{2,200}?(?=(?:通过|(?:共享|提供|传输|同步|发送|披露)(?:至|给|到))[^。;]{0,60}$)/;
/** ……可能会获取您的设备信息，合作的SDK包括：甲、乙 */
const ENDS_WITH_LIST = /sdk(?:名单|清单|列表)?(?:包括|包含|有|为|如下):?\s*$/;
