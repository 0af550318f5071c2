import { isCompany, isGenericName } from './entry.ts';
import { dataShare, type Reader } from './label-data.ts';
import { firstMatch, hits, matchesOf } from './words.ts';

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
    ...matchesOf(reader.words.patterns.sdkName, folded).flatMap((match) =>
      nameIn(folded, match.index, match[0].length, original, reader),
    ),
  ];
  const apart: Mention[] = [];
  for (const one of found) if (!apart.some((other) => one.from < other.to && other.from < one.to)) apart.push(one);
  const beside = apart.flatMap((one) => [...besides(folded, one, -1, reader), ...besides(folded, one, 1, reader)]);
  for (const one of beside) if (!apart.some((other) => one.from < other.to && other.from < one.to)) apart.push(one);
  apart.sort((one, other) => one.from - other.from);
  // 我们使用了甲推送SDK。使用推送SDK，需要……: beside names, a word for a kind of SDK is none.
  const named = apart.filter(({ key }) => key.length > KIND_SIZE_MAX || !isKindOfSdk(key, reader));
  const names = named.length === 0 ? apart : named;
  return names.filter((one, index) => names.findIndex((other) => isSame(other.key, one.key)) === index);
}

/**
 * Who a sentence of a list of SDKs says collects: 当您反馈问题时，某某会收集您的……. Where the sentences around it are about SDKs, a
 * known name need not say that it is one.
 */
export function collectorsIn(folded: string, reader: Reader): Mention[] {
  const match = firstMatch(reader.words.patterns.nameCollects, folded);
  if (match === null) return [];
  const start = match.index + match[0].lastIndexOf(match[1] as string);
  return itemsOf(folded, start, start + (match[1] as string).length, reader)
    .filter(([from, to]) => isNameLike(folded.slice(from, to), reader, true))
    .map(([from, to]) => mention(folded, from, to, reader, true));
}

/** We use Plaid, provided by Plaid Inc., to link accounts: in a part about SDKs a name need not say that it is one. */
export function servicesIn(original: string, reader: Reader): Mention[] {
  const folded = reader.words.folder.fold(original);
  return matchesOf(USES_SERVICE, original).flatMap((match) => {
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
export function parted(folded: string, one: Mention, other: Mention, reader: Reader): boolean {
  const between = folded.slice(one.to, other.from);
  return between.length <= BETWEEN_MAX && hits(reader.words.patterns.betweenNames, between);
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
export function isMeans(folded: string, from: number, to: number, reader: Reader): boolean {
  return (
    hits(reader.words.patterns.meansBefore, folded.slice(Math.max(0, from - 16), from)) &&
    hits(reader.words.patterns.meansBehind, folded.slice(to, to + BETWEEN_MAX))
  );
}

function isSame(one: string, other: string): boolean {
  return one === other || (Math.min(one.length, other.length) >= 3 && (one.includes(other) || other.includes(one)));
}

/** 第三方SDK“甲、乙”, “丙”SDK: names in quotation marks beside the word. */
function quotedNames(folded: string, reader: Reader): Mention[] {
  return matchesOf(reader.words.patterns.quotedNames, folded).flatMap((match) => {
    if (match[1] === undefined && match[3] === undefined) return [];
    const start = match.index + (match[1]?.length ?? 0) + 1;
    return itemsOf(folded, start, start + (match[2] as string).length, reader)
      .filter(([from, to]) => !isGenericName(folded.slice(from, to)))
      .map(([from, to]) => mention(folded, from, to, reader, match[1] !== undefined));
  });
}

const LISTS = ['listInBrackets', 'listBehind', 'listTitled', 'listOfThirdParties'] as const;

/** SDK（包括甲、乙）, 通过第三方SDK甲、乙来……: names behind the word. */
function listedNames(folded: string, reader: Reader): Mention[] {
  return LISTS.flatMap((name) =>
    matchesOf(reader.words.patterns[name], folded).flatMap((match) => {
      const start = match.index + match[0].length;
      const end = start + listEnd(folded.slice(start, start + LIST_SIZE_MAX), reader);
      const items = itemsOf(folded, start, end, reader);
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

/** 甲、乙等第三方SDK: names in front of the word. */
function suchNames(folded: string, reader: Reader): Mention[] {
  return matchesOf(reader.words.patterns.listBefore, folded).flatMap((match) => {
    const start = Math.max(0, match.index - LIST_SIZE_MAX);
    const list = /[^,，。;:]*$/.exec(folded.slice(start, match.index))?.[0] ?? '';
    if (match[0].startsWith('的') && !hits(reader.words.patterns.usedList, list)) return [];
    const names: Mention[] = [];
    for (const [from, to] of itemsOf(folded, match.index - list.length, match.index, reader).reverse()) {
      const lead = leadOf(folded.slice(from, to), reader);
      if (!isNameLike(folded.slice(from + lead, to), reader, true)) break;
      names.push(mention(folded, from + lead, to, reader));
      if (lead > 0) break;
    }
    return names;
  });
}

const LIST_SIZE_MAX = 300;

/** Where a list of names ends: at the end of the clause, the bracket, or where the sentence says what they are for. */
function listEnd(text: string, reader: Reader): number {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] as string;
    if (character === '(') depth++;
    else if (character === ')' && --depth < 0) return index;
    if (depth === 0 && hits(reader.words.patterns.namesEnd, text.slice(index, index + 3))) return index;
  }
  return text.length;
}

/** The items of a list, brackets and the spaces around them left out. */
function itemsOf(folded: string, start: number, end: number, { words }: Reader): [number, number][] {
  const { nameItem, ofSystemInBrackets, saidInBrackets } = words.patterns;
  const items: [number, number][] = [];
  for (const match of matchesOf(nameItem, folded.slice(start, end))) {
    const bare = match[0].trimEnd().replace(ofSystemInBrackets, '').replace(saidInBrackets, '').trimEnd();
    const lead = bare.length - bare.trimStart().length;
    if (bare.trim() !== '') items.push([start + match.index + lead, start + match.index + bare.length]);
  }
  return items;
}

/** 分享; 移动登录 may be the name of one. */
const KIND_SIZE_MAX = 2;

/** Whether a word says what an SDK is for, and names none. */
export function isKindOfSdk(word: string, { words }: Reader): boolean {
  return hits(words.patterns.kindOfSdk, word);
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
    !hits(reader.words.patterns.notOneName, name) &&
    !hits(reader.words.patterns.notNeighbour, name) &&
    !hits(reader.words.patterns.phoneMaker, name) &&
    !isGenericName(name) &&
    !isCompany(name, reader.words) &&
    (/sdk/.test(name) ||
      (listed && !isKindOfSdk(name, reader)) ||
      /[a-z][a-z0-9]/.test(name) ||
      hits(reader.words.patterns.knownSdk, name)) &&
    !hits(reader.words.patterns.noSdkName, name) &&
    (/sdk$/.test(name) || dataShare(name, reader.lexicon) < 0.5)
  );
}

const BESIDE_MAX = 12;

/** 甲（Android端）、乙SDK、丙实现……: names in one list with the name of an SDK need not say the word. */
function besides(folded: string, one: Mention, way: 1 | -1, reader: Reader): Mention[] {
  const { nameBefore, nameBehind } = reader.words.patterns;
  const found: Mention[] = [];
  let edge = way === 1 ? one.to : one.from;
  while (found.length < BESIDE_MAX) {
    const text =
      way === 1 ? folded.slice(edge, edge + BETWEEN_MAX) : folded.slice(Math.max(0, edge - BETWEEN_MAX), edge);
    const match = firstMatch(way === 1 ? nameBehind : nameBefore, text);
    if (match === null) break;
    const start =
      (way === 1 ? edge : Math.max(0, edge - BETWEEN_MAX)) + match.index + match[0].indexOf(match[1] as string);
    const end = start + (match[1] as string).length;
    const lead = way === -1 ? leadOf(folded.slice(start, end), reader) : 0;
    if (!isNameLike(folded.slice(start + lead, end), reader)) break;
    found.push(mention(folded, start + lead, end, reader, one.used));
    if (lead > 0) break;
    edge = way === 1 ? end : start;
  }
  return found;
}

function leadOf(text: string, reader: Reader): number {
  return firstMatch(reader.words.patterns.leadsToName, text)?.[0].length ?? 0;
}

function nameIn(folded: string, offset: number, length: number, original: string, reader: Reader): Mention[] {
  const text = folded.slice(offset, offset + length).replace(reader.words.patterns.saidInBrackets, '');
  // What stands in brackets behind the name is part of it.
  const lead = leadOf(text.slice(0, text.replace(/\([^()]*\)$/, '').lastIndexOf('sdk')), reader);
  const name = text.slice(lead);
  const owner = firstMatch(
    reader.words.patterns.ownerOfSdk,
    folded.slice(Math.max(0, offset - COMPANY_SIZE_MAX), offset + length),
  );
  if (name === 'sdk' && owner !== null && !hits(reader.words.patterns.ofAnybody, owner[1] as string)) {
    const from = offset + length - 'sdk'.length - (owner[1] as string).length - 1;
    return [mention(folded, from, offset + length, reader, true)];
  }
  if (hits(reader.words.patterns.notOneName, name.replace(/\([^()]*\)$/, ''))) return [];
  const bare = name.replace(/sdk.*$/, '').trim();
  if (isGenericName(name) || isKindOfSdk(bare, reader) || bare.length < 2) return [];
  // English names are several words: Unity Ads SDK.
  const before =
    lead > 0
      ? ''
      : (/(?:(?!(?:The|We|Our|This|An?|Each|Such|And|With|By|Using|Via)\b)[A-Z][\w&+-]*(?:\.[\w&+-]+)* (?:for )?){1,4}$/.exec(
          original.slice(0, offset),
        )?.[0] ?? '');
  if (hits(reader.words.patterns.anySdk, before.toLowerCase() + name)) return [];
  return [mention(folded, offset + lead - before.length, offset + text.length, reader)];
}
