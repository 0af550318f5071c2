import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Difference } from '../compare/baseline.ts';
import type { Comparison } from '../model/comparison.ts';
import { operatorError } from '../model/errors.ts';
import { jsonText } from '../model/json-text.ts';
import { makeReportValue } from '../report/make-report-value.ts';
import { type BaselineDifference, type ReportFormat, type ReportValue, renderReport } from '../report/render.ts';
import { type ComparisonTable, comparisonTable } from '../report/terminal-table.ts';
import { type Judgement, type JudgeRequest, judgeCapture, withJudgement } from './judge.ts';

export type { ComparisonTable };

export interface Judged {
  readonly text: string;
  /** Why the run must end with exit status 1; empty: it need not. */
  readonly failures: readonly string[];
}

/** `telltale compare --format json`. With a baseline, only verdicts that are new or changed, and what is gone beside them. */
export function comparisonJson(request: JudgeRequest): Judged {
  const { comparison, difference, failures } = judgeCapture(request);
  return { text: `${jsonText(comparedWith(comparison, difference, request.baseline ?? ''), 2)}\n`, failures };
}

/** `telltale compare --format table`. */
export function comparisonRows(request: JudgeRequest): { table: ComparisonTable; failures: readonly string[] } {
  const { comparison, difference, failures, data, language } = judgeCapture(request);
  const shown = difference === null ? comparison : { ...comparison, verdicts: newOrChanged(difference) };
  const baseline = difference === null ? null : described(difference, request.baseline ?? '');
  return { table: comparisonTable(shown, baseline, data.taxonomy, language), failures };
}

/** `telltale report` in one of its forms. */
export function reportCapture(request: JudgeRequest, format: ReportFormat, version: string): Judged {
  return withJudgement(request, (judgement) => ({
    text: renderReport(reportValueOf(judgement, request, version), format, judgement.language),
    failures: judgement.failures,
  }));
}

function reportValueOf(judgement: Judgement, request: JudgeRequest, version: string): ReportValue {
  const { difference, data, book } = judgement;
  return makeReportValue({
    ...judgement,
    tool: { name: 'telltale', version },
    taxonomy: data.taxonomy,
    rules: book.rules,
    baseline: difference === null ? null : described(difference, request.baseline ?? ''),
  });
}

function newOrChanged({ added, changed }: Difference): Comparison['verdicts'] {
  return [...added, ...changed.map(({ now }) => now)];
}

function comparedWith(comparison: Comparison, difference: Difference | null, against: string): unknown {
  if (difference === null) return comparison;
  const { added, changed, gone } = difference;
  const named = ({ recipient, data_type, verdict }: Comparison['verdicts'][number]) => ({
    recipient,
    data_type,
    verdict,
  });
  return {
    ...comparison,
    verdicts: newOrChanged(difference),
    baseline: {
      against,
      new: added.map(named),
      changed: changed.map(({ before, now }) => ({
        ...named(now),
        before: before.verdict,
        rules_before: before.rules,
      })),
      gone,
    },
  };
}

/** The difference in lines for people. */
function described({ added, changed, gone }: Difference, against: string): BaselineDifference {
  return {
    against,
    added: added.map(({ recipient, data_type, verdict }) => `${recipient.name}: ${data_type} (${verdict})`),
    changed: changed.map(
      ({ before, now }) =>
        `${now.recipient.name}: ${now.data_type} (${stateText(before.verdict, before.rules)} → ${stateText(
          now.verdict,
          now.violations.map(({ rule }) => rule),
        )})`,
    ),
    gone: gone.map(({ recipient, data_type, verdict }) => `${recipient.name}: ${data_type} (${verdict})`),
  };
}

function stateText(verdict: string, rules: readonly string[]): string {
  return [verdict, ...rules].join(' ');
}

/** Writes a report beside its name first, so that a reader never meets half of one. */
export function writeReport(path: string, text: string): void {
  const draft = `${path}.${process.pid}.part`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw operatorError('file-unwritable', { path, reason: (error as Error).message }, { cause: error });
  }
}
