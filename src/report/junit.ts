import type { Verdict } from '../model/comparison.ts';
import { escapeMarkup as xml } from './escape.ts';
import { recipientKey, shortType } from './overview.ts';
import type { ReportValue } from './report-value.ts';
import type { Wording } from './wording/wording.ts';

/**
 * The comparison as a test run, for dashboards of device farms: a suite for each recipient, a case for each data type. A case
 * fails when the type is undeclared or breaks a rule, and is skipped when nothing could be decided.
 */
export function junitReport(value: ReportValue, wording: Wording): string {
  const { comparison, capture } = value;
  const stamp = new Date(capture.startedAt).toISOString().slice(0, 19);
  const seconds = capture.endedAt === null ? 0 : (capture.endedAt - capture.startedAt) / 1000;
  const suites = comparison.recipients.flatMap(({ recipient }) => {
    const own = comparison.verdicts.filter((one) => recipientKey(one.recipient) === recipientKey(recipient));
    if (own.length === 0) return [];
    const counts = countsOf(own);
    const name = xml(`${recipient.kind} ${recipient.id}`);
    const cases = own.map((verdict) => testCase(verdict, value, wording));
    return `  <testsuite name="${name}" tests="${own.length}" failures="${counts.failures}" errors="0" skipped="${counts.skipped}" time="0" timestamp="${stamp}" hostname="${xml(capture.device ?? 'device')}">\n${cases.join('')}  </testsuite>\n`;
  });
  const all = countsOf(comparison.verdicts);
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${xml(`telltale ${comparison.capture}`)}" tests="${comparison.verdicts.length}" failures="${all.failures}" errors="0" time="${seconds.toFixed(3)}">
${suites.join('')}</testsuites>
`;
}

function countsOf(verdicts: readonly Verdict[]): { failures: number; skipped: number } {
  return {
    failures: verdicts.filter(fails).length,
    skipped: verdicts.filter((verdict) => !fails(verdict) && verdict.verdict === 'undecided').length,
  };
}

function fails({ verdict, violations }: Verdict): boolean {
  return verdict === 'undeclared' || verdict === 'undeclared-recipient' || violations.length > 0;
}

function testCase(verdict: Verdict, value: ReportValue, wording: Wording): string {
  const name = xml(verdict.data_type);
  const open = `    <testcase name="${name}" classname="${xml(`telltale.${verdict.recipient.kind}.${verdict.recipient.id}`)}" time="0"`;
  const reason = `${wording.verdict[verdict.verdict]}${wording.colon}${wording.because[verdict.because]}`;
  if (!fails(verdict)) {
    if (verdict.verdict !== 'undecided') return `${open}/>\n`;
    return `${open}>\n      <skipped>${xml(reason)}</skipped>\n    </testcase>\n`;
  }
  const type = verdict.violations[0]?.name ?? verdict.verdict;
  const lines = [
    `${shortType(value, verdict.data_type)} → ${verdict.recipient.name}`,
    ...verdict.violations.map(({ rule, text }) => `${rule} ${text}`),
    `${wording.label.exchange}${wording.colon}${verdict.exchanges.map((id) => `#${id}`).join(', ')}`,
  ];
  return `${open}>\n      <failure message="${xml(reason)}" type="${xml(type)}">${xml(lines.join('\n'))}</failure>\n    </testcase>\n`;
}
