import { type Comparison, SEVERITIES, type Severity, VERDICT_KINDS, type Verdict } from '../model/comparison.ts';
import { operatorError } from '../model/errors.ts';
import type { Rule } from '../model/rule.ts';

/** What ends a run with exit status 1. */
export interface ExitCondition {
  /** Verdict kinds and rule names, spelt out. */
  readonly names: ReadonlySet<string>;
  /** Violations of this severity and above. */
  readonly threshold: Severity | null;
}

/**
 * Reads `--fail-on` (verdict kinds, rule names, rule ids, `gaps`, separated by commas) and `--severity-threshold`.
 *
 * `undeclared` stands for undeclared recipients too: data for somebody whom the policy does not even name is undeclared.
 *
 * @throws TelltaleError `usage` for a word that is none of them, or for no word: a misspelt gate must not pass.
 */
export function parseExitCondition(
  failOn: string | null,
  threshold: string | null,
  rules: readonly Rule[],
): ExitCondition {
  const words = (failOn ?? '').split(',').map((word) => word.trim().toLowerCase());
  const named = words.filter((word) => word !== '');
  if (failOn !== null && named.length === 0) {
    throw operatorError('usage', {
      message: '--fail-on: nothing is named, so nothing could fail. Leave the option out',
    });
  }
  const names = new Set(named.flatMap((word) => namesOf(word, rules)));
  if (threshold === null) return { names, threshold: null };
  const severity = SEVERITIES.find((one) => one === threshold.trim().toLowerCase());
  if (severity === undefined) {
    throw operatorError('usage', {
      message: `--severity-threshold: ${threshold} is no severity. Choose one of: ${SEVERITIES.join(', ')}`,
    });
  }
  return { names, threshold: severity };
}

function namesOf(word: string, rules: readonly Rule[]): string[] {
  if (word === 'undeclared') return ['undeclared', 'undeclared-recipient'];
  if (word === 'gaps' || (VERDICT_KINDS as readonly string[]).includes(word)) return [word];
  const rule = rules.find(({ id, name }) => name === word || id.toLowerCase() === word);
  if (rule !== undefined) return [rule.name];
  const known = [...VERDICT_KINDS, 'gaps', ...rules.map(({ name }) => name)];
  throw operatorError('usage', {
    message: `--fail-on: ${word} is neither a verdict nor a rule. Choose from: ${known.join(', ')}`,
  });
}

/** Why the condition is met, one reason a verdict or rule, in the comparison's order; empty: it is not. */
export function reasonsToFail(
  { names, threshold }: ExitCondition,
  verdicts: readonly Verdict[],
  { gaps }: Comparison['coverage'],
): string[] {
  const reasons = new Map<string, number>();
  const count = (reason: string, times = 1) => reasons.set(reason, (reasons.get(reason) ?? 0) + times);
  for (const { verdict, violations } of verdicts) {
    if (names.has(verdict)) count(verdict);
    for (const { name, severity } of violations) {
      if (names.has(name)) count(name);
      else if (threshold !== null && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(threshold)) {
        count(`${name} (${severity})`);
      }
    }
  }
  const hidden = gaps.reduce((sum, gap) => sum + gap.count, 0);
  if (names.has('gaps') && hidden > 0) count('gaps', hidden);
  return [...reasons].map(([reason, times]) => `${reason} × ${times}`);
}

/** Rules that the condition names and that could not be decided: a run that they do not fail has not passed them. */
export function openGates({ names }: ExitCondition, notDecided: Comparison['not_decided']): Comparison['not_decided'] {
  return notDecided.filter(({ name }) => names.has(name));
}
