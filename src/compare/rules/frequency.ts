import type { Finding } from '../../model/finding.ts';
import { type Decider, type RuleCase, shownBy } from './rule-context.ts';

/** R6: more sendings within some minute than the rules file allows for the kind of data. */
export const overFrequency: Decider = (ruleCase) => {
  const { verdict, findings, rule, language } = ruleCase;
  const limit = limitOf(ruleCase);
  if (limit === null || verdict.per_minute_max <= limit) return null;
  const every = regularInterval(findings, rule.thresholds);
  const regular =
    every === null ? '' : language === 'zh' ? `，间隔固定为约${every}秒` : `, regularly every ${every} seconds or so`;
  return shownBy(findings, { perMinute: String(verdict.per_minute_max), limit: String(limit), regular });
};

function limitOf({ verdict, taxonomy, rule }: RuleCase): number | null {
  const type = taxonomy.get(verdict.data_type);
  if (type?.class === 'non') return null;
  const name =
    type?.group === 'Location' ? 'locationPerMinute' : type?.class === 'id' ? 'identifierPerMinute' : 'otherPerMinute';
  return rule.thresholds[name] ?? null;
}

/**
 * The interval, in whole seconds, at which data goes out like clockwork: the gaps between sendings differ from their middle one by
 * less than a tenth, or half a second. Null when there is no such beat, or too few sendings to tell.
 */
export function regularInterval(
  findings: readonly Finding[],
  thresholds: Readonly<Record<string, number>>,
): number | null {
  const times = [...new Set(findings.map(({ observedAt }) => observedAt))].sort((a, b) => a - b);
  if (times.length < (thresholds['regularSendingsMin'] ?? Number.POSITIVE_INFINITY)) return null;
  const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
  const middle = [...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 2)] as number;
  const slack = Math.max(500, middle / 10);
  if (middle < 1000 || middle > (thresholds['regularSecondsMax'] ?? 0) * 1000) return null;
  return gaps.every((gap) => Math.abs(gap - middle) <= slack) ? Math.round(middle / 1000) : null;
}

/** R7: while a mark says that the app was in the background. */
export const inBackground: Decider = ({ findings, inBackground: background }) =>
  shownBy(findings.filter(({ observedAt }) => background(observedAt) === true));
