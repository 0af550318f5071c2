import type { Comparison, VerdictKind } from '../model/comparison.ts';
import type { Taxonomy } from '../model/data-type.ts';
import type { Language } from '../model/language.ts';
import { typeName } from '../model/type-name.ts';
import type { BaselineDifference } from './report-value.ts';
import { en } from './wording/en.ts';
import { zh } from './wording/zh.ts';

/** A comparison as a terminal shows it: cells for a table, and lines below it. */
export interface ComparisonTable {
  readonly header: readonly string[];
  readonly rows: readonly { readonly verdict: VerdictKind; readonly cells: readonly string[] }[];
  readonly notes: readonly string[];
}

export function comparisonTable(
  comparison: Comparison,
  baseline: BaselineDifference | null,
  taxonomy: Taxonomy,
  language: Language,
): ComparisonTable {
  const wording = language === 'zh' ? zh : en;
  const { label } = wording;
  const rows = comparison.verdicts.map((verdict) => ({
    verdict: verdict.verdict,
    cells: [
      verdict.recipient.name,
      typeName(taxonomy, verdict.data_type, language),
      wording.declared[verdict.declared],
      verdict.observed ? wording.times(verdict.count) : label.notObserved,
      Object.keys(verdict.phases)
        .map((phase) => wording.phase[phase as keyof typeof wording.phase])
        .join(wording.listSeparator),
      wording.verdict[verdict.verdict],
      verdict.violations.map(({ rule }) => rule).join(' '),
    ],
  }));
  return {
    header: [label.recipient, label.dataType, label.policySays, label.observed, label.phase, label.verdict, label.rule],
    rows,
    notes: notesOf(comparison, baseline, language),
  };
}

function notesOf(comparison: Comparison, baseline: BaselineDifference | null, language: Language): string[] {
  const wording = language === 'zh' ? zh : en;
  const { exchanges, gaps } = comparison.coverage;
  const total = gaps.reduce((sum, { count }) => sum + count, 0);
  const { undecided } = comparison.summary.verdicts;
  const caution =
    exchanges + total === 0
      ? wording.headline.silence
      : total + undecided === 0
        ? wording.headline.whole
        : wording.headline.caution(total, undecided);
  const listed = gaps.map(({ kind, host, count }) => `  ${count} × ${kind}${host === null ? '' : ` (${host})`}`);
  const open = comparison.not_decided.map(
    ({ rule, name, missing }) => `  ${rule} ${name}${wording.colon}${wording.missing[missing] ?? missing}`,
  );
  const broken = new Map(
    comparison.verdicts.flatMap(({ violations }) => violations.map(({ rule, name }) => [rule, name] as const)),
  );
  const legend = [...broken]
    .sort(([a], [b]) => Number(a.slice(1)) - Number(b.slice(1)))
    .map(([rule, name]) => `${rule} ${name}`);
  return [
    ...(legend.length === 0 ? [] : [legend.join(' · ')]),
    ...(baseline === null ? [] : differenceNotes(baseline, language)),
    `${caution} (${exchanges} ${wording.tiles.exchanges})`,
    ...listed,
    ...(open.length === 0 ? [] : [wording.unresolved.rules, ...open]),
  ];
}

function differenceNotes(baseline: BaselineDifference, language: Language): string[] {
  const wording = language === 'zh' ? zh : en;
  const lists = (['added', 'changed', 'gone'] as const).flatMap((list) =>
    baseline[list].map((line) => `  ${wording.baseline[list]}${wording.colon}${line}`),
  );
  return [
    `${wording.section.baseline} (${baseline.against})`,
    ...(lists.length === 0 ? [`  ${wording.baseline.same}`] : lists),
  ];
}
