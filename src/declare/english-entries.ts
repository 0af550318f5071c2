import type { LineBlock } from './blocks.ts';
import { isGenericName, isKnownName } from './entry.ts';
import { dataShare, type Reader } from './label-data.ts';
import { cut, type Passage, trim } from './passage.ts';
import type { ProseEntry } from './prose-entries.ts';
import { dataParts } from './said.ts';
import { sentencesOf } from './sentences.ts';
import { firstMatch, hits, type PolicyWords } from './words.ts';

/** A name in an English text. Offsets are those of the line. */
interface Named {
  readonly from: number;
  readonly to: number;
  /** Where the address behind it ends; null when it has none. */
  readonly linkTo: number | null;
  /** Where the list ends that it stands in: what is said there is said of each. */
  readonly listTo: number;
}

/**
 * Services that an English paragraph names without a layout to tell them by: one that somebody provides, those that a list gives behind
 * “third-party analytics such as”, and those that stand each in front of an address.
 *
 * @param inPart whether the line stands in a part about SDKs or service providers.
 */
export function englishEntries(one: LineBlock, line: number, inPart: boolean, reader: Reader): ProseEntry[] {
  const { passage } = one;
  const { text } = passage;
  if (text.length < NAMING_SIZE_MIN || !isEnglish(text)) return [];
  const found: Named[] = [];
  const all = [
    ...(/http|www\./.test(text) ? linkedIn(text, reader.words) : []),
    ...(text.includes(' by ') ? providedIn(text, inPart, reader) : []),
    ...usedIn(text, reader),
    ...listedIn(text, reader),
    ...(text.includes(': ') ? knownListIn(text, reader) : []),
    ...(text.includes(' used by ') ? runTogether(text, reader) : []),
    ...(text.includes(' Privacy ') ? policyOf(text) : []),
  ];
  for (const named of all) {
    const isNew = !found.some((other) => named.from < other.to && other.from < named.to);
    if (isNew && isProduct(text.slice(named.from, named.to), reader)) found.push(named);
  }
  found.sort((one, other) => one.from - other.from);
  return found.map(({ from, to, linkTo, listTo }) => {
    const name = trim(cut(passage, from, to));
    const next = found.find((other) => other.from >= listTo)?.from;
    const said = trim(cut(passage, listTo, next));
    const link = linkTo === null ? said : cut(passage, to, linkTo);
    const fields = [{ kind: linkTo === null ? ('other' as const) : ('link' as const), value: link }];
    return {
      draft: { name, fields, data: collectedBy(name.text, said, reader) },
      line,
      // A whole page, or what a long paragraph says besides, is not about the service.
      lines: text.length > PARAGRAPH_SIZE_MAX ? [] : [line],
      isSentence: true as const,
    };
  });
}

const PARAGRAPH_SIZE_MAX = 400;
/** Shorter lines have no room for a name and what tells that it is one. */
const NAMING_SIZE_MIN = 6;

const WORD = "(?:[A-Z0-9]|[a-z]{1,8}(?=[A-Z][a-z]))[\\w&'’+-]*(?:\\.[\\w&'’+-]+)*";
const NAME = `${WORD}(?: (?:${WORD}|by|for|of|to|the|&)){0,5}(?<! (?:by|for|of|to|the|&))`;
const IN_BRACKETS = '\\*?(?: ?\\([^()]{1,60}\\))?';
const PROVIDER = '(?:provided|offered|operated|supplied|developed|run) by';
const KIND = '(?:an? |the )?(?:[\\w-]+ ){0,5}?';
const USES =
  '\\b(?:[Ww]e|[Aa]nd|[Aa]pp|(?:[Tt]his|[Oo]ur|[Tt]he) (?:\\w+ )?(?:[Ww]eb ?)?(?:[Ss]ites?|[Aa]pp\\w*|[Gg]ames?|[Ss]ervices?|[Pp]roducts?|[Ss]oftware)) (?:also |may |currently |will )*(?:uses?|(?:is|are) using|integrates?|embeds?|works? with|relies on|rely on) (?:the )?(?:services? )?';

/** We use Larkline, provided by Larkline Inc. */
const PROVIDED = new RegExp(`${USES}(${NAME})${IN_BRACKETS},? (?:which is |that is )?${KIND}${PROVIDER}`, 'dg');
/** Finchmetrics is a web analytics service offered by Finch Ltd.: where it is not said what it is, it may be the app. */
const OFFERED = new RegExp(
  `(?<![\\w.’'] ?)(${NAME})${IN_BRACKETS},? is (${KIND})(?:that is |which is )?${PROVIDER}`,
  'dg',
);

function providedIn(text: string, inPart: boolean, { words }: Reader): Named[] {
  const offered = [...text.matchAll(OFFERED)].filter(
    ({ 1: name = '', 2: kind = '' }) => inPart || words.written.sortOfService.test(kind) || isKnownName(name, words),
  );
  return [...text.matchAll(PROVIDED), ...offered].map((match) => namedAt(match.indices?.[1]));
}

function namedAt([from, to]: readonly [number, number] = [0, 0]): Named {
  return { from, to, linkTo: null, listTo: to };
}

/** We use Finch Analytics to …; payments are processed by Wrenpay. The name must be known, or say what it is. */
const USED = new RegExp(
  `(?:${USES}|\\b(?:processed|handled|powered|hosted|served|delivered|managed) by )(${NAME})(?=${IN_BRACKETS},? (?:to|for|as|in|which|that|on|and|when)\\b|[.,;]|$)`,
  'dg',
);

function usedIn(text: string, reader: Reader): Named[] {
  return [...text.matchAll(USED)]
    .filter(({ 1: name = '' }) =>
      / /.test(name) && reader.words.written.productEnd.test(name) ? true : isKnownName(name, reader.words),
    )
    .map((match) => namedAt(match.indices?.[1]));
}

const ITEM = new RegExp(`(${NAME})${IN_BRACKETS}`, 'dy');
const BETWEEN = /,? (?:and|or|as well as|&) |[,;/] ?(?:and |or )?/y;

function listedIn(text: string, reader: Reader): Named[] {
  const folded = reader.words.folder.fold(text);
  // Third-party analytics such as A, B and C; Crash reporting: A. Names behind the word for what they are.
  const { listOfServices, listOfKind } = reader.words.patterns;
  return [listOfServices, listOfKind].flatMap((pattern) =>
    [...folded.matchAll(pattern)].flatMap((match) => {
      const before = /[^.;:]*$/.exec(folded.slice(Math.max(0, match.index - CONTEXT), match.index))?.[0] ?? '';
      if (hits(reader.words.patterns.listOfOthers, before + match[0])) return [];
      const end = match.index + match[0].length;
      const names = itemsFrom(text, end, reader);
      if (isShouted(text.slice(match.index, names.at(-1)?.listTo ?? end))) return [];
      // Behind a colon a sentence may begin: only a list ends with its last name.
      const isList = !/: $/.test(match[0]) || /^[.;)]?\s*$|^[.;]/.test(text.slice(names.at(-1)?.listTo ?? end));
      return isList ? names : [];
    }),
  );
}

/** Lark for Android: Firebase, AppsFlyer and Finch Ads: a list behind any colon, when it names services that are known. */
function knownListIn(text: string, reader: Reader): Named[] {
  return [...text.matchAll(/: (?=[A-Z])/g)].flatMap((match) => {
    const names = itemsFrom(text, match.index + 2, reader);
    const known = names.filter(({ from, to }) => isKnownName(text.slice(from, to), reader.words));
    const isAll = /^[.;)]?\s*$|^[.;]/.test(text.slice(names.at(-1)?.listTo ?? 0));
    return names.length >= KNOWN_LIST_MIN && known.length * 2 >= names.length && isAll ? names : [];
  });
}

const KNOWN_LIST_MIN = 3;

/** Link to the privacy policies of third-party service providers used by the app Lark Services Finch Ads …: known names, nothing between. */
function runTogether(text: string, { words }: Reader): Named[] {
  const folded = words.folder.fold(text);
  const names: Named[] = [];
  for (const { 0: lead, index } of folded.matchAll(words.patterns.providersOfApp)) {
    let at = index + lead.length;
    for (let match = knownAt(folded, at, words); match !== null; match = knownAt(folded, at, words)) {
      const { length } = match.groups?.['name'] ?? match[0];
      const from = at + match[0].length - match[0].trimStart().length;
      // AdMobAppsflyer: glued names part at their capitals; admobile is another name.
      if (/[a-z]/.test(text[from + length] ?? '')) break;
      at += match[0].length;
      names.push(namedAt([from, from + length]));
    }
  }
  return names;
}

function knownAt(folded: string, at: number, words: PolicyWords): RegExpExecArray | null {
  return firstMatch(words.patterns.runService, folded.slice(at, at + RUN_NAME_MAX));
}

const RUN_NAME_MAX = 60;

/** Larkline (ads): Larkline Privacy Policy.Finch: Finch's Privacy Notice: names that come back in front of their policies, whose links are lost. */
function policyOf(text: string): Named[] {
  return [...text.matchAll(POLICY_OF)].map((match) => namedAt(match.indices?.[1]));
}

const POLICY_OF = new RegExp(
  `(?<![A-Za-z])(${NAME})(?: \\([^()]{2,40}\\))?(?: ?[:–—-])? \\1(?:['’]s?)? Privacy (?:Policy|Notice|Statement|Shield)`,
  'dg',
);

/** In a sentence of capitals nothing tells a name. */
function isShouted(text: string): boolean {
  return (text.match(/[a-z]/g)?.length ?? 0) * 2 < (text.match(/[A-Z]/g)?.length ?? 0);
}

/** So far in front of the word for what they are stands what qualifies it: social, log-in, data received from. */
const CONTEXT = 50;

function itemsFrom(text: string, start: number, { unread }: Reader): Named[] {
  const names: Named[] = [];
  let at = start;
  let end = start;
  while (names.length < LIST_MAX) {
    ITEM.lastIndex = at;
    const item = ITEM.exec(text);
    if (item === null) break;
    names.push(namedAt(item.indices?.[1]));
    end = at + item[0].length;
    BETWEEN.lastIndex = end;
    if (BETWEEN.exec(text) === null) break;
    at = BETWEEN.lastIndex;
  }
  if (names.length >= LIST_MAX) unread.add('names-cut', text.slice(end));
  return names.map((name) => ({ ...name, listTo: end }));
}

const LIST_MAX = 100;

const ADDRESS = /[([]?\b(?:https?:\/\/|www\.)[^\s;,)\]]+[;,.)\]]*/g;
/** Lark http://…; Finch – please see Finch's policy at http://…: each name with its address. */
function linkedIn(text: string, words: PolicyWords): Named[] {
  const runs: Named[][] = [[]];
  let before = 0;
  for (const address of text.matchAll(ADDRESS)) {
    const to = address.index + address[0].length;
    const named = nameBefore(text, before, address.index);
    if (named === null) runs.push([]);
    else (runs.at(-1) as Named[]).push({ ...named, linkTo: to, listTo: to });
    before = to;
  }
  const nameOf = ({ from, to }: Named) => text.slice(from, to);
  return runs.filter((run) => run.length >= RUN_MIN && !isListOfBrowsers(run.map(nameOf), words)).flat();
}

/** How to refuse cookies in each browser, or by way of each alliance of advertisers: lists of addresses that name nobody's services. */
export function isListOfBrowsers(names: readonly string[], { written }: PolicyWords): boolean {
  return names.some((name) => written.browser.test(name));
}

/** Fewer names in front of addresses are sentences as likely as lists. */
const RUN_MIN = 3;
const LINKED_NAME =
  /^([\s;,.)\]•*·-]*(?:For )?)([A-Z0-9][^\s;:]*(?: (?:\([^()]{1,40}\)|[A-Z0-9&][^\s;:(]*|dba|by|for|of|and|the)){0,7})(?:\s*[-–—:([]\s*|\s+(?:\(?[Pp]lease|[Ss]ee|[Aa]vailable|[Oo]pt)[^;]{0,160}? |\s+)?$/;

function nameBefore(text: string, from: number, to: number): Pick<Named, 'from' | 'to'> | null {
  // In front of the first name of a list stands what the list is of: …: Lark http://….
  const start = Math.max(from, to - LINKED_REACH);
  const chunk = text.slice(start, to);
  const bare = chunk.replace(/\s+[-–—]\s+[Pp]lease[^;]*$/, '');
  let lead = 0;
  let match = LINKED_NAME.exec(bare);
  if (match === null) {
    lead = /^.*[:.!?]\s+(?=[A-Z0-9])/s.exec(bare)?.[0].length ?? 0;
    match = lead === 0 ? null : LINKED_NAME.exec(bare.slice(lead));
  }
  if (match === null) return null;
  const at = start + lead + (match[1] as string).length;
  return { from: at, to: at + (match[2] as string).length };
}

const LINKED_REACH = 260;

/** Whether words with capitals name a product rather than a document, a place, or data. */
export function isProduct(name: string, reader: Reader): boolean {
  const folded = reader.words.folder.fold(name);
  const { noBeginning, noProduct, browser } = reader.words.written;
  return (
    name.length >= 2 &&
    !/^[\d\W]+$/.test(name) &&
    !noBeginning.test(name) &&
    !noProduct.test(name) &&
    !browser.test(name) &&
    !isGenericName(folded) &&
    dataShare(folded, reader.lexicon) < 0.5
  );
}

/** Whether a text is English; a few characters of another script are a converter's. */
export function isEnglish(text: string): boolean {
  const foreignMax = text.length / 50;
  let foreign = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 0x3400 && code < 0xa000 && ++foreign > foreignMax) return false;
  }
  return true;
}

/** What a service is said to collect in the sentences behind its name, as long as these speak of it. */
function collectedBy(name: string, said: Passage, reader: Reader): Passage[] {
  const words = name.split(' ').filter((word) => word.length > 2);
  return sentencesOf(said)
    .slice(0, SENTENCES_MAX)
    .filter(({ text }, index) =>
      index === 0
        ? reader.words.written.goesOnToCollect.test(text)
        : reader.words.written.speaksOfIt.test(text) || words.some((word) => text.startsWith(word)),
    )
    .flatMap((sentence) => dataParts(sentence, reader));
}

const SENTENCES_MAX = 4;
