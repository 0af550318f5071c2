import type { Severity } from '../model/comparison.ts';
import { operatorError } from '../model/errors.ts';
import type { AppCategory, Bilingual, LegalBasis, Rule, RuleInput, RuleProfile } from '../model/rule.ts';

/** signatures/rules.json, as its schema allows it. */
interface RulesFile {
  readonly documents: Readonly<Record<string, Bilingual>>;
  readonly rules: readonly RuleEntry[];
  readonly app_categories: readonly (Omit<AppCategory, 'necessaryText'> & {
    readonly necessary_text: readonly string[];
  })[];
}

interface RuleEntry {
  readonly id: string;
  readonly name: string;
  readonly severity: Severity;
  readonly needs_human: boolean;
  readonly needs: readonly RuleInput[];
  readonly title: Bilingual;
  readonly decided_by: Bilingual;
  readonly text: Bilingual;
  readonly advice: Bilingual;
  readonly thresholds: Readonly<Record<string, number>>;
  readonly basis: Readonly<
    Partial<Record<RuleProfile, readonly { document: string; item: string; checked: boolean }[]>>
  >;
}

export interface RuleBook {
  readonly rules: readonly Rule[];
  readonly categories: readonly AppCategory[];
}

/**
 * Takes the rules of one profile out of rules.json, in the file's order.
 *
 * @param file the file's value, already held against its schema; null when there is none, which gives no rules.
 * @throws TelltaleError `signature-invalid` for a basis in a document that the file does not list.
 */
export function parseRules(file: unknown, profile: RuleProfile): RuleBook {
  if (file === null) return { rules: [], categories: [] };
  const { documents, rules, app_categories } = file as RulesFile;
  return {
    rules: rules.flatMap((entry) => {
      const basis = entry.basis[profile];
      return basis === undefined ? [] : [ruleOf(entry, profile, basis, documents)];
    }),
    categories: app_categories.map(({ necessary_text, ...rest }) => ({ ...rest, necessaryText: necessary_text })),
  };
}

function ruleOf(
  entry: RuleEntry,
  profile: RuleProfile,
  basis: readonly { document: string; item: string; checked: boolean }[],
  documents: Readonly<Record<string, Bilingual>>,
): Rule {
  const { needs_human: needsHuman, decided_by: decidedBy, ...rest } = entry;
  return {
    ...rest,
    profile,
    needsHuman,
    decidedBy,
    basis: basis.map(({ document, item, checked }): LegalBasis => {
      const names = documents[document];
      if (names === undefined) {
        throw operatorError('signature-invalid', {
          path: 'rules.json',
          place: `rule ${entry.id}, basis`,
          expected: `a name from "documents" expected, not ${document}`,
        });
      }
      return { document: names, item, checked };
    }),
  };
}

/** Finds the kind of app by id, number or name; null when there is none such. */
export function categoryNamed(categories: readonly AppCategory[], name: string): AppCategory | null {
  const wanted = name.trim().toLowerCase();
  return (
    categories.find(({ id, number, names }) =>
      [id, String(number), names.zh, names.zh.replace(/类$/, ''), names.en.toLowerCase()].includes(wanted),
    ) ?? null
  );
}
