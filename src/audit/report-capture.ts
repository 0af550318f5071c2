import { type Difference, stateNow } from '../compare/baseline.ts';
import type { Comparison } from '../model/comparison.ts';

import { jsonPieces } from '../model/json-text.ts';
import { type Change, describeDifference } from '../report/describe-difference.ts';
import { makeReportValue } from '../report/make-report-value.ts';
import { type BaselineDifference, type ReportFormat, type ReportValue, renderReport } from '../report/render.ts';
import { type ComparisonTable, comparisonTable } from '../report/terminal-table.ts';
import { writePieces } from './export-har.ts';
import { type Judgement, type JudgeRequest, judgeCapture, withJudgement } from './judge.ts';

export type { ComparisonTable };

export interface Judged {
  /** The text, in pieces to be written one after the other, once. */
  readonly pieces: Iterable<string>;
  /** Why the run must end with exit status 1; empty: it need not. */
  readonly failures: readonly string[];
  /** Rules of `--fail-on` that could not be decided. */
  readonly undecidedGates: Comparison['not_decided'];
  readonly nothingCaptured: boolean;
}

/**
 * `telltale compare --format json`. With a baseline, `verdicts` are those that are new or changed, and `baseline` says what is gone and
 * what stayed as it was.
 */
export function comparisonJson(request: JudgeRequest): Judged {
  const { comparison, difference, ...exit } = judgeCapture(request);
  const compared = difference === null ? { ...comparison } : comparedWith(comparison, difference, request);
  return { pieces: lines(jsonPieces(compared)), ...exitOf(exit) };
}

function* lines(pieces: Iterable<string>): Generator<string> {
  yield* pieces;
  yield '\n';
}

/** `telltale compare --format table`. */
export function comparisonRows(request: JudgeRequest): Omit<Judged, 'pieces'> & { readonly table: ComparisonTable } {
  const judgement = judgeCapture(request);
  const { comparison, declaration, difference, data, book, language } = judgement;
  const shown = difference === null ? null : newOrChanged(difference);
  const table = comparisonTable(
    { comparison, declaration, rules: book.rules },
    shown ?? comparison.verdicts,
    described(judgement, request),
    data.taxonomy,
    language,
  );
  return { table, ...exitOf(judgement) };
}

/** `telltale report` in one of its forms. */
export function reportCapture(request: JudgeRequest, format: ReportFormat, version: string): Judged {
  return withJudgement(request, (judgement) => ({
    pieces: renderReport(reportValueOf(judgement, request, version), format, judgement.language),
    ...exitOf(judgement),
  }));
}

function exitOf({ failures, undecidedGates, nothingCaptured }: Omit<Judged, 'pieces'>): Omit<Judged, 'pieces'> {
  return { failures, undecidedGates, nothingCaptured };
}

function reportValueOf(judgement: Judgement, request: JudgeRequest, version: string): ReportValue {
  const { data, book } = judgement;
  return makeReportValue({
    ...judgement,
    tool: { name: 'telltale', version },
    taxonomy: data.taxonomy,
    rules: book.rules,
    baseline: described(judgement, request),
  });
}

function newOrChanged({ added, changed }: Difference): Comparison['verdicts'] {
  return [...added, ...changed.map(({ now }) => now)];
}

function comparedWith(
  comparison: Comparison,
  difference: Difference,
  request: JudgeRequest,
): Readonly<Record<string, unknown>> {
  const { added, changed, gone, unchanged } = difference;
  const named = ({ recipient, data_type, verdict }: Comparison['verdicts'][number]) => ({
    recipient,
    data_type,
    verdict,
  });
  return {
    ...comparison,
    verdicts: newOrChanged(difference),
    baseline: {
      against: request.baseline ?? '',
      new: added.map(named),
      changed: changed.map(({ before, now }) => ({
        ...named(now),
        before: before.verdict,
        rules_before: before.rules,
      })),
      gone,
      unchanged,
    },
  };
}

/** The difference in lines for people; null without a baseline. */
function described(
  { difference, comparison, data, language }: Omit<Judgement, 'evidence'>,
  request: JudgeRequest,
): BaselineDifference | null {
  if (difference === null) return null;
  const changes: readonly Change[] = [
    ...difference.added.map((verdict) => ({ ...stateNow(verdict), before: null, now: stateNow(verdict) })),
    ...difference.changed.map(({ before, now }) => ({ ...stateNow(now), before, now: stateNow(now) })),
    ...difference.gone.map((before) => ({ ...before, before, now: null })),
  ];
  return describeDifference(changes, request.baseline ?? '', comparison, data.taxonomy, language);
}

/** Writes a report, which anybody may read whom the folder lets. */
export function writeReport(path: string, pieces: Iterable<string>): void {
  writePieces(path, pieces, 0o666);
}
