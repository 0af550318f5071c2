import { type EvidenceView, maskedUrl } from '../audit/evidence-view.ts';
import { type Html, html } from '../model/html.ts';
import { MARK_KINDS, type Phase } from '../model/mark.ts';
import type { Recipient } from '../model/recipient.ts';
import { address, filterForm, layout, type PageContext, pager, tableOf, timeOf } from './layout.ts';
import type { ConsoleWording } from './wording.ts';

/** Rows of one page of a list. */
export const rowsOfPage = 200;

export function capturesPage(view: EvidenceView, context: PageContext): Html {
  const { text, language } = context;
  const captures = [...view.captures()].reverse();
  const rows = captures.map(({ name, app, deviceName, startedAt, endedAt }) => [
    html`<a href="${address('/exchanges', { capture: name, lang: language })}">${name}</a>`,
    app ?? '–',
    deviceName ?? '–',
    wholeTime(startedAt),
    endedAt === null ? text.running : wholeTime(endedAt),
  ]);
  const { columns } = text;
  const headings = [columns.capture, columns.app, columns.device, columns.started, columns.ended];
  return layout(context, 'captures', tableOf(headings, rows, text), true);
}

export function exchangesPage(view: EvidenceView, context: PageContext): Html {
  const { text, capture, filter, skip, language } = context;
  const { rows, more } = view.exchanges({ capture, filter, skip, limit: rowsOfPage }, (exchange) => [
    html`<a href="${address(`/exchanges/${exchange.id}`, { lang: language })}">${exchange.id}</a>`,
    timeOf(exchange.startedAt),
    exchange.request.method,
    html`<span class="url">${maskedUrl(exchange.url, [])}</span>`,
    exchange.response?.status ?? '–',
    recipientOf(exchange.recipient),
    phaseOf(exchange.phase, text),
    exchange.findingCount === 0 ? '' : html`<b class="count">${exchange.findingCount}</b>`,
    `${exchange.requestBody?.size ?? 0} / ${exchange.responseBody?.size ?? 0}`,
  ]);
  const { columns } = text;
  const { time, method, url, status, recipient, phase, findings, size } = columns;
  return listPage(context, 'exchanges', ['#', time, method, url, status, recipient, phase, findings, size], rows, more);
}

export function findingsPage(view: EvidenceView, context: PageContext): Html {
  const { text, capture, filter, skip, language } = context;
  const { rows, more } = view.findings({ capture, filter, skip, limit: rowsOfPage }, (finding) => [
    html`<a href="${address(`/exchanges/${finding.exchange}`, { lang: language })}">${finding.exchange}</a>`,
    timeOf(finding.observedAt),
    phaseOf(finding.phase, text),
    recipientOf(finding.recipient),
    finding.dataType,
    finding.valueMasked,
    finding.transform,
    `${finding.direction} ${finding.place}${finding.field === null ? '' : ` ${finding.field}`}`,
    finding.host,
  ]);
  const { exchange, time, dataType, value, transform, place, recipient, host, phase } = text.columns;
  return listPage(
    context,
    'findings',
    [exchange, time, phase, recipient, dataType, value, transform, place, host],
    rows,
    more,
  );
}

export function gapsPage(view: EvidenceView, context: PageContext): Html {
  const { text, capture, filter, skip, language } = context;
  const { rows, more } = view.gaps({ capture, filter, skip, limit: rowsOfPage }, ({ at, gap, host, exchange }) => [
    timeOf(at),
    gap.kind,
    host ?? '–',
    exchange === null ? '–' : html`<a href="${address(`/exchanges/${exchange}`, { lang: language })}">${exchange}</a>`,
    gap.at.join(' · '),
    gap.detail ?? '',
  ]);
  const { time, kind, host, exchange, place, detail } = text.columns;
  return listPage(context, 'gaps', [time, kind, host, exchange, place, detail], rows, more);
}

export function marksPage(view: EvidenceView, context: PageContext): Html {
  const { text, capture, language } = context;
  const post = address('/marks', { capture, lang: language });
  const rows = view
    .marks(capture)
    .map(({ id, kind, at, note }) => [
      wholeTime(at),
      text.marks[kind],
      note ?? '',
      html`<form class="withdraw" method="post" action="${post}"><input type="hidden" name="number" value="${id}"><button name="kind" value="withdraw">${text.withdraw}</button></form>`,
    ]);
  const { time, kind, note } = text.columns;
  const form = html`<form class="marks" method="post" action="${post}">
<input name="note" maxlength="500" placeholder="${text.noteLabel}" aria-label="${text.noteLabel}" autocomplete="off">
${MARK_KINDS.map((mark) => html`<button name="kind" value="${mark}">${text.marks[mark]}</button>`)}</form>`;
  return layout(context, 'marks', html`${form}${tableOf([time, kind, note, ''], rows, text)}`, true);
}

function listPage(
  context: PageContext,
  section: 'exchanges' | 'findings' | 'gaps',
  headings: readonly string[],
  cells: readonly (readonly (Html | string | number)[])[],
  more: boolean,
): Html {
  const path = `/${section}`;
  const content = html`${filterForm(context, path)}
${tableOf(headings, cells, context.text)}
${pager(context, path, cells.length, more)}`;
  return layout(context, section, content, true);
}

export function phaseOf(phase: Phase, { phases }: ConsoleWording): Html {
  return html`<span class="phase ${phase}" title="phase:${phase}">${phases[phase]}</span>`;
}

function recipientOf({ kind, id, name }: Recipient): Html {
  return html`<span class="recipient ${kind}" title="${id}">${name}</span>`;
}

function wholeTime(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}
