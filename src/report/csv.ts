import { readableTime } from '../model/clock.ts';
import type { Comparison } from '../model/comparison.ts';
import { backgroundAt } from '../model/mark.ts';
import { escapeCsv } from '../model/shown-text.ts';
import { recipientKey, shortType } from './overview.ts';
import type { ReportValue } from './report-value.ts';
import type { Wording } from './wording/wording.ts';

const STATES = {
  zh: { front: '前台', back: '后台', unknown: '未标记', action: '传输', sure: '高', likely: '中', form: '低' },
  en: {
    front: 'foreground',
    back: 'background',
    unknown: 'not marked',
    action: 'sent',
    sure: 'high',
    likely: 'medium',
    form: 'low',
  },
} as const;

/**
 * One line for each finding, with the columns of Chinese test labs. It begins with a byte order mark, without which spreadsheets
 * take UTF-8 for the system's own code page.
 */
export function* csvReport(value: ReportValue, wording: Wording): Generator<string> {
  const states = STATES[wording.language];
  const { comparison } = value;
  const inBackground = backgroundAt(comparison.marks.map((mark) => ({ ...mark, at: Date.parse(mark.at) })));
  const parties = new Map(comparison.recipients.map((party) => [recipientKey(party.recipient), party]));
  const exchanges = new Map(value.exchanges.map((exchange) => [exchange.id, exchange]));
  const verdicts = new Map(
    comparison.verdicts.flatMap((verdict) => verdict.findings.map((id) => [id, verdict] as const)),
  );
  const bases = basesByFinding(comparison);
  yield `\ufeff${lineOf(wording.csv)}`;
  for (const [index, finding] of value.findings.entries()) {
    const verdict = verdicts.get(finding.id);
    const exchange = exchanges.get(finding.exchange);
    const party = parties.get(recipientKey(finding.recipient));
    const back = inBackground(finding.observedAt);
    const confidence = { 'known-value': states.sure, 'self-checking': states.likely, structure: states.form };
    yield lineOf([
      index + 1,
      readableTime(finding.observedAt, wording.language).slice(0, 23),
      wording.phase[finding.phase],
      back === null ? states.unknown : back ? states.back : states.front,
      finding.recipient.name,
      finding.host,
      party?.vendor ?? '',
      exchange?.serverAddress ?? '',
      exchange?.country ? wording.country(exchange.country) : '',
      states.action,
      shortType(value, finding.dataType),
      finding.valueMasked,
      [...finding.decodeChain, finding.transform].join(' → '),
      finding.field ?? '',
      finding.offset,
      finding.length,
      verdict?.per_minute_max ?? '',
      verdict === undefined ? '' : wording.declared[verdict.declared],
      verdict === undefined ? '' : wording.verdict[verdict.verdict],
      (bases.get(finding.id) ?? []).join('；'),
      confidence[finding.match],
      finding.exchange,
      exchange?.requestSha256 ?? '',
    ]);
  }
}

function lineOf(cells: readonly (string | number)[]): string {
  return `${cells.map((cell) => escapeCsv(String(cell))).join(',')}\r\n`;
}

/** The rules that each finding breaks, with their basis. */
function basesByFinding({ verdicts }: Comparison): ReadonlyMap<number, readonly string[]> {
  const bases = new Map<number, string[]>();
  for (const { rule, basis, findings } of verdicts.flatMap(({ violations }) => violations)) {
    for (const id of findings) {
      const own = bases.get(id);
      if (own === undefined) bases.set(id, [`${rule} ${basis}`]);
      else own.push(`${rule} ${basis}`);
    }
  }
  return bases;
}
