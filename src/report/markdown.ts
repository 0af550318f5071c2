import { readableTime } from '../model/clock.ts';
import type { Verdict } from '../model/comparison.ts';
import { PHASES } from '../model/mark.ts';
import { basisText } from '../model/rule.ts';
import { escapeMarkdown as safe } from './escape.ts';
import {
  adviceFor,
  fileName,
  findingsOf,
  gapMeaning,
  headline,
  policyPromises,
  recipientKey,
  reportName,
  ruleFindings,
  shortType,
} from './overview.ts';
import type { ReportValue } from './report-value.ts';
import type { Wording } from './wording/wording.ts';

/** Rows of evidence for one verdict. */
const EVIDENCE_ROWS_MAX = 5;

/** The report for merge requests, wikis and tickets: the same order as the HTML, tables instead of drawings. */
export function markdownReport(value: ReportValue, wording: Wording): string {
  const blocks = [
    ...cover(value, wording),
    ...problems(value, wording),
    ...baseline(value, wording),
    ...verdicts(value, wording),
    ...promises(value, wording),
    ...rules(value, wording),
    ...coverage(value, wording),
    `## ${wording.section.method}`,
    wording.method.map((line) => `- ${line}`).join('\n'),
    `*${wording.footer(`${value.tool.name} ${value.tool.version}`)}*`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

function cover(value: ReportValue, wording: Wording): string[] {
  const { comparison, capture } = value;
  const head = headline(value, wording);
  const { cover: words, language } = wording;
  const end = capture.endedAt === null ? words.running : readableTime(capture.endedAt, language);
  const facts = [
    `**${words.policy}**${wording.colon}${value.declaration === null ? words.noPolicy : safe(fileName(comparison.policy))}`,
    `**${words.capture}**${wording.colon}${safe(capture.name)}`,
    ...(capture.device === null ? [] : [`**${words.device}**${wording.colon}${safe(capture.device)}`]),
    `**${words.period}**${wording.colon}${readableTime(capture.startedAt, language)} – ${end}`,
    `**${words.profile}**${wording.colon}${words.profiles[comparison.profile]}`,
  ];
  return [
    `# ${safe(reportName(value))} · ${wording.title}`,
    facts.map((fact) => `- ${fact}`).join('\n'),
    `**${head.title}**`,
    head.sentence,
    ...(head.caution === null ? [] : [head.caution]),
  ];
}

function problems(value: ReportValue, wording: Wording): string[] {
  const found = ruleFindings(value);
  if (found.length === 0) return [];
  const lines = found.map((finding) => {
    const { rule, severity, cases, concerned } = finding;
    const who = concerned
      .map(({ recipient, types }) => {
        const names = types.map((type) => safe(shortType(value, type))).join(wording.listSeparator);
        return `**${safe(recipient.name)}**${wording.colon}${names}`;
      })
      .join(' · ');
    const human = rule.needsHuman ? ` *(${wording.label.human})*` : '';
    return `1. **[${wording.severity[severity]}] ${rule.title[wording.language]}** (${rule.id}, ${wording.cases(cases.length)})${human}  \n   ${who}  \n   ${safe(adviceFor(finding, value, wording))}`;
  });
  return [`## ${wording.label.findings}`, lines.join('\n')];
}

function baseline({ baseline: difference }: ReportValue, wording: Wording): string[] {
  if (difference === null) return [];
  const lists = (['added', 'gone', 'changed'] as const).flatMap((list) =>
    difference[list].map((line) => `- ${wording.baseline[list]}${wording.colon}${safe(line)}`),
  );
  return [`## ${wording.section.baseline}`, lines(lists, wording.baseline.same)];
}

function lines(list: readonly string[], otherwise: string): string {
  return list.length === 0 ? otherwise : list.join('\n');
}

function verdicts(value: ReportValue, wording: Wording): string[] {
  const { comparison } = value;
  return [
    `## ${wording.section.verdicts}`,
    ...comparison.recipients.flatMap(({ recipient, vendor, hosts }) => {
      const own = comparison.verdicts.filter((one) => recipientKey(one.recipient) === recipientKey(recipient));
      if (own.length === 0) return [];
      const facts = [vendor, hosts.join(', ')].filter((fact) => fact !== null && fact !== '');
      return [
        `### ${safe(recipient.name)} (${wording.kind[recipient.kind]})`,
        ...(facts.length === 0 ? [] : [facts.map((fact) => safe(fact as string)).join(' · ')]),
        verdictTable(own, value, wording),
        ...own.flatMap((verdict) => proof(verdict, value, wording)),
      ];
    }),
  ];
}

function verdictTable(own: readonly Verdict[], value: ReportValue, wording: Wording): string {
  const { label } = wording;
  return table(
    [label.dataType, label.verdict, label.policySays, label.count, label.phase, label.result],
    own.map((verdict) => [
      safe(shortType(value, verdict.data_type)),
      `${wording.verdict[verdict.verdict]} (${wording.because[verdict.because]})`,
      policyCell(verdict, wording),
      String(verdict.count),
      PHASES.filter((phase) => verdict.phases[phase] !== undefined)
        .map((phase) => `${wording.phase[phase]} ${verdict.phases[phase] ?? 0}`)
        .join(wording.listSeparator),
      verdict.violations
        .map(({ rule, severity }) => `${rule} ${wording.severity[severity]}`)
        .join(wording.listSeparator),
    ]),
  );
}

function policyCell(verdict: Verdict, wording: Wording): string {
  const { declared_quote: quote, declared_words: words, declared_platforms: systems } = verdict;
  if (quote === null) return wording.declared[verdict.declared];
  const text = words === null || quote.includes(words) ? quote.slice(0, 120) : `${quote.slice(0, 80)} … ${words}`;
  const only = systems === null ? '' : ` (${wording.only(systems.map((one) => wording.platform[one]).join(', '))})`;
  return `${safe(text)}${only}`;
}

function proof(verdict: Verdict, value: ReportValue, wording: Wording): string[] {
  if (!verdict.observed) return [];
  const { label } = wording;
  const findings = findingsOf(value, verdict.findings, EVIDENCE_ROWS_MAX);
  const rest = verdict.findings.length - findings.length;
  return [
    `**${safe(shortType(value, verdict.data_type))}** ${label.evidence}`,
    table(
      [label.exchange, label.time, label.host, label.field, label.chain, label.offset, label.transform, label.value],
      findings.map((finding) => [
        `\\#${finding.exchange}`,
        readableTime(finding.observedAt, wording.language).slice(0, 23),
        safe(finding.host),
        `${wording.place[finding.place]} ${safe(finding.field ?? '')}`.trim(),
        safe(finding.decodeChain.join(' › ')),
        `${finding.offset}+${finding.length}`,
        safe(finding.transform),
        safe(finding.valueMasked),
      ]),
    ),
    ...(rest > 0 ? [wording.more(rest)] : []),
    ...verdict.violations.map(
      ({ rule, text, basis }) => `> ${rule} ${safe(text)}  \n> ${label.basis}${wording.colon}${safe(basis)}`,
    ),
  ];
}

function promises({ declaration }: ReportValue, wording: Wording): string[] {
  if (declaration === null) return [];
  const lines = policyPromises(declaration, wording).map(
    ({ name, kind, quote }) =>
      `- **${name}**${wording.colon}${kind === null ? '' : `${kind} · `}${quote === null ? wording.policy.silent : safe(quote)}`,
  );
  return [`## ${wording.section.policy}`, lines.join('\n')];
}

function rules(value: ReportValue, wording: Wording): string[] {
  if (value.rules.length === 0) return [];
  const { label, language } = wording;
  const found = new Map(ruleFindings(value).map((finding) => [finding.rule.id, finding]));
  const open = new Map(value.comparison.not_decided.map(({ rule, missing }) => [rule, missing]));
  return [
    `## ${wording.section.rules}`,
    table(
      [label.rule, label.result, label.decidedBy, label.basis],
      value.rules.map((rule) => {
        const missing = open.get(rule.id);
        const finding = found.get(rule.id);
        const cases = finding?.cases.length ?? 0;
        const result =
          finding !== undefined
            ? `**${wording.severity[finding.severity]}** ${wording.cases(cases)}`
            : missing !== undefined
              ? wording.notDecided(wording.missing[missing] ?? missing)
              : wording.notBroken;
        return [
          `${rule.id} ${safe(rule.title[language])}`,
          result,
          safe(rule.decidedBy[language]),
          rule.basis.map((one) => safe(basisText(one, language))).join('<br>'),
        ];
      }),
    ),
  ];
}

function coverage({ comparison }: ReportValue, wording: Wording): string[] {
  const { label } = wording;
  const { gaps } = comparison.coverage;
  if (gaps.length === 0) return [`## ${wording.section.coverage}`, wording.intro.noGaps];
  return [
    `## ${wording.section.coverage}`,
    wording.intro.coverage,
    table(
      [label.gapKind, label.host, label.count, label.meaning],
      gaps.map(({ kind, host, count }) => [
        safe(kind),
        host === null ? wording.unknown : safe(host),
        String(count),
        safe(gapMeaning(kind, wording)),
      ]),
    ),
  ];
}
