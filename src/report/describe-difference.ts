import type { Comparison, VerdictKind } from '../model/comparison.ts';
import type { Taxonomy } from '../model/data-type.ts';
import type { Language } from '../model/language.ts';
import type { Recipient } from '../model/recipient.ts';
import { typeName } from '../model/type-name.ts';
import { recipientKey } from './overview.ts';
import type { BaselineDifference } from './report-value.ts';
import { en } from './wording/en.ts';
import { zh } from './wording/zh.ts';

/** What a comparison said of one recipient and data type, in short. */
export interface State {
  readonly verdict: string;
  /** Ids of the rules it breaks. */
  readonly rules: readonly string[];
}

/** One recipient and data type of which two comparisons do not say the same; null: one of them says nothing. */
export interface Change {
  readonly recipient: Pick<Recipient, 'id' | 'name'> & { readonly kind: string };
  readonly data_type: string;
  readonly before: State | null;
  readonly now: State | null;
}

/** The difference from an earlier comparison in lines for people. Recipients go by the names that they have now. */
export function describeDifference(
  changes: readonly Change[],
  against: string,
  { recipients }: Pick<Comparison, 'recipients'>,
  taxonomy: Taxonomy,
  language: Language,
): BaselineDifference {
  const wording = language === 'zh' ? zh : en;
  const names = new Map(recipients.map(({ recipient }) => [recipientKey(recipient), recipient.name]));
  const stateText = ({ verdict, rules }: State) =>
    [wording.verdict[verdict as VerdictKind] ?? verdict, ...rules].join(' ');
  const lineOf = ({ recipient, data_type, before, now }: Change) => {
    const name = names.get(recipientKey(recipient as Recipient)) ?? recipient.name;
    const states = [before, now].flatMap((state) => (state === null ? [] : stateText(state)));
    return `${name}${wording.colon}${typeName(taxonomy, data_type, language)} (${states.join(' → ')})`;
  };
  return {
    against,
    added: changes.filter(({ before }) => before === null).map(lineOf),
    changed: changes.filter(({ before, now }) => before !== null && now !== null).map(lineOf),
    gone: changes.filter(({ now }) => now === null).map(lineOf),
  };
}
