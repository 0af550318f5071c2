import type { Severity } from './comparison.ts';
import type { Language } from './language.ts';

/** Text in both languages of the reports. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** Where a rule stands in law or in a standard. */
export interface LegalBasis {
  readonly document: Bilingual;
  /** Article, clause or numbered item. */
  readonly item: string;
  /** False when the number is quoted from general knowledge of the field and was not read in the document itself. */
  readonly checked: boolean;
}

/** What must be known, besides the traffic, before the rule can say anything. */
export type RuleInput =
  | 'policy'
  | 'consent-mark'
  | 'refusal-mark'
  | 'background-mark'
  | 'opt-out-note'
  | 'category'
  | 'countries';

export type RuleProfile = 'cn' | 'gdpr';

export const RULE_PROFILES = ['cn', 'gdpr'] as const satisfies readonly RuleProfile[];

/** One rule of signatures/rules.json, as one profile (body of law) states it. */
export interface Rule {
  readonly id: string;
  /** Short name for `--fail-on`: `before-consent`, `cleartext`, … */
  readonly name: string;
  readonly profile: RuleProfile;
  readonly severity: Severity;
  /** The traffic shows a sign; a person must confirm what it means. */
  readonly needsHuman: boolean;
  readonly needs: readonly RuleInput[];
  readonly basis: readonly LegalBasis[];
  readonly title: Bilingual;
  /** How it is decided, for the report's page of methods. */
  readonly decidedBy: Bilingual;
  /** The finding's sentence, with `{placeholders}`. */
  readonly text: Bilingual;
  readonly advice: Bilingual;
  /** Thresholds, by name. */
  readonly thresholds: Readonly<Record<string, number>>;
}

/** A kind of app of the regulation on necessary personal information, and what such an app may require. */
export interface AppCategory {
  readonly id: string;
  readonly number: number;
  readonly names: Bilingual;
  /** Basic function, as the regulation gives it. */
  readonly function: string;
  /** Necessary personal information as the regulation words it; empty: usable without any. */
  readonly necessaryText: readonly string[];
  /** The same as data-type ids. */
  readonly necessary: readonly string[];
}

/** A basis in words; one whose number nobody has read in the document itself says so. */
export function basisText({ document, item, checked }: LegalBasis, language: Language): string {
  const note = checked ? '' : language === 'zh' ? '（条款待核对）' : ' (to be checked)';
  const place = language === 'zh' ? item : itemInEnglish(item);
  return `${document[language]}${place === '' ? '' : ` ${place}`}${note}`;
}

const DIGITS = '零一二三四五六七八九';

/** `第十三条、第十四条` → `Art. 13, Art. 14`; `三·1` → `3·1`; `6.2、附录A` → `6.2, Annex A`. */
function itemInEnglish(item: string): string {
  return item
    .replace(/第([一二三四五六七八九十]+)条/g, (_, number: string) => `Art. ${chineseNumber(number)}`)
    .replace(/附录/g, 'Annex ')
    .replace(/（/g, '(')
    .replace(/）/g, ')')
    .replace(/[一二三四五六七八九十]+/g, (number) => String(chineseNumber(number)))
    .replace(/、/g, ', ');
}

/** 1 to 99. */
function chineseNumber(text: string): number {
  const [tens = '', ones = ''] = text.includes('十') ? text.split('十') : ['零', text];
  return (tens === '' ? 1 : DIGITS.indexOf(tens)) * 10 + (ones === '' ? 0 : DIGITS.indexOf(ones));
}
