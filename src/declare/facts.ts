import type { Declaration } from '../model/declaration.ts';
import type { PolicyText } from './blocks.ts';
import { fold } from './fold.ts';
import { hits, type PolicyWords } from './words.ts';

type Facts = Pick<Declaration, 'app' | 'company' | 'updated' | 'language'>;

/**
 * Whose policy it is, of when, and in which languages: read from the top and the bottom of the text.
 *
 * @param taken lines about SDKs: their companies are not the app's.
 */
export function readFacts(text: PolicyText, taken: ReadonlySet<number>, words: PolicyWords): Facts {
  const lines = text.blocks.flatMap((block, index) =>
    block.kind === 'line' && !taken.has(index) ? [block.passage.text] : [],
  );
  const joined = lines.join('\n');
  return {
    app: appIn(lines, joined, text.title, words),
    company: companyIn(lines, joined),
    updated: updatedIn(lines, words),
    language: languages(
      text.blocks
        .map((block) =>
          block.kind === 'line'
            ? block.passage.text
            : block.rows
                .flat()
                .map((cell) => cell.text)
                .join('\n'),
        )
        .join('\n'),
    ),
  };
}

/** zh where Chinese characters are frequent, en where English words are; the one that comes first, first. */
function languages(joined: string): string[] {
  const chinese = joined.match(/[\u3400-\u9fff]/g)?.length ?? 0;
  const english = joined.match(/\b(?:the|and|your|information|we|you|of|to)\b/gi)?.length ?? 0;
  const found: string[] = [];
  if (chinese > 150 || (chinese > 20 && chinese > english)) found.push('zh');
  if (english > 150 || (english > 10 && chinese < 100) || (english > 8 && english * 16 > chinese)) found.push('en');
  if (
    found.length === 2 &&
    joined.search(/[\u3400-\u9fff]{12}/) > joined.search(/\b(?:the|your|we)\b/i) &&
    joined.search(/\b(?:we|your)\b/i) < 400
  )
    found.reverse();
  return found;
}

const APP_QUOTES = '[“"”『「【《]';
const APP_END = '[”"“』」】》]';

/** The app's name: from the title, from the sentence of welcome, or from what “我们的产品” is said to be. */
function appIn(lines: readonly string[], joined: string, title: string | null, words: PolicyWords): string | null {
  const heads = [...(title === null ? [] : [title]), ...lines.slice(0, 8)];
  for (const head of heads) {
    if (head.length > 60 || !hits(words.patterns.policyTitle, fold(head, words))) continue;
    const policy = fold(head, words).search(
      /(?:用户|個人|个人)?(?:隐私|个人信息保护|信息保护|privacy\s+(?:policy|notice|statement))/,
    );
    const name = tidyApp(head.slice(0, Math.max(0, policy)));
    if (name !== null) return name;
    const after = /privacy (?:policy|notice|statement)\s*(?:of|for|[-–—|:])\s*(.{2,40})$/i.exec(head)?.[1];
    const tidy = after === undefined ? null : tidyApp(after);
    if (tidy !== null) return tidy;
  }
  const start = joined.slice(0, 6_000);
  const patterns = [
    new RegExp(
      `${APP_QUOTES}([^”"“』」】》\\n]{1,20})${APP_END}\\s*(?:移动应用|app|应用|软件|平台|产品|客户端|小程序)`,
      'i',
    ),
    /欢迎(?:您|你)?(?:使用|来到|访问)(?:我们的)?[“"「【《]?([^，。,！!”"」】》\n的（(]{2,20})/,
    /([^\s，。,、；！!：:“”"()（）]{2,16})[（(]以下(?:简称|称|或称|统称)[^）)]{0,8}[“"]?(?:我们|本平台|本应用|本软件|本产品)/,
    /(?:application|app)s? \(([A-Z][^)]{1,30})\)/,
    /^.{2,40} built the (.{2,40}?) app\b/m,
    /(?:welcome to|thank you for using|this privacy policy (?:applies to|describes how)|use of) (?:the )?["“]?([A-Z][\w&.' -]{1,30}?)["”]?(?: app| application| \(|,|\.|!| mobile| service)/,
    /(?:为了?保障|为确保|为保证)([^，。,\s]{2,12}?)(?:App|APP|app)?相关功能的实现/,
    /(?:为了?保障|为确保|为保证)([^，。,\s]{2,14}?)(?:App|APP|app|客户端|软件|移动应用)(?:的)?(?:相关)?功能/,
    /使用([^\s，。,、；！!：:“”"()（）]{2,12}?)(?:的)?(?:产品|服务|APP|App|移动应用|客户端)/,
  ];
  for (const pattern of patterns) {
    const name = tidyApp(pattern.exec(start)?.[1] ?? '');
    if (name !== null) return name;
  }
  return null;
}

const NO_APP =
  /^第三方|[>»|]|^(?:我们(?:的)?|本(?:公司|应用|软件|平台|产品|政策|app)?|用户|个人|您的?|你的?|用户个人|产品|服务|的|儿童|隐私|该|相关|产品和服务|our|the|this|your|we|you|app|application|mobile app|website|services?|customer|user|版本|第三方|我们的产品|或|和|与|在|更新|中文|应用|软件|平台|应用程序|移动应用|移动互联网应用(?:程序)?|保护)$/i;

function tidyApp(text: string): string | null {
  const name = text
    .replace(/^[#\s“"”『「【《《*]+|[\s“"”』」】》*:：\-–—|]+$/g, '')
    .replace(
      /(?:移动应用(?:程序)?|移动客户端|客户端|手机软件|应用软件|应用程序|软件|小程序|APP|App|app)(?:用户)?(?:产品)?$/,
      '',
    )
    .replace(/(?:用户|产品|平台用户)$/, '')
    .replace(/^[“"”『「【《]+|[”"“』」】》]+$/g, '')
    .replace(/'s$/, '')
    .trim();
  return name.length < 1 || name.length > 30 || NO_APP.test(name) || /[。，,；;！!]|我们|您/.test(name) ? null : name;
}

const COMPANY = /[\u3400-\u9fffA-Za-z（）()·]{2,40}?(?:有限责任公司|股份有限公司|集团有限公司|有限公司)/g;
const COMPANY_EN =
  /\b((?:[A-Z][\w&.'-]*,? |& ){1,6}(?:Inc\.?|Ltd\.?|LLC|Limited|Corporation|Corp\.?|GmbH|Co\.,? ?Ltd\.?|B\.V\.|Pte\.? ?Ltd\.?|S\.A\.|PLC))/g;

/** The company that speaks: the one said to be “我们”, else the one named most at the top and the bottom. */
function companyIn(lines: readonly string[], joined: string): string | null {
  const told = [
    /(?:我们|本公司|公司)[”"」]?[（(]?(?:本[^）)]{0,10}中)?[,，]?(?:是)?(?:指|即)[：:]?\s*([\u3400-\u9fffA-Za-z（）()·]{3,40}?(?:有限责任公司|股份有限公司|有限公司|集团))/,
    /([\u3400-\u9fffA-Za-z（）()·]{3,40}?(?:有限责任公司|股份有限公司|有限公司|集团|办公厅|委员会(?!办公)|管理局))[（(][^）)]{0,30}(?:我们|本公司|公司)[^）)]{0,10}[）)]/,
    /由([\u3400-\u9fffA-Za-z（）()·]{3,40}?(?:有限责任公司|股份有限公司|有限公司|集团|办公厅|委员会(?!办公)|管理局|工作室))[^，。,]{0,20}(?:开发|运营|提供|推出|所有|负责)/,
    /仅适用于([\u3400-\u9fffA-Za-z（）()·]{3,40}?(?:有限责任公司|股份有限公司|有限公司|集团))/,
    /((?:[A-Z][\w&.'-]*,? |& ){1,6}(?:Inc\.?|Ltd\.?|LLC|Limited|Corporation|Corp\.?|GmbH|B\.V\.))[^.]{0,40}\([^)]{0,40}["“]?(?:[Ww]e|[Uu]s|[Oo]ur|[Tt]he [Cc]ompany)["”]?/,
  ];
  const built = /^(.{2,40}?) (?:built|developed|created) the .{2,40} app\b/m.exec(joined.slice(0, 3_000))?.[1];
  if (built !== undefined && /^[A-Z]/.test(built)) return built;
  for (const pattern of told) {
    const name = pattern.exec(joined.slice(0, 12_000))?.[1];
    if (name !== undefined) return tidyCompany(name);
  }
  const ends = [...lines.slice(0, 25), ...lines.slice(-30)].join('\n');
  const counts = new Map<string, number>();
  for (const match of [...ends.matchAll(COMPANY), ...ends.matchAll(COMPANY_EN)]) {
    const name = tidyCompany(match[0]);
    if (name.length >= 5) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort((one, other) => other[1] - one[1])[0]?.[0] ?? null;
}

function tidyCompany(name: string): string {
  return name
    .replace(
      /^.*(?:由|是|为|指|即|与|和|及|向|的|引中|控制|介绍|集成|接入|使用|包括|不限于|提供[方者]|运营[方者]|公司名称[:：]?)(?=[\u3400-\u9fff]{6})/,
      '',
    )
    .replace(/^[^（(]*[（(](?![^（(]*[）)])/, '')
    .trim();
}

const DATE = /(\d{4})\s*[年./-]\s*(\d{1,2})\s*(?:[月./-]\s*(?:(\d{1,2})\s*日?)?)?|\b(20\d{2})(\d{2})(\d{2})\b/;
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const DATE_EN =
  /\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})|\b(\d{1,2})(?:st|nd|rd|th)?\s+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+(\d{4})/i;

/** When the policy was last changed: beside words of updating, else of coming into force, else the last line. */
function updatedIn(lines: readonly string[], words: PolicyWords): string | null {
  const ends = [...lines.slice(0, 30), ...lines.slice(-15)];
  for (const pattern of [words.patterns.updated, words.patterns.effective]) {
    for (const line of ends) {
      if (line.length > 200) continue;
      const folded = fold(line, words);
      const at = folded.search(pattern);
      if (at === -1) continue;
      const date = dateIn(line.slice(at, at + 60)) ?? dateIn(line);
      if (date !== null) return date;
    }
    const index = ends.findIndex((line) => line.length < 30 && hits(pattern, fold(line, words)));
    const next = index === -1 ? null : dateIn(ends[index + 1] ?? '');
    if (next !== null) return next;
  }
  for (const line of [...lines.slice(-4), ...lines.slice(0, 6)])
    if (line.length < 60 && dateIn(line) !== null) return dateIn(line);
  return null;
}

/** The first date of a text as ISO date, as far as the text gives it: 2022-10 for a month. */
export function dateIn(marked: string): string | null {
  const text = marked.replace(/[【】[\]_]/g, '');
  const found = DATE.exec(text);
  if (found !== null) {
    const [year, month, day] = found[4] === undefined ? [found[1], found[2], found[3]] : [found[4], found[5], found[6]];
    return isoDate(Number(year), Number(month), day === undefined ? null : Number(day));
  }
  const english = DATE_EN.exec(text);
  if (english === null) return null;
  const name = (english[1] ?? english[5] ?? '').toLowerCase();
  const month = MONTHS.findIndex((one) => one.startsWith(name)) + 1;
  const day = english[2] ?? english[4];
  return isoDate(Number(english[3] ?? english[6]), month, day === undefined ? null : Number(day));
}

function isoDate(year: number, month: number, day: number | null): string | null {
  if (year < 1995 || year > 2100 || month < 1 || month > 12) return null;
  if (day !== null && (day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate())) return null;
  const two = (value: number) => String(value).padStart(2, '0');
  return day === null ? `${year}-${two(month)}` : `${year}-${two(month)}-${two(day)}`;
}
