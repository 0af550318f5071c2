import { readableTime } from '../../model/clock.ts';
import { basisText } from '../../model/rule.ts';
import { policyPromises, ruleFindings, shortType, verdictAnchor } from '../overview.ts';
import type { BaselineDifference, ReportValue } from '../report-value.ts';
import type { Wording } from '../wording/wording.ts';
import { foreign, html, type Markup } from './markup.ts';

/** Exchanges that the index lists; the evidence file holds all. */
const EXCHANGES_MAX = 400;

/** What the policy says of storage, transfers, retention and children: read by rules, or by a person. */
export function policySection({ declaration }: ReportValue, wording: Wording): Markup {
  if (declaration === null) return html``;
  return html`<section id="policy"><h2>${wording.section.policy}</h2><dl class="promises">
${policyPromises(declaration, wording).map(
  ({ name, kind, quote }) =>
    html`<dt>${name}</dt><dd>${kind !== null && html`<span class="tag">${kind}</span> `}${quote === null ? html`<span class="faint">${wording.policy.silent}</span>` : foreign(quote)}</dd>
`,
)}</dl></section>`;
}

/** Every rule, broken or not, with its basis and the way it was decided, or why it could not be. */
export function rulesSection(value: ReportValue, wording: Wording): Markup {
  if (value.rules.length === 0) return html``;
  const { label, language } = wording;
  const found = new Map(ruleFindings(value).map((finding) => [finding.rule.id, finding]));
  const open = new Map(value.comparison.not_decided.map(({ rule, missing }) => [rule, missing]));
  return html`<section id="rules"><h2>${wording.section.rules}</h2>
<table class="stack rules"><thead><tr><th>${label.rule}</th><th>${label.decidedBy}</th><th>${label.basis}</th><th>${label.result}</th></tr></thead><tbody>
${value.rules.map((rule) => {
  const finding = found.get(rule.id);
  const missing = open.get(rule.id);
  const result =
    finding !== undefined
      ? html`<span class="badge full c-${finding.severity}">${wording.severity[finding.severity]}</span> ${wording.cases(finding.cases.length)}<br><span class="small">${finding.cases
          .slice(0, 8)
          .map(
            ({ verdict }, index) =>
              html`${index > 0 && wording.listSeparator}<a href="#${verdictAnchor(value, verdict)}">${verdict.recipient.name} ${shortType(value, verdict.data_type)}</a>`,
          )}${finding.cases.length > 8 && '…'}</span>`
      : missing !== undefined
        ? html`<span class="soft">${wording.notDecided(wording.missing[missing] ?? missing)}</span>`
        : html`<span style="color:var(--consistent)">${wording.notBroken}</span>`;
  return html`<tr id="${rule.id}"><td><b>${rule.id}</b> ${rule.title[language]}${rule.needsHuman && html` <span class="tag">${label.human}</span>`}</td><td class="soft" data-l="${label.decidedBy}">${rule.decidedBy[language]}</td><td class="soft small" data-l="${label.basis}">${rule.basis.map((one, index) => html`${index > 0 && html`<br>`}${basisText(one, language)}`)}</td><td data-l="${label.result}">${result}</td></tr>
`;
})}</tbody></table></section>`;
}

/** Every exchange that carried something, with links back to the verdicts that it proves. */
export function exchangesSection(value: ReportValue, wording: Wording): Markup {
  if (value.exchanges.length === 0) return html``;
  const { label, language } = wording;
  const proves = new Map<number, Markup[]>();
  for (const verdict of value.comparison.verdicts) {
    const link = html`<a href="#${verdictAnchor(value, verdict)}">${shortType(value, verdict.data_type)}</a>`;
    for (const id of verdict.exchanges) proves.set(id, [...(proves.get(id) ?? []), link]);
  }
  const more = value.exchanges.length - EXCHANGES_MAX;
  return html`<section id="exchanges"><h2>${wording.section.exchanges}</h2><p class="lead">${wording.intro.exchanges}</p>
<div class="evidence"><table class="stack"><thead><tr><th>${label.exchange}</th><th>${label.time}</th><th>${label.request}</th><th>${label.recipient}</th><th>${label.server}</th><th>${label.dataType}</th><th>${label.body}</th></tr></thead><tbody>
${value.exchanges.slice(0, EXCHANGES_MAX).map(
  (
    one,
  ) => html`<tr id="x${one.id}"><td>#${one.id}</td><td class="nowrap">${readableTime(one.startedAt, language).slice(0, 23)}</td><td class="wrap mono">${foreign(`${one.method} ${one.url}`)}${one.status !== null && html` <span class="faint">→ ${one.status}</span>`}</td><td class="wrap">${foreign(one.recipient.name)}</td><td class="mono">${one.serverAddress === null ? '–' : foreign(one.serverAddress)}${one.country !== null && html` ${wording.country(one.country)}`}</td><td class="wrap">${(proves.get(one.id) ?? []).map((link, index) => html`${index > 0 && wording.listSeparator}${link}`)}</td><td class="mono" title="${one.requestSha256 ?? ''}">${one.requestSha256 === null ? '–' : `${one.requestSha256.slice(0, 12)}…`}</td></tr>
`,
)}</tbody></table>${more > 0 && html`<p class="faint small">${wording.more(more)}</p>`}</div></section>`;
}

export function methodSection(value: ReportValue, wording: Wording): Markup {
  const facts = Object.entries(value.capture.facts).filter(([, fact]) => fact !== null);
  return html`<section id="method"><h2>${wording.section.method}</h2><ol class="method">${wording.method.map((line) => html`<li>${line}</li>`)}</ol>
${facts.length > 0 && html`<p class="faint small">${facts.map(([name, fact]) => html`<span class="mono">${foreign(`${name}=${fact}`)}</span> `)}</p>`}</section>`;
}

export function baselineSection(baseline: BaselineDifference, wording: Wording): Markup {
  const lists = (['added', 'gone', 'changed'] as const).filter((list) => baseline[list].length > 0);
  return html`<section id="baseline"><h2>${wording.section.baseline}</h2><p class="lead">${foreign(baseline.against)}</p>
${lists.length === 0 && html`<p>${wording.baseline.same}</p>`}${lists.map(
  (list) =>
    html`<h3>${wording.baseline[list]}</h3><ul>${baseline[list].map((line) => html`<li>${foreign(line)}</li>`)}</ul>`,
)}</section>`;
}
