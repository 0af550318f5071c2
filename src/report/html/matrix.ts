import type { Verdict, VerdictKind } from '../../model/comparison.ts';
import { visible } from '../../model/shown-text.ts';
import { recipientAnchor, recipientKey, shortType, verdictAnchor } from '../overview.ts';
import type { ReportValue } from '../report-value.ts';
import type { Wording } from '../wording/wording.ts';
import { html, type Markup, px } from './markup.ts';

const CELL = 34;
const NAME_WIDTH = 190;
const HEAD = 112;

/** A sign for each verdict, so that the picture can be read without its colours. */
export const SIGNS: Readonly<Record<VerdictKind, string>> = {
  consistent: '✓',
  vague: '~',
  undeclared: '!',
  'undeclared-recipient': '‼',
  unobserved: '–',
  undecided: '?',
};

/** Recipients × data types, one cell a verdict; what was seen is filled, what was not is an outline. */
export function matrixSection(value: ReportValue, wording: Wording): Markup {
  const { verdicts } = value.comparison;
  if (verdicts.length === 0) {
    return html`<section id="matrix" class="first"><h2>${wording.section.matrix}</h2><p class="lead">${wording.intro.nothingSeen}</p></section>`;
  }
  const kinds = [...new Set(verdicts.map(({ verdict }) => verdict))];
  return html`<section id="matrix" class="first"><h2>${wording.section.matrix}</h2><p class="lead">${wording.intro.matrix}</p>
<div class="scroll">${drawing(value, wording)}</div>
<ul class="legend">${kinds.map(
    (kind) =>
      html`<li title="${wording.verdictMeans[kind]}"><i class="c-${kind}"></i>${SIGNS[kind]} ${wording.verdict[kind]}</li>`,
  )}</ul></section>`;
}

function drawing(value: ReportValue, wording: Wording): Markup {
  const { verdicts, recipients } = value.comparison;
  const rows = recipients.filter(({ recipient }) => verdicts.some((one) => sameRecipient(one, recipient)));
  // Types that were seen come first: they are what the reader looks for; the rest is what was only promised.
  const seen = new Set(verdicts.filter(({ observed }) => observed).map(({ data_type }) => data_type));
  const present = value.types.map(({ id }) => id).filter((id) => verdicts.some(({ data_type }) => data_type === id));
  const columns = [...present.filter((id) => seen.has(id)), ...present.filter((id) => !seen.has(id))];
  const width = NAME_WIDTH + columns.length * CELL + 70;
  const height = HEAD + rows.length * CELL + 4;
  return html`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${wording.section.matrix}">
${columns.map((id, column) => {
  const x = NAME_WIDTH + column * CELL + CELL / 2;
  return html`<text class="${seen.has(id) ? '' : 'f'}" transform="translate(${x + 4} ${HEAD - 8}) rotate(-52)">${clip(shortType(value, id), 16)}</text>`;
})}
${rows.map(({ recipient }, row) => {
  const y = HEAD + row * CELL;
  return html`<line class="line" x1="0" x2="${NAME_WIDTH + columns.length * CELL}" y1="${y}" y2="${y}"/>
<a href="#${recipientAnchor(value, recipient)}"><text x="0" y="${y + 22}">${clip(recipient.name, 22)}</text></a>
${columns.map((id, column) => {
  const verdict = verdicts.find((one) => one.data_type === id && sameRecipient(one, recipient));
  return verdict === undefined ? null : cell(value, verdict, NAME_WIDTH + column * CELL, y, wording);
})}`;
})}
</svg>`;
}

function sameRecipient(verdict: Verdict, recipient: Verdict['recipient']): boolean {
  return recipientKey(verdict.recipient) === recipientKey(recipient);
}

function cell(value: ReportValue, verdict: Verdict, x: number, y: number, wording: Wording): Markup {
  const kind = verdict.verdict;
  const title = `${verdict.recipient.name} · ${shortType(value, verdict.data_type)}${wording.colon}${wording.verdict[kind]}`;
  const box = verdict.observed
    ? html`<rect x="${x + 2}" y="${y + 2}" width="${CELL - 4}" height="${CELL - 4}" rx="5" style="fill:var(--${kind})"/>`
    : html`<rect x="${x + 3}" y="${y + 3}" width="${CELL - 6}" height="${CELL - 6}" rx="5" style="fill:none;stroke:var(--${kind});stroke-width:1.2${kind === 'undecided' ? ';stroke-dasharray:3 2' : ''}"/>`;
  const sign = verdict.observed ? (verdict.count > 99 ? '99+' : String(verdict.count)) : SIGNS[kind];
  return html`<a href="#${verdictAnchor(value, verdict)}"><title>${title}</title>${box}<text x="${px(x + CELL / 2)}" y="${y + 22}" text-anchor="middle"${
    verdict.observed ? html` class="in"` : html` style="fill:var(--${kind})"`
  }>${sign}</text></a>`;
}

/** Shortens text, as it will be shown, to a number of half-width columns, so that it stays in its place of a drawing. */
export function clip(text: string, columns: number): string {
  const shown = visible(text);
  if (columnsOf(shown) <= columns) return shown;
  let kept = '';
  for (const character of shown) {
    if (columnsOf(kept + character) >= columns) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

/** Half-width columns that a text takes: one for each Latin letter, two for each Chinese one. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += (character.codePointAt(0) as number) > 0x2e7f ? 2 : 1;
  return columns;
}
