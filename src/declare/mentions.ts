import { isCompany, isGenericName } from './entry.ts';
import { dataShare, type Reader } from './label-data.ts';
import { hits } from './words.ts';

/** An SDK's name in a sentence. Offsets are those of the folded text. */
export interface Mention {
  readonly from: number;
  readonly to: number;
  /** The name as it is compared. */
  readonly key: string;
  /** Whether the words around it say that the app uses it. */
  readonly used: boolean;
}

/** The names of SDKs in a sentence, in order, each once. */
export function mentionsIn(folded: string, original: string, reader: Reader): Mention[] {
  const found = [
    ...quotedNames(folded, reader),
    ...listedNames(folded, reader),
    ...suchNames(folded, reader),
    ...[...folded.matchAll(reader.words.patterns.sdkName)].flatMap((match) =>
      nameIn(folded, match.index, match[0].length, original, reader),
    ),
  ];
  const apart: Mention[] = [];
  for (const one of found) if (!apart.some((other) => one.from < other.to && other.from < one.to)) apart.push(one);
  const beside = apart.flatMap((one) => [...besides(folded, one, -1, reader), ...besides(folded, one, 1, reader)]);
  for (const one of beside) if (!apart.some((other) => one.from < other.to && other.from < one.to)) apart.push(one);
  apart.sort((one, other) => one.from - other.from);
  // 我们使用了甲推送SDK。使用推送SDK，需要……: beside names, a word for a kind of SDK is none.
  const named = apart.filter(({ key }) => key.length > KIND_SIZE_MAX || !isKindOfSdk(key));
  const names = named.length === 0 ? apart : named;
  return names.filter((one, index) => names.findIndex((other) => isSame(other.key, one.key)) === index);
}

/**
 * Who a sentence of a list of SDKs says collects: 当您反馈问题时，某某会收集您的……. Where the sentences around it are about SDKs, a
 * known name need not say that it is one.
 */
export function collectorsIn(folded: string, reader: Reader): Mention[] {
  const match = COLLECTOR.exec(folded);
  if (match === null) return [];
  const start = match.index + match[0].lastIndexOf(match[1] as string);
  return itemsOf(folded, start, start + (match[1] as string).length)
    .filter(([from, to]) => isNameLike(folded.slice(from, to), reader, true))
    .map(([from, to]) => mention(folded, from, to, reader, true));
}

const COLLECTOR =
  /(?:^|^[a-z\d]{1,2}[、.)]|时[,，])\s*([^,，。;:时、]{2,24}?)(?:会|将|需要?|可能)*(?:收集|获取|读取|采集)(?:您|你|用户)的/;

/** We use Plaid, provided by Plaid Inc., to link accounts: in a part about SDKs a name need not say that it is one. */
export function servicesIn(original: string, reader: Reader): Mention[] {
  const folded = reader.words.folder.fold(original);
  return [...original.matchAll(USES_SERVICE)].flatMap((match) => {
    const name = match[1] as string;
    const from = match.index + match[0].length - name.length;
    return isGenericName(name.toLowerCase()) ? [] : [mention(folded, from, from + name.length, reader, true)];
  });
}

const SERVICE_WORD = "[A-Z0-9][\\w.&+'-]*\\w";
const USES_SERVICE = new RegExp(
  `\\b(?:[Ww]e|[Aa]pp|[Ss]ervices?)(?: also)? (?:uses?|integrates?|embeds?|includes?|work with|rely on|relies on) (?:the )?(${SERVICE_WORD}(?: (?:${SERVICE_WORD}|by|for|of)){0,4}(?<! (?:by|for|of)))`,
  'g',
);

/** Whether two names follow each other in a list. */
export function parted(folded: string, one: Mention, other: Mention): boolean {
  const between = folded.slice(one.to, other.from);
  return (
    between.length <= BETWEEN_MAX &&
    /^["'》」]?(?:\([^()]*\))?\s*(?:[、,/]|和|与|及|以及|或|或者|and|or)?\s*(?:和|与|及|以及|或|或者)?\s*["'《「]?$/.test(
      between,
    )
  );
}

/** Two names of a list stand this near to each other, brackets included. */
const BETWEEN_MAX = 60;

/** How far before a name the verb stands that brings it in: a company may be named between. */
const COMPANY_SIZE_MAX = 48;

function mention(folded: string, from: number, to: number, reader: Reader, used = false): Mention {
  const key = folded.slice(from, to).replace(/[\s\p{P}+]|sdk/gu, '');
  const before = folded.slice(Math.max(0, from - COMPANY_SIZE_MAX), from);
  return { from, to, key, used: used || hits(reader.words.patterns.integrates, before) };
}

/** Whether a sentence says that something is done by way of what stands between two places: 通过……实现. */
export function isMeans(folded: string, from: number, to: number): boolean {
  return (
    /(?:通过了?|依赖于?|基于|借助|由)(?:第三方)?(?:sdk)?\s?["'《「]?$/.test(
      folded.slice(Math.max(0, from - 16), from),
    ) &&
    /^["'》」]?(?:\([^()]{0,30}\))?[^,。;]{0,30}?(?:来|实现|完成|提供|为您)/.test(folded.slice(to, to + BETWEEN_MAX))
  );
}

function isSame(one: string, other: string): boolean {
  return one === other || (Math.min(one.length, other.length) >= 3 && (one.includes(other) || other.includes(one)));
}

const QUOTED = /(第三方\s*sdk\s*)?["「]([^"「」。;]{2,60})["」](?:\([^()]{1,20}\))?(\s*sdk)?/g;

/** 第三方SDK“甲、乙”, “丙”SDK: names in quotation marks beside the word. */
function quotedNames(folded: string, reader: Reader): Mention[] {
  return [...folded.matchAll(QUOTED)].flatMap((match) => {
    if (match[1] === undefined && match[3] === undefined) return [];
    const start = match.index + (match[1]?.length ?? 0) + 1;
    return itemsOf(folded, start, start + (match[2] as string).length)
      .filter(([from, to]) => !isGenericName(folded.slice(from, to)))
      .map(([from, to]) => mention(folded, from, to, reader, match[1] !== undefined));
  });
}

const LISTS = [
  /sdk\s*(?:\([^()]{1,16}\))?\s*\((?:包括|包含|例如|比如|如|即|有|主要有|主要包括)了?(?:但不限于)?:?/g,
  /sdk[,:]?\s*(?:包括|包含|例如|比如|主要有|主要包括)了?(?:但不限于)?:?/g,
  /sdk(?:名称|名单如下|清单如下|列表如下|如下|有):/g,
  /(?:通过|使用|接入|集成|依赖于?|借助|由)了?第三方\s*sdk\s*(?=[^,。;:()])/g,
];

/** SDK（包括甲、乙）, 通过第三方SDK甲、乙来……: names behind the word. */
function listedNames(folded: string, reader: Reader): Mention[] {
  return LISTS.flatMap((pattern) =>
    [...folded.matchAll(pattern)].flatMap((match) => {
      const start = match.index + match[0].length;
      const end = start + listEnd(folded.slice(start, start + LIST_SIZE_MAX));
      const items = itemsOf(folded, start, end);
      const names: Mention[] = [];
      for (const [from, to] of items) {
        // In brackets behind the word stand names, known or not.
        if (!isNameLike(folded.slice(from, to), reader, /\(包[括含][^(]*$/.test(match[0]))) break;
        names.push(mention(folded, from, to, reader, true));
      }
      return names;
    }),
  );
}

/** 使用甲、乙的SDK: one name alone would be a company's. */
const USED_LIST = /(?:使用|接入|集成|引入)了?[^、]{2,20}、/;

/** 甲、乙等第三方SDK: names in front of the word. */
function suchNames(folded: string, reader: Reader): Mention[] {
  return [...folded.matchAll(/(?:等(?:第三方|合作方)?|的)\s?sdk/g)].flatMap((match) => {
    const start = Math.max(0, match.index - LIST_SIZE_MAX);
    const list = /[^,，。;:]*$/.exec(folded.slice(start, match.index))?.[0] ?? '';
    if (match[0].startsWith('的') && !USED_LIST.test(list)) return [];
    const names: Mention[] = [];
    for (const [from, to] of itemsOf(folded, match.index - list.length, match.index).reverse()) {
      const lead = leadOf(folded.slice(from, to));
      if (!isNameLike(folded.slice(from + lead, to), reader, true)) break;
      names.push(mention(folded, from + lead, to, reader));
      if (lead > 0) break;
    }
    return names;
  });
}

const LIST_SIZE_MAX = 300;

/** Where a list of names ends: at the end of the clause, the bracket, or where the sentence says what they are for. */
function listEnd(text: string): number {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] as string;
    if (character === '(') depth++;
    else if (character === ')' && --depth < 0) return index;
    if (
      depth === 0 &&
      /^(?:[,。;:]|来(?!电)|为(?:您|你|用户|了)|以(?:便|实现|提供)|用于|实现|提供|进行|等|详见)/.test(
        text.slice(index, index + 3),
      )
    )
      return index;
  }
  return text.length;
}

/** The items of a list, brackets and the spaces around them left out. */
function itemsOf(folded: string, start: number, end: number): [number, number][] {
  const items: [number, number][] = [];
  for (const match of folded.slice(start, end).matchAll(/(?:(?!以及|或者|[、,/和与及或()])[\s\S]|\([^()]*\))+/g)) {
    const bare = match[0].trimEnd().replace(OF_SYSTEM, '').replace(SAID_IN_BRACKETS, '').trimEnd();
    const lead = bare.length - bare.trimStart().length;
    if (bare.trim() !== '') items.push([start + match.index + lead, start + match.index + bare.length]);
  }
  return items;
}

const OF_SYSTEM = /\([^()]*(?:端|系统|版|android|ios|安卓|苹果)[^()]*\)$/;

const NO_NAME =
  /相应|外部|其他|类sdk|调用|接口|开发者|用户|接入|集成|数据|信息|使用|涉及|嵌入|如果|可以|相关|您|你|我们|简称|这类|此类|发现|允许|需要|渠道方|关闭|部分|初始化/;
const NO_NEIGHBOUR =
  /收集|采集|获取|权限|功能|手机$|品牌|政策|指引|目录|清单|协议|规则|技术|第三方|服务商|供应商|合作伙伴|厂商|公司/;

/** 登录、支付等SDK says what SDKs are for. */
const KINDS_OF_SDK =
  /^(?:一键|第三方|消息|数据|移动|语音|视频|图片|人脸|安全|风险|内容|手机)*(?:登录|注册|支付|分享|统计|分析|推送|地图|广告|定位|直播|客服|播放|识别|验证|认证|监测|防护|风控|社交|媒体|上传|存储)$/;

/** 分享; 移动登录 may be the name of one. */
const KIND_SIZE_MAX = 2;

/** Whether a word says what an SDK is for, and names none. */
export function isKindOfSdk(word: string): boolean {
  return KINDS_OF_SDK.test(word);
}

/**
 * Whether an item beside the name of an SDK may be one itself: one that is known, or a name in Latin letters.
 *
 * @param listed whether the sentence says that all items of the list are SDKs: then any name will do.
 */
function isNameLike(item: string, reader: Reader, listed = false): boolean {
  const name = item.replace(/\([^()]*\)$/, '').trim();
  return (
    name.length >= 2 &&
    name.length <= 24 &&
    !NO_NAME.test(name) &&
    !NO_NEIGHBOUR.test(name) &&
    !PHONES.test(name) &&
    !isGenericName(name) &&
    !isCompany(name, reader.words) &&
    (/sdk/.test(name) ||
      (listed && !isKindOfSdk(name)) ||
      /[a-z][a-z0-9]/.test(name) ||
      hits(reader.words.patterns.knownSdk, name)) &&
    !/^(?:sdk|api|h5|js|app|android|ios|web|wap|pc|cookies?|code|harmonyos)$/.test(name) &&
    (/sdk$/.test(name) || dataShare(name, reader.lexicon) < 0.5)
  );
}

/** 小米、华为、OPPO手机的推送SDK: whose phones, not whose SDKs. */
const PHONES = /^(?:小米|红米|华为|荣耀|oppo|vivo|魅族|一加|三星|联想|苹果|apple|真我|realme|努比亚|中兴)$/;

const BEFORE =
  /([^\s、,。;:()"/](?:[^、,。;:()"/]{0,22}[^\s、,。;:()"/])?)\s*(?:\([^()]{1,20}\))?\s*(?:[、/]|和|与|及|以及|或)\s*$/;
const BEHIND =
  /^\s*(?:\([^()]{1,20}\))?\s*(?:[、/]|和|与|及|以及|或)\s*([^\s、,。;:()"/和与及或](?: ?[^\s、,。;:()"/和与及或]){1,22}?)(?=\s*(?:\([^()]{1,20}\))?\s*(?:[、,。;/]|和|与|及|等|或|实现|来|提供|进行|为|会|将|可能|$))/;
const BESIDE_MAX = 12;

/** 甲（Android端）、乙SDK、丙实现……: names in one list with the name of an SDK need not say the word. */
function besides(folded: string, one: Mention, way: 1 | -1, reader: Reader): Mention[] {
  const found: Mention[] = [];
  let edge = way === 1 ? one.to : one.from;
  while (found.length < BESIDE_MAX) {
    const text =
      way === 1 ? folded.slice(edge, edge + BETWEEN_MAX) : folded.slice(Math.max(0, edge - BETWEEN_MAX), edge);
    const match = (way === 1 ? BEHIND : BEFORE).exec(text);
    if (match === null) break;
    const start =
      (way === 1 ? edge : Math.max(0, edge - BETWEEN_MAX)) + match.index + match[0].indexOf(match[1] as string);
    const end = start + (match[1] as string).length;
    const lead = way === -1 ? leadOf(folded.slice(start, end)) : 0;
    if (!isNameLike(folded.slice(start + lead, end), reader)) break;
    found.push(mention(folded, start + lead, end, reader, one.used));
    if (lead > 0) break;
    edge = way === 1 ? end : start;
  }
  return found;
}

const LEADING =
  /^(?:.*?(?:接入了?|集成了?|使用了?|嵌入了?|引入了?|采用了?|用到了?|依赖于?|基于|借助|通过了?|包含|包括|由|向|提供的|[^ ,，]{3,24}公司(?:的)?|的|如|和|与|及|或者?|(?<!华)为|调起|[^ ,，]{0,8}服务商|以下|以及|将|对|在|是|我们|该|其中|其|此|上述|以下|第三方)\s*)+/;

function leadOf(text: string): number {
  return LEADING.exec(text)?.[0].length ?? 0;
}

/** 使用甲集团的SDK: whose SDK it is, is all the name it has. */
const OWNER_OF_SDK = /(?:使用|接入|集成|嵌入|引入|采用)了?([^,，。;:、()的]{2,16})的sdk$/;
const OF_ANYBODY =
  /相应|对应|[该此各]|第三方|三方|合作|伙伴|服务商|供应商|提供|厂商|机构|我们|其他|相关|上述|公司$|企业|平台$/;

/** What a bracket says of the use belongs to the sentence: 某某SDK（用于……）. */
const SAID_IN_BRACKETS = /\((?:用于|根据|当|以便|[^()]*(?:您|我们))[^()]*\)$/;

function nameIn(folded: string, offset: number, length: number, original: string, reader: Reader): Mention[] {
  const text = folded.slice(offset, offset + length).replace(SAID_IN_BRACKETS, '');
  // What stands in brackets behind the name is part of it.
  const lead = leadOf(text.slice(0, text.replace(/\([^()]*\)$/, '').lastIndexOf('sdk')));
  const name = text.slice(lead);
  const owner = OWNER_OF_SDK.exec(folded.slice(Math.max(0, offset - COMPANY_SIZE_MAX), offset + length));
  if (name === 'sdk' && owner !== null && !OF_ANYBODY.test(owner[1] as string)) {
    const from = offset + length - 'sdk'.length - (owner[1] as string).length - 1;
    return [mention(folded, from, offset + length, reader, true)];
  }
  if (NO_NAME.test(name.replace(/\([^()]*\)$/, ''))) return [];
  const bare = name.replace(/sdk.*$/, '').trim();
  if (isGenericName(name) || isKindOfSdk(bare) || bare.length < 2) return [];
  // English names are several words: Unity Ads SDK.
  const before =
    lead > 0
      ? ''
      : (/(?:(?!(?:The|We|Our|This|An?|Each|Such|And|With|By|Using|Via)\b)[A-Z][\w&+-]*(?:\.[\w&+-]+)* (?:for )?){1,4}$/.exec(
          original.slice(0, offset),
        )?.[0] ?? '');
  if (/^(?:monetization|advertising|analytics|ads?|mobile|tracking) sdks?$/.test(before.toLowerCase() + name))
    return [];
  return [mention(folded, offset + lead - before.length, offset + text.length, reader)];
}
