import type { LineBlock } from './blocks.ts';
import { isGenericName } from './entry.ts';
import { fold } from './fold.ts';
import { dataShare, type Reader } from './label-data.ts';
import { cut, type Passage, trim } from './passage.ts';
import type { ProseEntry } from './prose-entries.ts';
import { endOfData } from './said.ts';
import { hits } from './words.ts';

/**
 * Who stands in brackets behind the word for what they are, where the sentence says that an SDK is their means, or that they get data:
 * `终端设备制造商（甲、乙等）可能通过SDK等技术使用你的手机型号`.
 */
export function namedParties(one: LineBlock, line: number, reader: Reader): ProseEntry[] {
  const folded = fold(one.passage.text, reader.words);
  if (!/sdk|共享|委托|合作|第三方/.test(folded)) return [];
  return [...folded.matchAll(PARTIES), ...folded.matchAll(PLAIN_PARTIES)].flatMap((match) => {
    const { start, end } = sentenceAround(folded, match.index);
    const sentence = folded.slice(start, end);
    const [from, to] = match.indices?.[1] ?? [0, 0];
    const names = namesIn(one.passage, from, to, reader);
    const isKnown = (name: Passage) => hits(reader.words.patterns.knownSdk, fold(name.text, reader.words));
    const data = dataIn(one.passage, folded, start, match.index + match[0].length, end, reader);
    // Whoever is named without brackets is a party only where it is said what they get.
    const isToldOf = match[0].endsWith(')') ? SHARED_WITH.test(sentence) : data.length > 0;
    if (!BY_SDK.test(sentence) && !(isToldOf && names.some(isKnown))) return [];
    return names.map((name) => ({ draft: { name, fields: [], data }, line, lines: [line], isSentence: true as const }));
  });
}

const PARTIES =
  /(?:制造商|厂商|厂家|提供商|提供者|提供方|服务商|供应商|运营方|支付机构|支付平台|支付渠道|合作方|合作伙伴|第三方)\((?:主要)?(?:包括|包含|例如|比如|如|即|有|为)?(?:但不限于)?[:,]?([^()。;]{2,80})\)/dg;
/** 我们的合作伙伴包括但不限于甲、乙等。合作伙伴可能会收集…… */
const PLAIN_PARTIES =
  /(?:提供商|提供者|提供方|服务商|供应商|合作方|合作伙伴|服务公司)(?:主要|目前)?(?:包括|包含|有)(?:但不限于)?:?\s*([^。;:()]{2,60}?)等(?![级待候])/dg;
const BY_SDK = /(?:通过|借助|以|利用|使用|接入|集成|嵌入)[^,。;]{0,12}sdk/;

/** 将部分个人信息共享给……合作伙伴（如某某） */
const SHARED_WITH = /(?:信息|数据)[^,。;]{0,6}(?:共享|提供|传输|委托)(?:给|至|予)|委托[^,。;]{0,30}(?:处理|提供)/;

function sentenceAround(folded: string, at: number): { readonly start: number; readonly end: number } {
  const end = folded.slice(at).search(/[。;]/);
  return {
    start: Math.max(folded.lastIndexOf('。', at), folded.lastIndexOf(';', at)) + 1,
    end: end === -1 ? folded.length : at + end + 1,
  };
}

function namesIn(passage: Passage, from: number, to: number, reader: Reader): Passage[] {
  const names: Passage[] = [];
  for (const match of passage.text.slice(from, to).matchAll(/[^、，,/和与及或]+/g)) {
    const item = trim(cut(passage, from + match.index, from + match.index + match[0].length));
    const name = trim(cut(item, 0, item.text.replace(/(?:等.*|其他.*)$/, '').length));
    const folded = fold(name.text, reader.words);
    const isName = name.text.length >= 2 && name.text.length <= 20 && !isGenericName(folded) && !NO_PARTY.test(folded);
    if (isName && dataShare(folded, reader.lexicon) < 0.5) names.push(name);
  }
  return names;
}

const NO_PARTY = /我们|您|你|用户|信息|数据|权限|品牌|以下|上述|下称|简称|统称/;

/** What the sentence says they get, and the next one, where it goes on to speak of them. */
function dataIn(passage: Passage, folded: string, start: number, from: number, end: number, reader: Reader): Passage[] {
  const next = /^[^。;]{0,200}[。;]?/.exec(folded.slice(end))?.[0] ?? '';
  const to = /该等?|上述|此类|前述|第三方|合作伙伴|合作方|服务商|其/.test(next) ? end + next.length : end;
  const parts: Passage[] = [];
  for (const match of folded.slice(start, to).matchAll(GETS)) {
    const at = start + match.index + match[0].length;
    if (at < from && !/共享|提供|同步|传输/.test(match[0])) continue;
    const part = trim(cut(passage, at, Math.min(to, at + endOfData(folded.slice(at, to), reader))));
    if (dataShare(fold(part.text, reader.words), reader.lexicon) > DATA_SHARE_MIN) parts.push(part);
  }
  return parts;
}

const DATA_SHARE_MIN = 0.3;
const GETS = /(?:共享|同步|传输|提供|使用|收集|获取|采集|读取|处理)(?:(?:您|你|用户)的?)?/g;
