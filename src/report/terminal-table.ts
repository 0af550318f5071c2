import type { Comparison, Severity, Verdict, VerdictKind } from '../model/comparison.ts';
import type { Taxonomy } from '../model/data-type.ts';
import type { Language } from '../model/language.ts';
import { PHASES } from '../model/mark.ts';
import { typeName } from '../model/type-name.ts';
import { gapMeaning, type Headline, headline, type Judged, ruleFindings } from './overview.ts';
import type { BaselineDifference } from './report-value.ts';
import { en } from './wording/en.ts';
import type { Wording } from './wording/wording.ts';
import { zh } from './wording/zh.ts';

/** Hosts named for each kind of gap; the rest is counted. */
const HOSTS_MAX = 6;

/** A comparison as a terminal shows it: a table, what follows from it below, and last the conclusion, where the eye rests. */
export interface ComparisonTable {
  readonly header: readonly string[];
  readonly rows: readonly { readonly verdict: VerdictKind; readonly cells: readonly string[] }[];
  readonly sections: readonly TerminalSection[];
  readonly conclusion: Headline;
}

export interface TerminalSection {
  readonly title: string;
  readonly lines: readonly {
    /** A word to be coloured by its severity; null for a line without one. */
    readonly severity: { readonly word: string; readonly of: Severity } | null;
    readonly text: string;
  }[];
}

/** @param shown the verdicts that the table lists: all of them, or with a baseline the new and changed ones. */
export function comparisonTable(
  judged: Judged,
  shown: readonly Verdict[],
  baseline: BaselineDifference | null,
  taxonomy: Taxonomy,
  language: Language,
): ComparisonTable {
  const wording = language === 'zh' ? zh : en;
  const { label } = wording;
  const rows = shown.map((verdict) => ({
    verdict: verdict.verdict,
    cells: [
      verdict.recipient.name,
      typeName(taxonomy, verdict.data_type, language),
      wording.declared[verdict.declared],
      verdict.observed ? wording.times(verdict.count) : label.notObserved,
      PHASES.filter((phase) => verdict.phases[phase] !== undefined)
        .map((phase) => wording.phase[phase])
        .join(wording.listSeparator),
      wording.verdict[verdict.verdict],
      verdict.violations.map(({ rule }) => rule).join(' '),
    ],
  }));
  return {
    header: [label.recipient, label.dataType, label.policySays, label.observed, label.phase, label.verdict, label.rule],
    rows,
    sections: [
      problems(judged, wording),
      ...(baseline === null ? [] : [difference(baseline, wording)]),
      undecided(judged, wording),
      blindSpots(judged.comparison, wording),
    ].filter(({ lines }) => lines.length > 0),
    conclusion: headline(judged, wording),
  };
}

/** The table says which types: here stands who is concerned. */
function problems(judged: Judged, wording: Wording): TerminalSection {
  const lines = ruleFindings(judged).map(({ rule, severity, cases, concerned }) => {
    const human = rule.needsHuman ? ` [${wording.label.human}]` : '';
    const whom = concerned.map(({ recipient }) => recipient.name).join(wording.listSeparator);
    return {
      severity: { word: wording.severity[severity], of: severity },
      text: `${rule.id} ${rule.title[wording.language]} (${rule.name})${human} · ${wording.cases(cases.length)}${wording.colon}${whom}`,
    };
  });
  return { title: wording.label.findings, lines };
}

function undecided({ comparison, rules }: Judged, wording: Wording): TerminalSection {
  const titles = new Map(rules.map(({ id, title }) => [id, title[wording.language]]));
  const lines = comparison.not_decided.map(({ rule, name, missing }) =>
    plain(`${rule} ${titles.get(rule) ?? ''} (${name})${wording.colon}${wording.missing[missing] ?? missing}`),
  );
  return { title: wording.unresolved.rules, lines };
}

function blindSpots({ coverage }: Comparison, wording: Wording): TerminalSection {
  const kinds = new Map<string, { count: number; hosts: string[] }>();
  for (const { kind, host, count } of coverage.gaps) {
    const group = kinds.get(kind) ?? { count: 0, hosts: [] };
    group.count += count;
    if (host !== null) group.hosts.push(count === 1 ? host : `${host} ×${count}`);
    kinds.set(kind, group);
  }
  const lines = [...kinds]
    .sort(([a, { count: one }], [b, { count: other }]) => other - one || (a < b ? -1 : 1))
    .map(([kind, { count, hosts }]) => {
      const rest = hosts.length > HOSTS_MAX ? wording.andMore(hosts.length - HOSTS_MAX) : '';
      const where = hosts.length === 0 ? '' : ` (${hosts.slice(0, HOSTS_MAX).join(', ')}${rest})`;
      return plain(`${count} × ${kind}${where}${wording.colon}${gapMeaning(kind, wording)}`);
    });
  return { title: wording.section.coverage, lines };
}

function difference(baseline: BaselineDifference, wording: Wording): TerminalSection {
  const lines = (['added', 'changed', 'gone'] as const).flatMap((list) =>
    baseline[list].map((line) => plain(`${wording.baseline[list]}${wording.colon}${line}`)),
  );
  return {
    title: `${wording.section.baseline} (${baseline.against})`,
    lines: lines.length === 0 ? [plain(wording.baseline.same)] : lines,
  };
}

function plain(text: string): TerminalSection['lines'][number] {
  return { severity: null, text };
}
