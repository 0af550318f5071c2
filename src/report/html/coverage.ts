import { gapMeaning, recipientKey, shortType } from '../overview.ts';
import type { ReportValue } from '../report-value.ts';
import type { Wording } from '../wording/wording.ts';
import { foreign, html, type Markup } from './markup.ts';

/** What was not seen and why: the gaps, and everything that stays open because of them. */
export function coverageSection(value: ReportValue, wording: Wording): Markup {
  const { gaps } = value.comparison.coverage;
  return html`<section id="coverage" class="first"><h2>${wording.section.coverage}</h2>
<p class="lead">${gaps.length === 0 ? wording.intro.noGaps : wording.intro.coverage}</p>
${gaps.length > 0 && gapTable(value, wording)}
${openPoints(value, wording)}</section>`;
}

function gapTable({ comparison, gaps }: ReportValue, wording: Wording): Markup {
  const { label } = wording;
  const kinds = [...new Set(comparison.coverage.gaps.map(({ kind }) => kind))];
  return html`<table class="stack"><thead><tr><th>${label.gapKind}</th><th>${label.meaning}</th><th>${label.host}</th><th class="n">${label.count}</th></tr></thead><tbody>
${kinds.map((kind) => {
  const of = comparison.coverage.gaps.filter((group) => group.kind === kind);
  const total = of.reduce((sum, { count }) => sum + count, 0);
  const details = [...new Set(gaps.flatMap(({ gap }) => (gap.kind === kind && gap.detail !== null ? gap.detail : [])))];
  return html`<tr><td><code>${kind}</code></td><td>${gapMeaning(kind, wording)}${
    details.length > 0 &&
    html`<br><span class="faint small">${foreign(details.slice(0, 4).join(wording.listSeparator))}</span>`
  }</td><td data-l="${label.host}">${of
    .slice(0, 12)
    .map(
      ({ host, count }, index) =>
        html`${index > 0 && ', '}<span class="mono">${foreign(host ?? wording.unknown)}</span>${of.length > 1 && html` <span class="faint">${count}</span>`}`,
    )}${of.length > 12 && html` <span class="faint">+${of.length - 12}</span>`}</td><td data-l="${label.count}" class="n">${total}</td></tr>`;
})}</tbody></table>`;
}

function openPoints(value: ReportValue, wording: Wording): Markup {
  const { comparison } = value;
  const { unresolved } = wording;
  const name = (recipient: { readonly name: string }, types: readonly string[]) =>
    html`<b>${foreign(recipient.name)}</b>${types.length > 0 && html`${wording.colon}${types.map((type) => shortType(value, type)).join(wording.listSeparator)}`}`;
  const grouped = (keep: (verdict: (typeof comparison.verdicts)[number]) => boolean) =>
    comparison.recipients.flatMap(({ recipient }) => {
      const types = comparison.verdicts.filter(
        (verdict) => recipientKey(verdict.recipient) === recipientKey(recipient) && keep(verdict),
      );
      return types.length === 0
        ? []
        : [
            name(
              recipient,
              types.map(({ data_type }) => data_type),
            ),
          ];
    });
  const lists: readonly (readonly [string, readonly Markup[]])[] = [
    [unresolved.undecided, grouped(({ verdict, observed }) => verdict === 'undecided' && !observed)],
    [
      unresolved.silent,
      comparison.recipients.filter(({ silent }) => silent).map(({ recipient }) => name(recipient, [])),
    ],
    [unresolved.unseenTypes, grouped(({ because }) => because === 'not-seen-not-looked-for')],
    [
      unresolved.contacted,
      comparison.recipients
        .filter(
          ({ declared, exchanges, findings, recipient }) =>
            value.declaration !== null &&
            !declared &&
            exchanges > 0 &&
            findings === 0 &&
            recipient.kind !== 'first-party',
        )
        .map(({ recipient, exchanges }) => html`${name(recipient, [])} <span class="faint">${exchanges}</span>`),
    ],
    [unresolved.returned, comparison.returned.map(({ recipient, data_type }) => name(recipient, [data_type]))],
  ];
  return html`<div class="open">${lists.map(
    ([title, items]) =>
      items.length > 0 && html`<h3>${title}</h3><ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`,
  )}</div>`;
}
