import { readFileSync } from 'node:fs';
import { Folder } from './fold.ts';

/** The words of signatures/policy-words.json: everything that says how policies speak, apart from the names of the data. */
export interface PolicyWords {
  /** Makes texts comparable. */
  readonly folder: Folder;
  readonly notData: readonly string[];
  readonly wholeItems: Readonly<Record<string, readonly string[]>>;
  /** Whole items that are also verbs or common nouns: only lists of data may mean them. */
  readonly verbItems: readonly string[];
  readonly codes: readonly string[];
  readonly codeFillers: readonly string[];
  /** Field labels and column heads, the first pattern that fits decides. */
  readonly labels: readonly { readonly kind: LabelKind; readonly pattern: RegExp }[];
  /** Labels met before with what they asked for: tables ask for the same few over and over. */
  readonly labelKinds: Map<string, LabelKind | null>;
  /** Headings by what their section is about, the first pattern that fits decides. */
  readonly sections: readonly { readonly role: SectionRole; readonly pattern: RegExp }[];
  readonly patterns: Readonly<Record<PatternName, RegExp>>;
  readonly written: Readonly<Record<WrittenName, RegExp>>;
}

export const LABEL_KINDS = [
  'index',
  'name',
  'vendor',
  'function',
  'purpose',
  'scene',
  'data',
  'permission',
  'link',
  'site',
  'way',
  'platform',
  'category',
  'other',
] as const;
export type LabelKind = (typeof LABEL_KINDS)[number];

export const SECTION_ROLES = [
  'exception',
  'sdk',
  'definition',
  'rights',
  'security',
  'contact',
  'update',
  'children',
  'storage',
  'sharing',
  'permission',
  'cookie',
  'collection',
] as const;
export type SectionRole = (typeof SECTION_ROLES)[number];

/** Patterns that rules ask for by name. All are matched against folded text. */
export const PATTERN_NAMES = [
  'sdkMention',
  'sdkName',
  'knownSdk',
  'company',
  'linkText',
  'emptyValue',
  'negation',
  'negationEnd',
  'collectVerb',
  'collectCue',
  'collectClause',
  'sideClause',
  'usesCollected',
  'neverCollects',
  'definition',
  'notName',
  'neverName',
  'profileEdit',
  'integrates',
  'purposeInside',
  'purposeInField',
  'listIntro',
  'thirdPartySubject',
  'asksYou',
  'weCollect',
  'collectEnglish',
  'sideEnglish',
  'dataEnd',
  'purposeNoun',
  'purposeStart',
  'deletedText',
  'mainland',
  'abroad',
  'crossBorder',
  'noCrossBorder',
  'crossBorderConsent',
  'crossBorderLaw',
  'retention',
  'retentionPlain',
  'children',
  'childrenPlain',
  'updated',
  'effective',
  'policyTitle',
  'policyText',
  'headEnd',
  'headJoins',
  'labelStart',
  'companyEnd',
  'place',
  'speaks',
  'nameCollects',
  'quotedNames',
  'usedList',
  'ofSystemInBrackets',
  'notOneName',
  'notNeighbour',
  'kindOfSdk',
  'phoneMaker',
  'nameBefore',
  'nameBehind',
  'leadsToName',
  'ownerOfSdk',
  'ofAnybody',
  'saidInBrackets',
  'listInBrackets',
  'listBehind',
  'listTitled',
  'listOfThirdParties',
  'betweenNames',
  'meansBefore',
  'meansBehind',
  'listBefore',
  'namesEnd',
  'nameItem',
  'runService',
  'partyInBrackets',
  'partyPlain',
  'partyBySdk',
  'partyShared',
  'noParty',
  'partyGets',
  'listOfOthers',
  'providersOfApp',
  'listOfServices',
  'listOfKind',
  'noSdkName',
  'anySdk',
] as const;
export type PatternName = (typeof PATTERN_NAMES)[number];

/** Patterns that look at the text as written, capitals included. */
export const WRITTEN_NAMES = [
  'productEnd',
  'browser',
  'noBeginning',
  'noProduct',
  'goesOnToCollect',
  'speaksOfIt',
  'headAspect',
  'beginsLabel',
  'sortOfService',
  'headSubject',
] as const;
export type WrittenName = (typeof WRITTEN_NAMES)[number];

interface WordsFile {
  readonly simplified: Readonly<Record<string, string>>;
  readonly traditional_words: Readonly<Record<string, string>>;
  readonly not_data: readonly string[];
  readonly whole_items: Readonly<Record<string, readonly string[]>>;
  readonly verb_items: readonly string[];
  readonly codes: readonly string[];
  readonly code_fillers: readonly string[];
  readonly labels: readonly (readonly [LabelKind, string])[];
  readonly sections: readonly (readonly [SectionRole, string])[];
  readonly patterns: Readonly<Record<PatternName, string | readonly string[]>>;
  readonly written: Readonly<Record<WrittenName, string>>;
}

/** Reads the words that ship with telltale; they lie two folders above this file both in src/ and in dist/. */
export function loadWords(): PolicyWords {
  const file = JSON.parse(
    readFileSync(new URL('../../signatures/policy-words.json', import.meta.url), 'utf8'),
  ) as WordsFile;
  const simplified = new Map<string, string>();
  for (const [to, from] of Object.entries(file.simplified)) for (const character of from) simplified.set(character, to);
  return {
    folder: new Folder(simplified, new Map(Object.entries(file.traditional_words))),
    notData: file.not_data,
    wholeItems: file.whole_items,
    verbItems: file.verb_items,
    codes: file.codes,
    codeFillers: file.code_fillers,
    labelKinds: new Map(),
    labels: file.labels.map(([kind, pattern]) => ({ kind, pattern: compiled(pattern, 'u') })),
    sections: file.sections.map(([role, pattern]) => ({ role, pattern: compiled(pattern, 'u') })),
    patterns: Object.fromEntries(
      PATTERN_NAMES.map((name) => [name, compiled(alternatives(file.patterns[name]), 'gu')]),
    ) as Record<PatternName, RegExp>,
    written: Object.fromEntries(WRITTEN_NAMES.map((name) => [name, compiled(file.written[name], 'u')])) as Record<
      WrittenName,
      RegExp
    >,
  };
}

/**
 * Makes a pattern of which V8 makes machine code at once, as it does when the first text it is asked of is long.
 *
 * Of others it makes bytecode first, which takes three times as long as the machine code and is used once: nearly all of these are
 * asked of every line.
 */
function compiled(pattern: string, flags: 'u' | 'gu'): RegExp {
  const made = new RegExp(pattern, flags);
  made.test(LONG_TEXT);
  made.lastIndex = 0;
  return made;
}

/** Nothing that any of them is asked for, and quickly passed by. */
const LONG_TEXT = '\u0001'.repeat(1_000);

function alternatives(pattern: string | readonly string[]): string {
  return typeof pattern === 'string' ? pattern : pattern.map((one) => `(?:${one})`).join('|');
}

/** Whether a pattern is found in folded text, wherever the last search with it ended. */
export function hits(pattern: RegExp, folded: string): boolean {
  return folded.search(pattern) !== -1;
}

/** All matches of a global pattern: what `matchAll` gives, without a new pattern for each text. */
export function matchesOf(pattern: RegExp, text: string): RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    found.push(match);
    if (match[0] === '') pattern.lastIndex += pattern.unicode && isPair(text, pattern.lastIndex) ? 2 : 1;
  }
  return found;
}

function isPair(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff;
}

/** The first match of a pattern in folded text. */
export function firstMatch(pattern: RegExp, folded: string): RegExpExecArray | null {
  pattern.lastIndex = 0;
  const match = pattern.exec(folded);
  pattern.lastIndex = 0;
  return match;
}
