import { type Comparison, SEVERITIES, type Severity, type Verdict, type Violation } from '../../model/comparison.ts';
import type { Taxonomy } from '../../model/data-type.ts';
import type { Declaration } from '../../model/declaration.ts';
import type { CaptureEvidence } from '../../model/evidence.ts';
import type { Language } from '../../model/language.ts';
import type { Mark } from '../../model/mark.ts';
import { type AppCategory, basisText, type Rule, type RuleInput } from '../../model/rule.ts';
import { typeName } from '../../model/type-name.ts';
import type { ExchangeIndex } from '../exchange-index.ts';
import { exchangesOf } from '../observation.ts';
import type { Judged } from '../verdicts.ts';
import {
  afterOptOut,
  afterRefusal,
  beforeConsent,
  nothingShown,
  sensitive,
  thirdPartyWithoutConsent,
} from './consent.ts';
import { listMismatch, recipientUndisclosed, typeUndisclosed, unnecessary } from './disclosure.ts';
import { inBackground, overFrequency } from './frequency.ts';
import { type Breach, type Decider, type NoteWord, noteSays, type RuleCase } from './rule-context.ts';
import { cleartext, crossBorder, immutableIdentifier, resettableCompanions } from './transport.ts';

/** The code that decides each rule of rules.json, by id. */
export const DECIDERS: Readonly<Record<string, Decider>> = {
  R1: beforeConsent,
  R2: nothingShown,
  R3: typeUndisclosed,
  R4: recipientUndisclosed,
  R5: thirdPartyWithoutConsent,
  R6: overFrequency,
  R7: inBackground,
  R8: unnecessary,
  R9: afterRefusal,
  R10: afterOptOut,
  R11: cleartext,
  R12: crossBorder,
  R13: immutableIdentifier,
  R14: sensitive,
  R15: listMismatch,
};

export interface RulesInput {
  readonly rules: readonly Rule[];
  readonly evidence: CaptureEvidence;
  readonly marks: readonly Mark[];
  readonly index: ExchangeIndex;
  readonly inBackground: (at: number) => boolean | null;
  readonly declaration: Declaration | null;
  readonly category: AppCategory | null;
  readonly hasCountries: boolean;
  readonly nothingCaptured: boolean;
  readonly taxonomy: Taxonomy;
  readonly language: Language;
}

/** Holds every verdict on something seen against every rule that can be decided. */
export function withViolations(judged: readonly Judged[], input: RulesInput): Verdict[] {
  const lacking = new Set(undecidable(input).map(({ rule }) => rule));
  const rules = input.rules.filter(({ id }) => !lacking.has(id));
  const companions = resettableCompanions(judged);
  return judged.map(({ verdict, party, findings }) => {
    // What is not personal information by itself (a package name, a version) breaks no rule on personal information.
    const personal = input.taxonomy.get(verdict.data_type)?.class !== 'non';
    if (!verdict.observed || !personal) return verdict;
    const base = { ...input, verdict, party, findings, companions };
    return { ...verdict, violations: rules.flatMap((rule) => violationOf({ ...base, rule }) ?? []) };
  });
}

function violationOf(ruleCase: RuleCase): Violation | null {
  const { rule, language } = ruleCase;
  const breach = DECIDERS[rule.id]?.(ruleCase) ?? null;
  if (breach === null) return null;
  return {
    rule: rule.id,
    name: rule.name,
    basis: rule.basis.map((one) => basisText(one, language)).join(language === 'zh' ? '；' : '; '),
    severity: severityOf(ruleCase, breach),
    text: sentence(ruleCase, breach),
    needs_human: rule.needsHuman || breach.findings.every(({ match }) => match === 'structure'),
    // A rule that all findings break names those of the verdict: half a million numbers need not be gathered three times over.
    ...(breach.findings === ruleCase.findings
      ? { exchanges: ruleCase.verdict.exchanges, findings: ruleCase.verdict.findings }
      : {
          exchanges: exchangesOf(breach.findings),
          findings: breach.findings.map(({ id }) => id).sort((a, b) => a - b),
        }),
  };
}

/**
 * The rule's severity; one step milder for facts of the device that were seen by their form alone. A screen size under its own name is
 * no IMEI, and a reader who finds both called high stops reading.
 */
function severityOf({ rule, verdict, taxonomy }: RuleCase, { findings }: Breach): Severity {
  const type = taxonomy.get(verdict.data_type);
  const grave = type === undefined || type.class === 'id' || type.sensitive || type.group !== 'Device facts';
  if (grave || findings.some(({ match }) => match !== 'structure')) return rule.severity;
  return SEVERITIES[Math.max(0, SEVERITIES.indexOf(rule.severity) - 1)] ?? rule.severity;
}

function sentence({ rule, verdict, taxonomy, language }: RuleCase, breach: Breach): string {
  const words: Record<string, string> = {
    recipient: verdict.recipient.name,
    type: typeName(taxonomy, verdict.data_type, language),
    count: String(breach.findings.length),
    ...breach.words,
  };
  const text = rule.text[language].replace('{count} times', breach.findings.length === 1 ? 'once' : '{count} times');
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole);
}

/** Rules that cannot be decided because something besides the traffic is missing. */
export function undecidable(input: RulesInput): Comparison['not_decided'][number][] {
  const { marks } = input;
  const marked = (...kinds: readonly Mark['kind'][]) => marks.some(({ kind }) => kinds.includes(kind));
  const noted = (word: NoteWord) => marks.some((mark) => noteSays(mark, word) !== null);
  const has: Readonly<Record<RuleInput, boolean>> = {
    policy: input.declaration !== null,
    'consent-mark': marked('consent', 'refused') || noted('policy-not-shown'),
    'refusal-mark': marked('refused'),
    'background-mark': marked('background'),
    'opt-out-note': noted('opt-out'),
    category: input.category !== null,
    countries: input.hasCountries,
  };
  return input.rules.flatMap(({ id, name, needs }) => {
    const missing = input.nothingCaptured ? 'traffic' : needs.find((need) => !has[need]);
    return missing === undefined ? [] : [{ rule: id, name, missing }];
  });
}
