import type { FirstPartyStatement } from '../model/declaration.ts';
import type { LineBlock, PolicyText } from './blocks.ts';
import { isKnownName } from './entry.ts';
import { fold } from './fold.ts';
import { dataShare, labelData, type Reader } from './label-data.ts';
import { afterNumbering, NUMBERING } from './labels.ts';
import { cut, type Passage, quote } from './passage.ts';
import { headingDepth } from './sections.ts';
import { clausesOf, sentencesOf } from './sentences.ts';
import { firstMatch, hits, matchesOf, type SectionRole } from './words.ts';

/** Sections that say nothing about what the app collects, whatever data they name. */
const SILENT: ReadonlySet<SectionRole> = new Set([
  'exception',
  'definition',
  'rights',
  'security',
  'contact',
  'update',
  'children',
  'storage',
]);

/** Collects statements: each data type once, with the first sentence that says that it is collected. */
class Statements {
  readonly found = new Map<string, FirstPartyStatement>();
  private readonly text: PolicyText;
  private readonly reader: Reader;

  constructor(text: PolicyText, reader: Reader) {
    this.text = text;
    this.reader = reader;
  }

  /** @param sentence what is quoted. @param part what is searched, a piece of the sentence. */
  add(
    sentence: Passage,
    part: Passage,
    options: { readonly only?: ReadonlySet<string>; readonly running: boolean },
  ): void {
    const labels = labelData(part.text, this.reader, options.running);
    for (const term of labels.terms) {
      for (const id of term.ids) {
        if (this.found.has(id) || (options.only !== undefined && !options.only.has(id))) continue;
        const focus = sentence.text.indexOf(part.text) + term.from;
        const words = quote(this.text.source, sentence, this.text.keepMarkup, Math.max(0, focus));
        if (words === '' || !this.text.source.includes(words)) continue;
        this.found.set(id, {
          data_type: id,
          quote: words,
          text: quote(this.text.source, cut(part, term.from, term.to), this.text.keepMarkup),
          platforms: term.platforms,
          optional: term.optional,
          ...(labels.umbrella.includes(id) ? { umbrella: true } : {}),
        });
      }
    }
  }
}

/** What the app itself collects, from the running text and from the tables that list it. */
export function firstParty(
  text: PolicyText,
  roles: readonly (SectionRole | null)[],
  taken: ReadonlySet<number>,
  ownData: readonly Passage[],
  reader: Reader,
): FirstPartyStatement[] {
  const statements = new Statements(text, reader);
  let listing: Listing = 'none';
  text.blocks.forEach((block, index) => {
    if (block.kind !== 'line' || taken.has(index)) return;
    const role = roles[index] ?? null;
    const folded = fold(block.passage.text, reader.words);
    if (role === 'rights') addProfile(block.passage, statements, reader);
    if (role !== null && SILENT.has(role)) listing = 'none';
    else if (role === 'cookie') addCookies(block.passage, statements, reader);
    else {
      const inList =
        listing !== 'none' &&
        (listing !== 'titled' ||
          folded.length <= (/[\u3400-\u9fff]/.test(folded) ? TITLED_ITEM_MAX : TITLED_ITEM_MAX_LATIN)) &&
        (isItem(block, folded) || namesData(folded, reader));
      // A list of what others collect ends where the app speaks of itself again.
      if (!inList || (listing === 'excluded' && hits(reader.words.patterns.weCollect, folded))) listing = 'none';
      if (listing !== 'excluded')
        addLine(block.passage, role, listing === 'collected' || listing === 'titled', statements, reader);
      listing = isDataHeading(block, folded, role) ? 'titled' : listingAfter(folded, listing, role, reader);
    }
  });
  for (const cell of ownData) statements.add(cell, cell, { running: false });
  if (statements.found.size < FEW_TYPES) addMisplaced(text, roles, taken, statements, reader);
  return [...statements.found.values()];
}

/** An app that is said to collect no more than this is one whose statements stand below headings of something else. */
const FEW_TYPES = 4;
/** Sections in which a plain statement of collecting is no statement about the app. */
const NEVER: ReadonlySet<SectionRole> = new Set(['exception', 'definition', 'children']);

/** A single one may be an example, or what is collected for a complaint. */
const MISPLACED_MIN = 4;

/** Plain statements (我们会收集……) in sections that should have none: headings may be missing, or be no headings at all. */
function addMisplaced(
  text: PolicyText,
  roles: readonly (SectionRole | null)[],
  taken: ReadonlySet<number>,
  statements: Statements,
  reader: Reader,
): void {
  const misplaced = text.blocks.flatMap((block, index) => {
    const role = roles[index] ?? null;
    if (block.kind !== 'line' || taken.has(index) || role === null || !SILENT.has(role) || NEVER.has(role)) return [];
    return hits(reader.words.patterns.weCollect, fold(block.passage.text, reader.words)) ? [block.passage] : [];
  });
  if (misplaced.length < MISPLACED_MIN) return;
  for (const passage of misplaced) addLine(passage, null, false, statements, reader);
}

/** Below a mere title longer items are sentences, which speak for themselves. */
const TITLED_ITEM_MAX = 50;
const TITLED_ITEM_MAX_LATIN = 150;

/** `一、您提供给我们的信息`: short items below it are data. */
function isDataHeading(block: LineBlock, folded: string, role: SectionRole | null): boolean {
  if (role !== 'collection' || headingDepth(block.passage.text, block.heading) === null) return false;
  return /(?:收集|获取|提供|采集)[^,，:：]{0,10}的(?:个人)?(?:信息|数据|资料)[\s=]*$|(?:what|information|data|details) (?:that )?(?:we|you) (?:may )?(?:collect|gather|provide|give|receive)[^.]{0,24}$/.test(
    folded,
  );
}

/** Whether the items below a line are data that its title or its words announce, cases in which it makes an exception, or neither. */
type Listing = 'none' | 'titled' | 'collected' | 'excluded';

function listingAfter(folded: string, before: Listing, role: SectionRole | null, reader: Reader): Listing {
  if (!/[:：]\s*$/.test(folded)) return before;
  // Below a heading about SDKs a list is theirs, unless it is said whose it is.
  if (role === 'sdk') return hits(reader.words.patterns.weCollect, folded) ? 'collected' : 'excluded';
  if (/无需|不需要|例外|除外|without your consent|not require/.test(folded)) return 'excluded';
  if (/(?:以下|下列)(?:情形|情况)/.test(folded) && !/收集|采集|授权/.test(folded)) return 'excluded';
  if (hits(reader.words.patterns.thirdPartySubject, folded)) return 'excluded';
  return hits(reader.words.patterns.collectCue, folded) ? 'collected' : before;
}

function isItem({ item, gap }: LineBlock, folded: string): boolean {
  return item || afterNumbering(folded) > 0 || (gap === 0 && /[;；,，、]$/.test(folded));
}

/** A line of a list whose bullets are lost: 设备信息：手机型号、系统版本. */
function namesData(folded: string, reader: Reader): boolean {
  const head = /^([^:：]{2,16})[:：]./.exec(folded)?.[1];
  return (head !== undefined && dataShare(head, reader.lexicon) > 0.8) || dataShare(folded, reader.lexicon) > 0.5;
}

const COOKIE: ReadonlySet<string> = new Set(['cookie']);

function addCookies(passage: Passage, statements: Statements, reader: Reader): void {
  for (const sentence of sentencesOf(passage)) {
    const folded = fold(sentence.text, reader.words);
    if (/cookie/.test(folded) && folded.length > 14)
      statements.add(sentence, sentence, { only: COOKIE, running: true });
  }
}

/** 您可以修改昵称、生日、地区等信息: what a user can edit the app has. One word alone is not enough. */
function addProfile(passage: Passage, statements: Statements, reader: Reader): void {
  for (const sentence of sentencesOf(passage)) {
    if (!hits(reader.words.patterns.profileEdit, fold(sentence.text, reader.words))) continue;
    for (const clause of clausesOf(sentence)) {
      if (!hits(reader.words.patterns.profileEdit, fold(clause.text, reader.words))) continue;
      if (labelData(clause.text, reader, true).ids.length >= 3) statements.add(sentence, clause, { running: true });
    }
  }
}

function addLine(
  passage: Passage,
  role: SectionRole | null,
  listed: boolean,
  statements: Statements,
  reader: Reader,
): void {
  const { patterns } = reader.words;
  let collecting = listed;
  if (headingDepth(passage.text, 0) !== null && OF_FUNCTION.test(fold(passage.text, reader.words))) return;
  const sentences = sentencesOf(passage);
  sentences.forEach((sentence, index) => {
    const folded = fold(sentence.text, reader.words);
    if (hits(patterns.definition, folded)) {
      collecting = false;
      return;
    }
    if (role === 'sharing' && !hits(patterns.asksYou, folded)) return;
    if (role === 'sdk' && !listed && !(hits(patterns.weCollect, folded) && !hits(patterns.sdkMention, folded))) return;
    const title = index === 0 ? dataTitle(sentence, folded, role, reader) : null;
    if (title !== null) statements.add(sentence, title, { running: false });
    const described = role === 'permission' && index === 0 ? PERMISSION_SAYS.exec(folded) : null;
    if (described !== null) statements.add(sentence, cut(sentence, described[0].length), { running: false });
    if (!/[\u3400-\u9fff]/.test(folded)) {
      const isCollecting = collecting || hits(patterns.collectEnglish, folded);
      addEnglish(sentence, folded, collecting, statements, reader);
      // We collect: IP address; language; …: the list goes on to its full stop.
      collecting = listed || (/;$/.test(folded) && (collecting || (isCollecting && /:/.test(folded))));
      return;
    }
    // A line that is nothing but data, below a heading of collection: 网络质量数据，如宽带、丢包率。
    if (role === 'collection' && dataShare(folded, reader.lexicon) > 0.45) collecting = true;
    let before = '';
    const clauses = clausesOf(sentence);
    for (const [at, clause] of clauses.entries()) {
      const words = fold(clause.text, reader.words)
        .replace(NUMBERING, '')
        .replace(/^[\s"'()]+/, '');
      collecting =
        (/^(?:如|例如|比如|(?:可能|主要|通常)?(?:包括|包含)|即)(?!果|需|有|何|您(?!的|使用[^,]*、))/.test(words) &&
          /(?:信息|数据|资料|内容|情况)(?:并[^,]{0,12})?$/.test(before) &&
          !hits(patterns.negation, before)) ||
        collects(words, collecting, reader);
      before = words;
      if (collecting) statements.add(sentence, withoutPurpose(clause, reader), { running: true });
      // 您通过文字、语音互动时，我们会收集上述信息: the data stand in the clause before.
      if (collecting && REFERS_BACK.test(words) && at > 0)
        statements.add(sentence, clauses[at - 1] as Passage, { running: true });
    }
    // A list that a clause begins may go on after its full stop, as 例如… does; anything else begins anew.
    collecting = collecting && (/[:：]$/.test(folded.trim()) || GIVES_EXAMPLES.test(sentences[index + 1]?.text ?? ''));
  });
}

/** `权限说明：查看网络状态`: what the system says that a permission is for. */
const PERMISSION_SAYS = /^权限(?:描述|说明|功能|含义|作用)(?:说明)?: ?/;

const REFERS_BACK =
  /(?:收集|获取|记录|保存|存储|采集)[^,]{0,10}(?:上述|前述|以上|该等|这些)[^,]{0,6}(?:信息|内容|数据|资料)/;
const GIVES_EXAMPLES = /^[（(]?(?:例如|比如|譬如|(?:具体|主要)?包括)/;

/** `4) 语音信息。`, `相机：用于扫码`: the title of an item that is about data the app collects; null where it has none. */
function dataTitle(sentence: Passage, folded: string, role: SectionRole | null, reader: Reader): Passage | null {
  if (role !== null && role !== 'collection' && role !== 'permission') return null;
  const start = afterNumbering(folded);
  const end = folded.slice(start).search(/[:：]./);
  const whole = folded
    .slice(start, end === -1 ? folded.length : start + end)
    .replace(/\s*\([^()]*\)$/, '')
    .replace(/[\s:：。.]+$/, '');
  // 基于相机（摄像头）的附加功能: the title that templates give to what a permission is for.
  const template = /^基于 ?(.{1,16}?)的?(?:附加|扩展|业务|拓展)?(?:功能|服务)$/.exec(whole)?.[1];
  const title = titleOfData(template ?? whole, template !== undefined, reader);
  if (title === null || (start === 0 && (role !== 'permission' || end === -1))) return null;
  // 基于电话的功能 opens the dialler, not the number.
  const from = start + (template === undefined ? whole.indexOf(title) : 0);
  return cut(sentence, from, start + whole.indexOf(title) + title.length);
}

/** A title that is all data, with or without 权限 behind it; 系统权限 and 设备权限 are titles of all permissions. */
function titleOfData(title: string, isTemplate: boolean, reader: Reader): string | null {
  const fits = (text: string) => text.length >= 2 && text.length <= 16 && dataShare(text, reader.lexicon) > 0.8;
  if (fits(title)) return isTemplate || !OF_FUNCTION.test(title) ? title : null;
  const bare = title.replace(/ ?(?:访问|使用)?权限$/, '');
  return fits(bare) && (isTemplate || !reader.lexicon.verbItems.has(bare)) ? bare : null;
}

/** Titles of what the app does, which name the data it is done with: 账号登录, 发布内容, 在线支付. */
const OF_FUNCTION =
  /(?:登录|注册|认证|支付|付款|购买|下单|交易|内容|分享|搜索|评论|发布|浏览|收藏|关注|聊天|消息|通知|推送|反馈|客服|识别|拍照|扫码|导航)$/;

/** Whether a clause speaks of data that the app collects; one without a verb of its own goes on with what the last one said. */
function collects(words: string, before: boolean, reader: Reader): boolean {
  const { patterns } = reader.words;
  if (hits(patterns.usesCollected, words) || hits(patterns.thirdPartySubject, words)) return false;
  if (hits(patterns.neverCollects, words)) return false;
  // 通讯录：用于备份通话记录: behind the title of an item stands what its data are for.
  const title = /^([^:]{1,16}):(?:主要)?(?:用于|用来|以便|便于)/.exec(words)?.[1];
  if (title !== undefined) return hits(patterns.collectClause, title);
  if (hits(patterns.collectClause, words)) return true;
  if (hits(patterns.sideClause, words)) return false;
  return before;
}

/** They collect …, Firebase collects …: somebody else does. */
const OTHERS_COLLECT =
  /^(?:(?:It|They|(?:These|Such) [\w -]{2,30})|([A-Z][\w.]*(?: [A-Z][\w.]*){0,3})) (?:may |will |can |also |automatically )*(?:collects?|processes|receives?) /;

function othersCollect(text: string, { words }: Reader): boolean {
  const match = OTHERS_COLLECT.exec(text);
  return match !== null && (match[1] === undefined || isKnownName(match[1], words));
}

/** English sentences are searched whole, but for the parts that tell a purpose or a condition. */
function addEnglish(sentence: Passage, folded: string, listed: boolean, statements: Statements, reader: Reader): void {
  const { patterns } = reader.words;
  if (!listed && !hits(patterns.collectEnglish, folded)) return;
  if (hits(patterns.thirdPartySubject, folded) || othersCollect(sentence.text, reader)) return;
  let from = 0;
  for (const match of matchesOf(patterns.sideEnglish, folded)) {
    statements.add(sentence, cut(sentence, from, match.index), { running: true });
    from = match.index + match[0].length;
  }
  statements.add(sentence, cut(sentence, from), { running: true });
}

/** A clause without the occasion in front, up to where it turns to what the data are for: 在注册时｜收集短信｜以识别账单. */
function withoutPurpose(clause: Passage, reader: Reader): Passage {
  const occasion = /^.{0,12}?在[^，,。]{1,20}?时(?!间|长|区|刻)/.exec(clause.text);
  if (occasion !== null) return withoutPurpose(cut(clause, occasion[0].length), reader);
  const folded = fold(clause.text, reader.words);
  const collects = firstMatch(reader.words.patterns.collectClause, folded);
  if (collects === null) return clause;
  const from = collects.index + collects[0].length;
  const purpose = folded.slice(from).search(reader.words.patterns.purposeInside);
  // 收集用于接入服务的程序信息、IP地址: right behind the verb it describes the data.
  return purpose <= 0 ? clause : cut(clause, 0, from + purpose);
}
