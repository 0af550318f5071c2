import type { LabelStatement, Platform, SdkStatement } from '../model/declaration.ts';
import type { PolicyText } from './blocks.ts';
import { fold } from './fold.ts';
import { type DataLabels, labelData, type Reader } from './label-data.ts';
import { NUMBERING } from './labels.ts';
import { cut, join, type Passage, quote, trim } from './passage.ts';
import { platformsIn, platformsOfName } from './scope.ts';
import { firstMatch, hits, type LabelKind, type PolicyWords } from './words.ts';

/** What a layout says about one SDK, before its words are understood. */
export interface Draft {
  readonly name: Passage;
  readonly fields: readonly { readonly kind: LabelKind; readonly value: Passage }[];
  /** Where data are named in running text rather than in a field. */
  readonly data: readonly Passage[];
}

const URL_TEXT = /https?:\/\/[^\s<>"'“”‘’，。；、（）【】《》\u4e00-\u9fff|]+/i;
const BARE_URL = /(?<![@\w.])(?:www\.)[a-z0-9-]+\.[^\s<>"'“”‘’，。；、（）【】《》\u4e00-\u9fff|]+/i;

/**
 * Makes the statement that a draft amounts to; null when its name is none.
 *
 * @param listed the systems that the list around it is for; null when it does not say.
 */
export function finishEntry(
  draft: Draft,
  text: PolicyText,
  listed: readonly Platform[] | null,
  reader: Reader,
): SdkStatement | null {
  const name = cleanName(draft.name, reader.words);
  if (name === null) return null;
  const dataParts = [...valuesOf(draft, 'data'), ...draft.data].map(trim).filter((part) => part.text !== '');
  const data = dataParts.length === 0 ? null : join(dataParts, '\n');
  const labels = data === null ? { ids: [], umbrella: [], terms: [] } : labelData(data.text, reader);
  return {
    name: name.text.replace(/\s+/g, ' '),
    vendor: textOf(draft, ['vendor']),
    function: textOf(draft, ['function', 'purpose', 'scene', 'category']),
    data_types: labels.ids,
    umbrella: labels.umbrella,
    data_text: data?.text ?? null,
    labels: data === null ? [] : labelStatements(data, labels, text),
    platforms: platformsOf(draft, reader.words) ?? listed,
    link: linkOf(draft),
    package: packageOf(draft),
    quote: quote(text.source, name, text.keepMarkup),
    signature: null,
  };
}

/** Each data type with the words that name it: once for every wording and scope. */
function labelStatements(data: Passage, { terms }: DataLabels, text: PolicyText): LabelStatement[] {
  const statements = new Map<string, LabelStatement>();
  for (const { ids, from, to, platforms, optional } of terms) {
    const words = quote(text.source, cut(data, from, to), text.keepMarkup);
    for (const id of ids) {
      const statement = { data_type: id, text: words, platforms, optional };
      const key = JSON.stringify(statement);
      if (!statements.has(key)) statements.set(key, statement);
    }
  }
  return [...statements.values()];
}

function platformsOf(draft: Draft, words: PolicyWords): Platform[] | null {
  const told = valuesOf(draft, 'platform').map((value) => platformsIn(fold(value.text, words)));
  return told.find((one) => one !== null) ?? platformsOfName(fold(draft.name.text, words));
}

function valuesOf(draft: Draft, kind: LabelKind): Passage[] {
  return draft.fields.filter((field) => field.kind === kind).map((field) => field.value);
}

function textOf(draft: Draft, kinds: readonly LabelKind[]): string | null {
  for (const kind of kinds) {
    const value = valuesOf(draft, kind).find((passage) => passage.text.trim() !== '');
    if (value !== undefined) return value.text.trim().replace(kind === 'vendor' ? /[。.；;]$/ : /$^/, '');
  }
  return null;
}

/** The address of the SDK's privacy text: shown in its link field, behind the words of that field, or anywhere in the entry. */
function linkOf(draft: Draft): string | null {
  const fields = [
    ...valuesOf(draft, 'link'),
    ...valuesOf(draft, 'site'),
    ...draft.fields.filter((field) => field.kind !== 'link' && field.kind !== 'site').map((field) => field.value),
    ...draft.data,
    draft.name,
  ];
  for (const { text, links } of fields) {
    const shown = policyUrlIn(text);
    if (shown !== null) return shown;
    if (links[0] !== undefined) return links[0];
  }
  return null;
}

/** The address of a privacy text; where a text gives another for opting out, the one that is not that. */
function policyUrlIn(text: string): string | null {
  const first = urlIn(text);
  if (first === null || !/opt.?out/i.test(text)) return first;
  const others = text.split(OPT_OUT_ADDRESS).map(urlIn);
  return others.find((url) => url !== null && !/opt.?out/i.test(url)) ?? first;
}

const OPT_OUT_ADDRESS = /opt.?out(?:(?!https?:)[\s\S]){0,200}https?:\S+(?: (?:or )?(?:https?:\S+))*/i;

/** `包名：com.example.sdk`, in a field of its own. */
function packageOf(draft: Draft): string | null {
  for (const { text } of [...valuesOf(draft, 'other'), draft.name]) {
    const found = PACKAGE_NAME.exec(text)?.[0];
    if (found !== undefined) return found;
  }
  return null;
}

const PACKAGE_NAME = /(?<![\w.@/:-])(?:com|cn|net|org|io|me|tv|cc)(?:\.[A-Za-z][A-Za-z0-9_]*)+(?![\w@/-])/;

/** `…/policy.htmlFirebase`: the next cell's words at the end of an address, where nothing parts the cells. */
const GLUED = /(?<=\.(?:html?|shtml|php|jsp|aspx?))[A-Z].*$/;

export function urlIn(text: string): string | null {
  const found = URL_TEXT.exec(text)?.[0] ?? BARE_URL.exec(text)?.[0] ?? null;
  return found === null ? null : found.replace(GLUED, '').replace(/[).,;:!]+$/, '');
}

/** A name without numbering, brackets and what follows a colon; null for words that name no product. */
export function cleanName(passage: Passage, words: PolicyWords): Passage | null {
  let name = trim(cut(passage, NUMBERING.exec(passage.text)?.[0].length ?? 0));
  // 某某SDK（包名：com.example.sdk）：
  const packed = PACKAGE_REMARK.exec(name.text);
  if (packed !== null) name = trim(cut(name, 0, packed.index));
  // 某某SDK，来源于某某公司
  name = cut(name, 0, /^.{2,40}?sdk(?=\s*[,，]\s*(?:来源|来自|由|是|用于))/i.exec(name.text)?.[0].length);
  name = cut(name, /^[.、。，,]\s*/.exec(name.text)?.[0].length ?? 0);
  name = trim(cut(name, 0, name.text.replace(/[\s:：、,，;；。.]+$/, '').length));
  const wrapped = /^[[【《“"'「]([^\]】》”"'」]*)[\]】》”"'」]$/.exec(name.text);
  if (wrapped !== null) name = trim(cut(name, 1, name.text.length - 1));
  name = closed(name);
  const folded = fold(name.text, words);
  if (name.text === '' || name.text.length > 120 || urlIn(name.text) === name.text) return null;
  if (
    /^[\d\s\p{P}]+$/u.test(name.text) ||
    hits(words.patterns.emptyValue, folded) ||
    hits(words.patterns.neverName, folded) ||
    isGenericName(folded)
  )
    return null;
  return name;
}

const PACKAGE_REMARK = /(?<=\S)\s*[（(]\s*(?:SDK)?(?:包名|package(?: name)?)\s*[:：][^（()）]*[)）]?[\s:：]*$/i;

/** A bracket at the end that nothing opened belongs to the words around the name. */
function closed(name: Passage): Passage {
  const open = name.text.match(/[（(]/g)?.length ?? 0;
  const close = name.text.match(/[）)]/g)?.length ?? 0;
  return close > open && /[）)]$/.test(name.text) ? trim(cut(name, 0, name.text.length - 1)) : name;
}

/** 第三方SDK, the SDK, 合作伙伴: words for any of them, not the name of one. */
export function isGenericName(folded: string): boolean {
  const rest = folded
    .replace(
      /sdks?|(?<![a-z])apis?(?![a-z])|软件开发(?:工具)?包|软件(?:服务|工具开发)(?:工具)?包|开发工具包|第三方|三方|开源|关联方|合作(?:方|伙伴)?|(?:以下|以上|常见|常用|主要|更多|目前|下列|上述|该|此|相关|部分|其他|其它|等|类|的|我们|本|各|这些|所有|名称|列表|清单|目录|服务商|服务|产品|提供商|提供者|供应商|应用|嵌入|集成|接入|使用|与|和|或|及|由|对|在|将|会|如|授权|关联公司|外部|技术|功能|基于|简称)/g,
      '',
    )
    .replace(
      /\b(?:the|a|an|this|that|these|those|such|our|your|their|any|some|other|each|all|third|party|parties|service|services|provider|providers|partner|partners|tools?|software|development|kits?|certain|similar|following|embedded|relevant|and|or|of|by|we|use|used|using|via|through|includes?|integrates?|contains?|list|name)\b/g,
      '',
    )
    .replace(/[\s\p{P}\d]+/gu, '');
  return rest === '';
}

/** Whether a Latin name is, or begins or ends with, that of a widely used service. */
export function isKnownName(name: string, words: PolicyWords): boolean {
  const folded = fold(name, words);
  const known = firstMatch(words.patterns.knownSdk, folded);
  return known !== null && !/\w/.test((folded[known.index - 1] ?? '') + (folded[known.index + known[0].length] ?? ''));
}

/** Whether a text ends like the name of a company. */
export function isCompany(text: string, words: PolicyWords): boolean {
  return firstMatch(words.patterns.company, fold(text.trim(), words)) !== null;
}
