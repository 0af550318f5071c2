import { readableTimeOfDay } from '../../model/clock.ts';
import type { Finding } from '../../model/finding.ts';
import type { Phase } from '../../model/mark.ts';
import { recipientAnchor, recipientKey } from '../overview.ts';
import type { ReportValue } from '../report-value.ts';
import type { Wording } from '../wording/wording.ts';
import { html, type Markup, px } from './markup.ts';
import { clip, columnsOf } from './matrix.ts';

const NAME_WIDTH = 180;
const PLOT = 820;
const LANE = 28;
const HEAD = 30;
/** Dots nearer than this run together into one that is larger. */
const BIN = 7;

type ReportMark = ReportValue['comparison']['marks'][number];

/** When each recipient got something, under the tester's marks. */
export function timelineSection(value: ReportValue, wording: Wording): Markup {
  if (value.findings.length === 0) return html``;
  const marked = value.comparison.marks.some(({ kind }) => kind === 'consent' || kind === 'refused');
  const phases = [...new Set(value.findings.map(({ phase }) => phase))];
  return html`<section id="timeline"><h2>${wording.section.timeline}</h2><p class="lead">${wording.intro.timeline}${
    marked ? '' : ` ${wording.intro.noMarks}`
  }</p>
<div class="scroll">${drawing(value, wording)}</div>
<ul class="legend">${phases.map((phase) => html`<li><i class="c-${phase}"></i>${wording.phase[phase]}</li>`)}</ul></section>`;
}

interface Scale {
  readonly start: number;
  readonly end: number;
  readonly x: (at: number) => number;
}

function scaleOf({ findings, comparison }: ReportValue): Scale {
  const times = [...findings.map(({ observedAt }) => observedAt), ...comparison.marks.map(({ at }) => Date.parse(at))];
  const first = times.reduce((a, b) => Math.min(a, b));
  const last = times.reduce((a, b) => Math.max(a, b));
  const margin = Math.max(500, (last - first) * 0.03);
  const start = first - margin;
  const end = last + margin;
  return { start, end, x: (at) => NAME_WIDTH + ((at - start) / (end - start)) * PLOT };
}

function drawing(value: ReportValue, wording: Wording): Markup {
  const scale = scaleOf(value);
  const byRecipient = new Map<string, Finding[]>();
  for (const finding of value.findings) {
    const key = recipientKey(finding.recipient);
    byRecipient.set(key, byRecipient.get(key) ?? []);
    byRecipient.get(key)?.push(finding);
  }
  const lanes = value.comparison.recipients.filter(({ recipient }) => byRecipient.has(recipientKey(recipient)));
  const marks = value.comparison.marks;
  const rows = labelRows(marks, scale, wording);
  const top = HEAD + (Math.max(-1, ...rows) + 1) * 20;
  const bottom = top + lanes.length * LANE;
  const width = NAME_WIDTH + PLOT + 20;
  const height = bottom + 30;
  return html`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${wording.section.timeline}">
${backgrounds(marks, scale, top, bottom)}
${lanes.map(({ recipient }, lane) => {
  const y = top + lane * LANE + LANE / 2;
  const own = byRecipient.get(recipientKey(recipient)) ?? [];
  return html`<line class="line" x1="${NAME_WIDTH}" x2="${NAME_WIDTH + PLOT}" y1="${y}" y2="${y}"/>
<a href="#${recipientAnchor(value, recipient)}"><text x="0" y="${y + 5}">${clip(recipient.name, 21)}</text></a>${dots(own, scale, y)}`;
})}
${marks.map((mark, index) => markLine(mark, scale.x(Date.parse(mark.at)), 14 + (rows[index] ?? 0) * 20, bottom, wording))}
${axis(scale, bottom, wording)}
</svg>`;
}

/** Gives each label the highest row where it does not run into another. */
function labelRows(marks: readonly ReportMark[], scale: Scale, wording: Wording): number[] {
  const ends: number[] = [];
  return marks.map((mark) => {
    const x = scale.x(Date.parse(mark.at));
    const from = flips(x) ? x - 120 : x;
    let row = ends.findIndex((end) => end < from);
    if (row === -1) row = ends.length;
    ends[row] = from + 20 + columnsOf(markLabel(mark, wording)) * 7.5;
    return row;
  });
}

function flips(x: number): boolean {
  return x > NAME_WIDTH + PLOT - 110;
}

function markLabel({ kind, note }: ReportMark, wording: Wording): string {
  return clip(kind === 'note' && note !== null ? note : wording.mark[kind], 18);
}

function markLine(mark: ReportMark, x: number, labelY: number, bottom: number, wording: Wording): Markup {
  const colour =
    mark.kind === 'consent'
      ? '--after-consent'
      : mark.kind === 'refused'
        ? '--refused'
        : mark.kind === 'note'
          ? '--faint'
          : '--low';
  const side = flips(x) ? html`x="${px(x - 6)}" text-anchor="end"` : html`x="${px(x + 6)}"`;
  return html`<line x1="${px(x)}" x2="${px(x)}" y1="${labelY - 10}" y2="${bottom}" style="stroke:var(${colour});stroke-width:1.6"/>
<text ${side} y="${labelY}" style="fill:var(${colour});font-weight:600">${markLabel(mark, wording)}</text>`;
}

/** Shades the spans between a mark of going to the background and the next of coming back. */
function backgrounds(marks: readonly ReportMark[], scale: Scale, top: number, bottom: number): Markup[] {
  const spans: Markup[] = [];
  let since: number | null = null;
  for (const { kind, at } of [...marks, { kind: 'foreground' as const, at: new Date(scale.end).toISOString() }]) {
    if (kind === 'background') since ??= scale.x(Date.parse(at));
    if (kind !== 'foreground' || since === null) continue;
    const end = scale.x(Date.parse(at));
    spans.push(
      html`<rect x="${px(since)}" y="${top}" width="${px(Math.max(1, end - since))}" height="${bottom - top}" style="fill:var(--tint)"/>`,
    );
    since = null;
  }
  return spans;
}

/** One dot for each few pixels and phase; its area grows with the number of findings. */
function dots(findings: readonly Finding[], scale: Scale, y: number): Markup[] {
  const bins = new Map<string, { at: number; count: number; phase: Phase }>();
  for (const finding of findings) {
    const { phase } = finding;
    const key = `${Math.round(scale.x(finding.observedAt) / BIN)} ${phase}`;
    const bin = bins.get(key) ?? { at: finding.observedAt, count: 0, phase };
    bin.count += 1;
    bins.set(key, bin);
  }
  return [...bins.values()].map(({ at, count, phase }) => {
    const radius = Math.min(10, 3.2 + Math.sqrt(count));
    return html`<circle cx="${px(scale.x(at))}" cy="${y}" r="${px(radius)}" style="fill:var(--${phase});fill-opacity:.82;stroke:var(--card)"><title>${count}</title></circle>`;
  });
}

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400, 604_800];

function axis({ start, end, x }: Scale, bottom: number, { language }: Wording): Markup {
  const seconds = (end - start) / 1000;
  const step = (STEPS_S.find((candidate) => seconds / candidate <= 8) ?? Math.ceil(seconds / 8)) * 1000;
  const ticks: number[] = [];
  for (let at = Math.ceil(start / step) * step; at <= end; at += step) ticks.push(at);
  return html`<line x1="${NAME_WIDTH}" x2="${NAME_WIDTH + PLOT}" y1="${bottom}" y2="${bottom}" style="stroke:var(--faint)"/>${ticks.map(
    (
      at,
    ) => html`<line x1="${px(x(at))}" x2="${px(x(at))}" y1="${bottom}" y2="${bottom + 5}" style="stroke:var(--faint)"/>
<text class="f" x="${px(x(at))}" y="${bottom + 20}" text-anchor="middle">${readableTimeOfDay(at, language).slice(0, 8)}</text>`,
  )}`;
}
