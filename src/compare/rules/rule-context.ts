import type { Verdict } from '../../model/comparison.ts';
import type { Taxonomy } from '../../model/data-type.ts';
import type { Declaration } from '../../model/declaration.ts';
import type { Finding } from '../../model/finding.ts';
import type { Language } from '../../model/language.ts';
import type { Mark } from '../../model/mark.ts';
import type { AppCategory, Rule } from '../../model/rule.ts';
import type { ExchangeIndex } from '../exchange-index.ts';
import type { Party } from '../parties.ts';

/** All that a rule may look at for one verdict on something that was seen. */
export interface RuleCase {
  readonly verdict: Verdict;
  readonly party: Party;
  /** The findings behind the verdict, in the order of time. */
  readonly findings: readonly Finding[];
  readonly index: ExchangeIndex;
  readonly inBackground: (at: number) => boolean | null;
  /** Resettable identifiers in the same request. */
  readonly companions: (finding: Finding) => readonly string[];
  readonly declaration: Declaration | null;
  readonly marks: readonly Mark[];
  readonly category: AppCategory | null;
  readonly taxonomy: Taxonomy;
  readonly language: Language;
  readonly rule: Rule;
}

/** What a rule found: the findings that show it, and words for its sentence. */
export interface Breach {
  readonly findings: readonly Finding[];
  readonly words: Readonly<Record<string, string>>;
}

/** Decides one rule for one verdict; null: not broken, or not to be decided. */
export type Decider = (ruleCase: RuleCase) => Breach | null;

/** A breach when any finding shows it. */
export function shownBy(findings: readonly Finding[], words: Breach['words'] = {}): Breach | null {
  return findings.length === 0 ? null : { findings, words };
}

/** Whether the party is somebody else than the app's own makers. */
export function isThirdParty({ recipient }: Party): boolean {
  return recipient.kind !== 'first-party';
}

/** Notes that rules understand. */
export type NoteWord = 'policy-not-shown' | 'opt-out' | 'separate-consent';

/**
 * Note marks that rules understand: the note is the word, or begins with it and a colon.
 * @returns what stands after the colon, or '' for the bare word; null for another note.
 */
export function noteSays(mark: Mark, word: NoteWord): string | null {
  if (mark.kind !== 'note' || mark.note === null) return null;
  const [head = '', ...rest] = mark.note.split(/[:：]/);
  return head.trim().toLowerCase() === word ? rest.join(':').trim() : null;
}
