import type { Signature } from '../model/signature.ts';
import { companiesOf, companyCore, core, fold } from './wording.ts';

/** Which SDK a policy speaks of, and why we think so. */
export interface SdkNameMatch {
  readonly id: string;
  readonly reason: string;
}

export interface SdkNames {
  /**
   * @param wording the SDK's name as the policy writes it.
   * @param vendor the company that the policy names beside it.
   * @returns null when no SDK is certain; a wrong match is worse than none.
   */
  match(wording: string, vendor: string | null): SdkNameMatch | null;
}

/** Names are short; a policy's whole paragraph in their place is read only this far. */
const NAME_CHARS_MAX = 300;

/** A spelling of a name, folded as {@link fold} does. */
interface Spelling {
  readonly id: string;
  /** A name of something else that contains one of this SDK's: it speaks against the SDK. */
  readonly against: boolean;
  readonly text: string;
  readonly written: string;
  /** Names the SDK only when nothing else stands beside it. */
  readonly wholeOnly: boolean;
}

/** Wordings of a kind of service → the categories of signatures that offer it. */
const KINDS: readonly (readonly [RegExp, RegExp])[] = [
  [/推送|push|消息(?:通知|服务)/, /push/],
  [/地图|定位|位置|map|locat/, /map|location/],
  [/统计|分析|analytic|statistic/, /analytics/],
  [/支付|pay/, /pay/],
  [/(?:一键|免密)登录|号码认证|本机号码?(?:认证|校验)/, /one-key-login/],
  [/分享|(?<!一键|免密)登录|share|login/, /share|auth(?!\/one-key)/],
  [/崩溃|异常|crash/, /crash/],
  [/广告|ad(?:s|vert)/, /ads/],
  [/人脸|face/, /face/],
  [/语音|speech|voice/, /speech/],
  [/会议|音视频|meeting|rtc/, /meeting|rtc/],
  [/即时通[讯信]|\bim\b/, /(?:^|\/)im(?:\/|$)/],
  [/客服/, /customer.service/],
];

interface PackagePrefix {
  readonly id: string;
  readonly prefix: string;
  /** The package itself names the SDK; what lies below it may be another. */
  readonly exact: boolean;
}

/** Prepares the matching of policy wordings. Names claimed by two SDKs alike match neither. */
export function buildSdkNames(signatures: readonly Signature[]): SdkNames {
  const spellings = signatures.flatMap(spellingsOf);
  const whole = uniqueOwners(spellings);
  const packages = signatures
    .flatMap(({ id, packages: prefixes }) =>
      prefixes.map((prefix) => ({ id, prefix: prefix.replace(/^=/, '').toLowerCase(), exact: prefix.startsWith('=') })),
    )
    .sort((a, b) => b.prefix.length - a.prefix.length);
  const companies = companiesBySdk(signatures);
  const inside = spellings.filter(({ wholeOnly, text }) => !wholeOnly && isDistinctive(text));

  return {
    match(wording, vendor) {
      const { folded, company } = withoutCompany(fold(wording.slice(0, NAME_CHARS_MAX)));
      const maker = vendor ?? company;
      const found =
        byPackage(folded, packages) ??
        byWholeName(folded, wording, maker, whole, companies) ??
        byNameInside(folded, inside, whole, companies) ??
        byVendorAndKind(folded, maker, signatures);
      return found === null || isAnother(maker, found.id, spellings) ? null : found;
    },
  };
}

/** `QQ(深圳市腾讯计算机系统有限公司)`: a company in brackets behind a name is its vendor. */
function withoutCompany(folded: string): { folded: string; company: string | null } {
  const found = /^([^()]+)\(((?:[^()]|\([^()]*\))*(?:公司|研究院|inc\.?|ltd\.?|llc|gmbh))\)/.exec(folded);
  if (found === null) return { folded, company: null };
  const [whole, name = '', company = ''] = found;
  return { folded: `${name}${folded.slice(whole.length)}`, company };
}

function spellingsOf(signature: Signature): Spelling[] {
  const { id, name, names, aliases, unlike } = signature;
  // An alias `=Batch` says so of the name Batch too.
  const common = new Set(aliases.filter((text) => text.startsWith('=')).map((text) => fold(text.slice(1))));
  const written = [`=${name}`, names.zh, names.en, ...aliases].filter((text) => text !== null);
  const ours = written.map((text) => {
    const plain = text.replace(/^=/, '');
    const wholeOnly = text.startsWith('=') || common.has(fold(plain));
    return { id, against: false, text: fold(plain), written: plain, wholeOnly };
  });
  const others = (unlike ?? []).map((text) => ({
    id,
    against: true,
    text: fold(text),
    written: text,
    wholeOnly: false,
  }));
  return [...ours, ...others];
}

/** Core → the one SDK that is called so; names of several, and names that speak against it, are left out. */
function uniqueOwners(spellings: readonly Spelling[]): Map<string, Spelling> {
  const owners = new Map<string, Spelling>();
  const refused = new Set<string>();
  for (const spelling of spellings) {
    const key = core(spelling.text) || spelling.text;
    if (spelling.against) continue;
    if ((owners.get(key)?.id ?? spelling.id) !== spelling.id) refused.add(key);
    owners.set(key, spelling);
  }
  for (const { against, id, text } of spellings)
    if (against && owners.get(core(text))?.id === id) refused.add(core(text));
  for (const key of refused) owners.delete(key);
  return owners;
}

/** Short Latin words occur inside other names by chance. */
function isDistinctive(text: string): boolean {
  const bare = text.replace(/[^\p{L}\p{N}]/gu, '');
  return /\p{Script=Han}/u.test(bare) ? bare.length >= 2 : bare.length >= 4;
}

/** The longest known prefix of each package in the wording counts; one that two SDKs share tells neither. */
function byPackage(folded: string, packages: readonly PackagePrefix[]): SdkNameMatch | null {
  const written = folded.match(/(?<![\w.])[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+/g) ?? [];
  const found = written.flatMap((name) => {
    const fitting = packages.filter(
      ({ prefix, exact }) => name === prefix || (!exact && name.startsWith(`${prefix}.`)),
    );
    return fitting.filter(({ prefix }) => prefix.length === fitting[0]?.prefix.length);
  });
  const [first] = found;
  if (first === undefined || found.some(({ id }) => id !== first.id)) return null;
  return { id: first.id, reason: `package ${first.prefix}` };
}

function byWholeName(
  folded: string,
  wording: string,
  vendor: string | null,
  whole: ReadonlyMap<string, Spelling>,
  companies: Companies,
): SdkNameMatch | null {
  const spelling = whole.get(core(folded) || folded);
  if (spelling === undefined) return null;
  // A common word is no match when the policy names a company that is known to make something else.
  if (spelling.wholeOnly && vendor !== null && companies.isOf(vendor, spelling.id) === false) return null;
  return { id: spelling.id, reason: `“${wording.trim()}” is the name “${spelling.written}”` };
}

interface Hit {
  readonly spelling: Spelling;
  readonly start: number;
  readonly end: number;
}

/** What stands between the names of a list. */
const LIST_MARKS = /[、,，;；/|&]|和|与|及/;

/** The names that stand inside the wording; a name inside a longer one does not count, and two SDKs side by side match neither. */
function byNameInside(
  folded: string,
  spellings: readonly Spelling[],
  whole: ReadonlyMap<string, Spelling>,
  companies: Companies,
): SdkNameMatch | null {
  const hits = spellings.flatMap((spelling) => hitsOf(folded, spelling));
  const counting = hits.filter(
    (hit) => !hit.spelling.against && !hits.some((other) => contains(other, hit) || speaksAgainst(other, hit)),
  );
  const ids = new Set(counting.map((hit) => hit.spelling.id));
  const { spelling } = counting[0] ?? {};
  if (ids.size !== 1 || spelling === undefined) return null;
  // `微信/QQ/微博分享`: words too common to count inside others are names all the same when a list gives them a place of their own.
  const parts = folded.split(LIST_MARKS);
  const listed = parts.map((part) => whole.get(core(part))?.id ?? spelling.id);
  // `小米、OPPO、个推` names the makers of others in places of their own.
  const makers = parts.length > 1 && parts.some((part) => companies.isOf(part, spelling.id) === false);
  if (makers || listed.some((id) => id !== spelling.id)) return null;
  return { id: spelling.id, reason: `the wording contains the name “${spelling.written}”` };
}

function hitsOf(folded: string, spelling: Spelling): Hit[] {
  const hits: Hit[] = [];
  for (let start = folded.indexOf(spelling.text); start !== -1; start = folded.indexOf(spelling.text, start + 1)) {
    const end = start + spelling.text.length;
    if (standsAlone(folded, start, end)) hits.push({ spelling, start, end });
  }
  return hits;
}

function contains(outer: Hit, inner: Hit): boolean {
  return outer.start <= inner.start && outer.end >= inner.end && outer.end - outer.start > inner.end - inner.start;
}

function speaksAgainst(other: Hit, hit: Hit): boolean {
  return (
    other.spelling.against && other.spelling.id === hit.spelling.id && other.start < hit.end && hit.start < other.end
  );
}

/**
 * Latin letters must not go on beside a Latin name, nor may it end a dotted one (`com.example.umeng`) or be what a single letter leads
 * (`U-Share`); Chinese has no spaces, so Chinese names may touch anything.
 */
function standsAlone(text: string, start: number, end: number): boolean {
  const isWord = (character: string | undefined) => character !== undefined && /[a-z0-9]/.test(character);
  const before = text.slice(0, start);
  const cutsBefore = isWord(text[start]) && (isWord(text[start - 1]) || /[a-z0-9]\.$|\b[a-z0-9]-$/.test(before));
  const cutsAfter = isWord(text[end - 1]) && isWord(text[end]) && !/^sdk/.test(text.slice(end));
  return !cutsBefore && !cutsAfter;
}

/** `推送服务供应商` of 每日互动: the one SDK of this vendor that does what the wording says. */
function byVendorAndKind(folded: string, vendor: string | null, signatures: readonly Signature[]): SdkNameMatch | null {
  const asked = vendor === null ? '' : companyCore(vendor);
  if (asked.length < 2) return null;
  const kinds = KINDS.filter(([words]) => words.test(folded)).map(([, categories]) => categories);
  if (kinds.length !== 1) return null;
  const found = signatures.filter(
    ({ vendor, category }) => (kinds[0] as RegExp).test(category) && companiesOf(vendor).includes(asked),
  );
  if (found.length !== 1) return null;
  const [{ id, vendor: owner }] = found as [Signature];
  return { id, reason: `the only SDK of ${owner.name} for what the wording names` };
}

/** Whether the vendor that the policy names is one that the SDK's signature says it is not: 银联商务 is not 银联. */
function isAnother(vendor: string | null, id: string, spellings: readonly Spelling[]): boolean {
  if (vendor === null) return false;
  const company = fold(vendor);
  return spellings.some((spelling) => spelling.against && spelling.id === id && company.includes(spelling.text));
}

interface Companies {
  /** Whether a company makes an SDK; null for a company that makes none of those we know. */
  isOf(company: string, id: string): boolean | null;
}

function companiesBySdk(signatures: readonly Signature[]): Companies {
  const byCompany = new Map<string, Set<string>>();
  for (const { id, vendor } of signatures) {
    for (const company of companiesOf(vendor)) byCompany.set(company, (byCompany.get(company) ?? new Set()).add(id));
  }
  return { isOf: (company, id) => byCompany.get(companyCore(company))?.has(id) ?? null };
}
