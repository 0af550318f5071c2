import type { Taxonomy } from '../model/data-type.ts';
import type { Scope } from '../model/declaration.ts';
import { fold } from './fold.ts';
import { findTerms, type Lexicon, type Term } from './lexicon.ts';
import { scopeAt, scopeSpans } from './scope.ts';
import type { Unread } from './unread.ts';
import { hits, matchesOf, type PolicyWords } from './words.ts';

/** What reading needs to name data: built once for a taxonomy. */
export interface Reader {
  readonly words: PolicyWords;
  readonly lexicon: Lexicon;
  readonly taxonomy: Taxonomy;
  /** Where this policy's reading gave up. */
  readonly unread: Unread;
}

/** Data types that a text names, in the order of their first mention. */
export interface DataLabels {
  readonly ids: readonly string[];
  readonly umbrella: readonly string[];
  readonly terms: readonly ScopedTerm[];
}

export type ScopedTerm = Term & Scope;

const NONE: DataLabels = { ids: [], umbrella: [], terms: [] };

/**
 * Labels the text of a field that lists data: 设备信息（IMEI、MAC）、位置信息. What the field says is not collected does not count.
 *
 * @param running whether the text is a sentence rather than a list: there single common words name no data.
 */
export function labelData(text: string, reader: Reader, running = false): DataLabels {
  const folded = fold(text, reader.words);
  if (hits(reader.words.patterns.emptyValue, folded.trim())) return NONE;
  const spans = [
    ...negatedSpans(folded, reader.words),
    ...(running ? [] : purposeSpans(folded, reader.words)),
    ...addressSpans(folded),
  ];
  const terms = withContext(findTerms(folded, reader.lexicon, running), folded).filter(
    (term) => !spans.some(([from, to]) => term.from >= from && term.from < to),
  );
  const scopes = scopeSpans(folded);
  return summarise(
    terms.map((term) => ({ ...term, ...scopeAt(scopes, term.from) })),
    folded,
    reader.taxonomy,
  );
}

function summarise(terms: readonly ScopedTerm[], folded: string, taxonomy: Taxonomy): DataLabels {
  const ids = [...new Set(terms.flatMap((term) => term.ids))];
  const heads = new Set(
    terms
      .filter((term) => /^(?:数据|信息|状态|权限)?\s*[(:]/.test(folded.slice(term.to, term.to + 4)))
      .flatMap((term) => term.ids),
  );
  const umbrella = ids.filter(
    (id) => taxonomy.get(id)?.class === 'gen' || (heads.has(id) && hasMember(id, ids, taxonomy)),
  );
  return { ids, umbrella, terms };
}

function hasMember(id: string, ids: readonly string[], taxonomy: Taxonomy): boolean {
  return ids.some((other) => taxonomy.get(other)?.parents.includes(id));
}

/**
 * Stretches of text that say what is not collected: from the negation to the end of its clause.
 * In brackets the clause ends with the bracket.
 */
export function negatedSpans(folded: string, words: PolicyWords): [number, number][] {
  const spans: [number, number][] = [];
  for (const match of matchesOf(words.patterns.negation, folded)) {
    const from = match.index + match[0].length;
    const rest = folded.slice(from, from + 400);
    const closing = closingBracket(rest);
    const end = rest.search(words.patterns.negationEnd);
    const to = Math.min(closing === -1 ? rest.length : closing, end === -1 ? rest.length : end);
    spans.push([from, from + to]);
  }
  return spans;
}

/** Words of an address name no data: https://a.example/sdk-name/guides. */
function addressSpans(folded: string): [number, number][] {
  if (!folded.includes('://')) return [];
  return [...folded.matchAll(ADDRESS)].map(({ 0: address, index }) => [index, index + address.length]);
}

const ADDRESS = /https?:\/\/[\w.~:/?#[\]@!$&'*+=%-]+/g;

/** What a list of data says about their use, which names no data: IMEI（用于识别设备）、位置信息：用于展示附近门店。 */
function purposeSpans(folded: string, words: PolicyWords): [number, number][] {
  const spans: [number, number][] = [];
  for (const match of matchesOf(words.patterns.purposeInField, folded)) {
    const from = match.index;
    const rest = folded.slice(from, from + 300);
    const closing = closingBracket(rest);
    // ……用于识别用户，主要包括：IMEI, ……用于推送、网络信息（IP地址）: behind the use the list goes on.
    const end = rest.search(/[;。\n]|,(?:主要|具体)?(?:包括|包含)|、[^、,;。(:]{2,12}(?:信息|数据|标识符?)\(/);
    spans.push([from, from + Math.min(closing === -1 ? rest.length : closing, end === -1 ? rest.length : end)]);
  }
  return spans;
}

function closingBracket(text: string): number {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '(') depth++;
    else if (text[index] === ')' && --depth < 0) return index;
  }
  return -1;
}

/** How far two terms of one list may stand apart. */
const NEAR = 6;
const OF_SYSTEM = new Set(['os_type', 'device_model', 'device_brand', 'system_info']);
const OF_PERSON = new Set(['gender', 'nickname', 'avatar', 'birthday', 'age', 'real_name', 'organization']);

/** Words whose meaning depends on their neighbours: the version after 系统 or after 应用, the region of a phone or of a person. */
function withContext(terms: readonly Term[], folded: string): Term[] {
  return terms.map((term, index) => {
    const before = terms[index - 1];
    const after = terms[index + 1];
    const isNear = (other: Term | undefined, kinds: ReadonlySet<string>) =>
      other !== undefined &&
      kinds.has(other.ids[0] ?? '') &&
      Math.max(term.from - other.to, other.from - term.to) <= NEAR;
    const word = folded.slice(term.from, term.to);
    // 电话、存储权限: 权限 belongs to each of the list.
    if (word === '电话' && /^[、和及/][^,。;()]{1,24}权限/.test(folded.slice(term.to)))
      return { ...term, ids: ['phone_state'] };
    if (/^(?:版本号?|version)$/.test(word)) return isNear(before, OF_SYSTEM) ? { ...term, ids: ['os_version'] } : term;
    if (
      /^(?:所在|所属)?(?:国家\/?)?(?:地区|城市|省份)(?:信息)?$/.test(word) &&
      (isNear(before, OF_PERSON) || isNear(after, OF_PERSON))
    ) {
      return { ...term, ids: ['profile_region'] };
    }
    return term;
  });
}

/** Share of a text's letters that are names of data: how much it looks like a list of data. */
export function dataShare(folded: string, lexicon: Lexicon): number {
  const known = lexicon.shares.get(folded);
  if (known !== undefined) return known;
  const letters = lettersOf(folded);
  const covered =
    letters === 0
      ? 0
      : findTerms(folded, lexicon).reduce((sum, term) => sum + lettersOf(folded.slice(term.from, term.to)), 0);
  const share = letters === 0 ? 0 : covered / letters;
  // One rule after the other asks about the same lines.
  if (lexicon.shares.size >= SHARES_MAX) lexicon.shares.clear();
  lexicon.shares.set(folded, share);
  return share;
}

const SHARES_MAX = 4_000;
const NO_LETTER = /[\s\p{P}]/gu;

function lettersOf(text: string): number {
  return text.length - (text.match(NO_LETTER)?.length ?? 0);
}
