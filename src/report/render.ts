import type { Language } from '../model/language.ts';
import { csvReport } from './csv.ts';
import { htmlReport } from './html/page.ts';
import { jsonReport } from './json.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';
import type { ReportFormat, ReportValue } from './report-value.ts';
import { sarifReport } from './sarif.ts';
import { en } from './wording/en.ts';
import type { Wording } from './wording/wording.ts';
import { zh } from './wording/zh.ts';

export type {
  BaselineDifference,
  ReportExchange,
  ReportFormat,
  ReportType,
  ReportValue,
} from './report-value.ts';

const WORDINGS: Readonly<Record<Language, Wording>> = { zh, en };

const FORMATS: Readonly<Record<ReportFormat, (value: ReportValue, wording: Wording) => string | Iterable<string>>> = {
  html: htmlReport,
  md: markdownReport,
  json: jsonReport,
  csv: csvReport,
  sarif: sarifReport,
  junit: junitReport,
};

/** Renders a report, in pieces to be written one after the other. The same value, format and language give the same bytes. */
export function renderReport(value: ReportValue, format: ReportFormat, language: Language): Iterable<string> {
  const rendered = FORMATS[format](value, WORDINGS[language]);
  return typeof rendered === 'string' ? [rendered] : gathered(rendered);
}

/** Fewer, longer pieces: one system call for each line would cost more than the line. */
function* gathered(pieces: Iterable<string>): Generator<string> {
  let waiting = '';
  for (const piece of pieces) {
    waiting += piece;
    if (waiting.length < 65_536) continue;
    yield waiting;
    waiting = '';
  }
  if (waiting !== '') yield waiting;
}
