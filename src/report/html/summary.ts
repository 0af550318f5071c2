import { readableSpan, readableTime } from '../../model/clock.ts';
import { VERDICT_KINDS } from '../../model/comparison.ts';
import {
  adviceFor,
  fileName,
  headline,
  type RuleFinding,
  recipientKey,
  reportName,
  ruleFindings,
  shortList,
  shortType,
} from '../overview.ts';
import type { ReportValue } from '../report-value.ts';
import type { Wording } from '../wording/wording.ts';
import { foreign, html, type Markup } from './markup.ts';

/** The page that a manager reads: what was audited, the conclusion, six numbers, and what is wrong. */
export function coverSection(value: ReportValue, wording: Wording): Markup {
  const head = headline(value, wording);
  const findings = ruleFindings(value);
  return html`<header class="cover">
<p class="kicker">${wording.title}</p>
<h1>${foreign(reportName(value))}</h1>
${facts(value, wording)}
<div class="conclusion ${head.tone}"><h2>${head.title}</h2><p>${head.sentence}</p>${head.caution !== null && html`<p>${head.caution}</p>`}</div>
${tiles(value, wording)}
${value.declaration === null ? null : verdictBar(value, wording)}
</header>
${
  findings.length === 0
    ? null
    : html`<section id="summary" style="padding-top:20px"><h2>${wording.label.findings}</h2>
<ol class="findings">${findings.map((finding) => findingRow(finding, value, wording))}</ol></section>`
}`;
}

function facts({ comparison, capture, declaration }: ReportValue, wording: Wording): Markup {
  const { cover, language } = wording;
  const period =
    capture.endedAt === null
      ? `${readableTime(capture.startedAt, language)} – ${cover.running}`
      : readableSpan(capture.startedAt, capture.endedAt, language);
  const updated = declaration?.updated ?? null;
  const rows: readonly (readonly [string, string | null])[] = [
    [cover.app, capture.app],
    [
      cover.policy,
      declaration === null
        ? cover.noPolicy
        : `${fileName(comparison.policy)}${updated === null ? '' : ` · ${updated}`}`,
    ],
    [cover.device, capture.device],
    [cover.capture, capture.name],
    [cover.period, period],
    [cover.profile, cover.profiles[comparison.profile]],
  ];
  return html`<dl class="facts">${rows.map(([name, text]) =>
    text === null ? null : html`<div><dt>${name}</dt><dd>${foreign(text)}</dd></div>`,
  )}</dl>`;
}

function tiles({ comparison }: ReportValue, wording: Wording): Markup {
  const seen = comparison.verdicts.filter(({ observed }) => observed);
  const undeclared = comparison.summary.verdicts.undeclared + comparison.summary.verdicts['undeclared-recipient'];
  const early = seen.filter(({ phases }) => (phases['before-consent'] ?? 0) > 0).length;
  const words = wording.tiles;
  const all: readonly (readonly [number, string, string])[] = [
    [comparison.coverage.exchanges, words.exchanges, ''],
    [new Set(seen.map(({ recipient }) => recipientKey(recipient))).size, words.recipients, ''],
    [new Set(seen.map(({ data_type }) => data_type)).size, words.types, ''],
    [undeclared, words.undeclared, undeclared > 0 ? ' warn' : ''],
    [early, words.beforeConsent, early > 0 ? ' warn' : ''],
    [comparison.summary.verdicts.undecided, words.notSeen, comparison.summary.verdicts.undecided > 0 ? ' open' : ''],
  ];
  return html`<div class="tiles">${all.map(
    ([count, label, tone]) => html`<div class="tile${tone}"><b>${count}</b><span>${label}</span></div>`,
  )}</div>`;
}

function verdictBar({ comparison }: ReportValue, wording: Wording): Markup {
  const counts = VERDICT_KINDS.map((kind) => [kind, comparison.summary.verdicts[kind]] as const).filter(
    ([, count]) => count > 0,
  );
  if (counts.length === 0) return html``;
  return html`<div class="bar" role="img" aria-label="${counts
    .map(([kind, count]) => `${wording.verdict[kind]} ${count}`)
    .join(', ')}">${counts.map(([kind, count]) => html`<i class="c-${kind}" style="flex:${count}"></i>`)}</div>
<ul class="legend">${counts.map(
    ([kind, count]) => html`<li><i class="c-${kind}"></i>${wording.verdict[kind]} ${count}</li>`,
  )}</ul>`;
}

function findingRow(finding: RuleFinding, value: ReportValue, wording: Wording): Markup {
  const { rule, severity, cases, concerned } = finding;
  return html`<li><div><span class="badge full c-${severity}">${wording.severity[severity]}</span></div>
<div><h3><a href="#${rule.id}">${rule.title[wording.language]}</a><span class="tag">${rule.id} · ${wording.cases(cases.length)}</span>${
    rule.needsHuman && html`<span class="tag">${wording.label.human}</span>`
  }</h3>
<p>${concerned
    .slice(0, RECIPIENTS_MAX)
    .map(
      ({ recipient, types }, index) =>
        html`${index > 0 && html`<span class="faint"> · </span>`}<b>${foreign(recipient.name)}</b>${wording.colon}${typesText(types, value, wording)}`,
    )}${concerned.length > RECIPIENTS_MAX && html`<span class="soft">${wording.andMore(concerned.length - RECIPIENTS_MAX)}</span>`}</p>
<p class="soft small">${adviceFor(finding, value, wording)}</p></div></li>`;
}

/** Recipients and data types that one problem names on the first page; the verdicts name all. */
const RECIPIENTS_MAX = 8;
const TYPES_MAX = 8;

function typesText(types: readonly string[], value: ReportValue, wording: Wording): string {
  const names = types.map((type) => shortType(value, type));
  return shortList(names, TYPES_MAX, wording);
}
