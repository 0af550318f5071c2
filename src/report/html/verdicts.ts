import { readableTime } from '../../model/clock.ts';
import type { ComparedRecipient, Verdict, Violation } from '../../model/comparison.ts';
import type { Finding } from '../../model/finding.ts';
import { PHASES } from '../../model/mark.ts';
import { findingsOf, isHash, recipientAnchor, recipientKey, verdictAnchor } from '../overview.ts';
import type { ReportValue } from '../report-value.ts';
import type { Wording } from '../wording/wording.ts';
import { foreign, html, type Markup } from './markup.ts';

/** Rows of evidence for one verdict; the whole of it is in the evidence file. */
const EVIDENCE_ROWS_MAX = 6;

/** Every verdict with the sentence of the policy and the bytes of the traffic side by side, by recipient. */
export function verdictsSection(value: ReportValue, wording: Wording): Markup {
  if (value.comparison.verdicts.length === 0) return html``;
  const parts = value.comparison.recipients.map((party) => partySection(party, value, wording));
  return html`<section id="verdicts" class="first"><h2>${wording.section.verdicts}</h2>
<dl class="means">${Object.entries(wording.verdictMeans)
    .filter(([kind]) => value.comparison.verdicts.some(({ verdict }) => verdict === kind))
    .map(
      ([kind, meaning]) =>
        html`<dt><span class="badge c-${kind}">${wording.verdict[kind as keyof Wording['verdict']]}</span></dt><dd>${meaning}</dd>`,
    )}</dl>
${parts}</section>`;
}

function partySection(party: ComparedRecipient, value: ReportValue, wording: Wording): Markup {
  const verdicts = value.comparison.verdicts.filter(
    ({ recipient }) => recipientKey(recipient) === recipientKey(party.recipient),
  );
  if (verdicts.length === 0) return html``;
  const seen = verdicts.filter(({ observed }) => observed);
  const unseen = verdicts.filter(({ observed }) => !observed);
  const { label } = wording;
  const facts: readonly (readonly [string, string | null])[] = [
    [label.owner, party.vendor],
    [label.hosts, party.hosts.slice(0, 6).join(', ') || null],
    [label.countries, party.countries.map(wording.country).join(wording.listSeparator) || null],
    [label.request, party.exchanges === 0 ? null : wording.requests(party.exchanges)],
    [label.policySays, party.declared_name],
  ];
  return html`<div class="party" id="${recipientAnchor(value, party.recipient)}"><h3>${foreign(party.recipient.name)}<span class="tag">${wording.kind[party.recipient.kind]}</span></h3>
<dl>${facts.map(([name, text]) => text !== null && html`<div><dt>${name}</dt><dd>${foreign(text)}</dd></div>`)}</dl>
${seen.map((verdict) => verdictCard(verdict, value, wording))}
${unseen.length > 0 && unseenTable(unseen, value, wording)}</div>`;
}

function typeTitle(verdict: Verdict, value: ReportValue, wording: Wording): Markup {
  const type = value.types.find(({ id }) => id === verdict.data_type);
  const long = type === undefined ? null : moreOf(type);
  return html`${type?.short ?? verdict.data_type}${long !== null && html` <span class="faint small">${long}</span>`}${
    type?.immutable === true && html` <span class="tag">${wording.label.immutable}</span>`
  }${type?.sensitive === true && html` <span class="tag">${wording.label.sensitive}</span>`}`;
}

/** What the taxonomy's name says beyond the short one; null when that says it all. */
export function moreOf({ name, short }: Pick<ReportValue['types'][number], 'name' | 'short'>): string | null {
  if (!name.startsWith(short)) return name;
  const rest = name.slice(short.length);
  return /^[\s\w]/.test(rest) ? name : rest.replace(/^[,;，、；]\s*/, '') || null;
}

function verdictCard(verdict: Verdict, value: ReportValue, wording: Wording): Markup {
  const findings = verdict.findings.length;
  return html`<article id="${verdictAnchor(value, verdict)}"${findings > 3 && html` class="long"`}><header><h4>${typeTitle(verdict, value, wording)}</h4><span class="badge full c-${verdict.verdict}">${wording.verdict[verdict.verdict]}</span><span class="why">${wording.because[verdict.because]}</span></header>
<div class="sides"><div><h5>${wording.label.policySays} · ${wording.declared[verdict.declared]}</h5>${policySide(verdict, value, wording)}</div>
<div><h5>${wording.label.observed}</h5>${observedSide(verdict, wording)}</div></div>
${verdict.violations.length > 0 && html`<ul class="violations">${verdict.violations.map((one) => violationRow(one, wording))}</ul>`}
${evidenceTable(verdict, value, wording)}</article>`;
}

function policySide(verdict: Verdict, value: ReportValue, wording: Wording): Markup {
  const text = verdict.declared_text ?? verdict.declared_quote;
  if (value.declaration === null) return html`<p class="soft">${wording.missing['policy'] ?? ''}</p>`;
  const elsewhere =
    verdict.declared_elsewhere !== null &&
    html`<p class="soft small">${wording.elsewhere[verdict.declared_elsewhere]}</p>`;
  if (text === null) return html`<p class="soft">${wording.label.notDeclared}</p>${elsewhere}`;
  const name = verdict.declared_name === null ? null : html`<b>${foreign(verdict.declared_name)}</b>${wording.colon}`;
  return html`<blockquote>${name}${withWords(text, verdict.declared_words)}</blockquote>${scopeTags(verdict, wording)}${elsewhere}`;
}

/** The policy's sentence with the words in it that name the type. */
function withWords(text: string, words: string | null): Markup {
  const at = words === null ? -1 : text.indexOf(words);
  if (words === null || at === -1) return foreign(text);
  return html`${foreign(text.slice(0, at))}<mark>${foreign(words)}</mark>${foreign(text.slice(at + words.length))}`;
}

function scopeTags({ declared_platforms: systems, declared_optional: optional }: Verdict, wording: Wording): Markup {
  const tags = [
    ...(systems === null
      ? []
      : [wording.only(systems.map((one) => wording.platform[one]).join(wording.listSeparator))]),
    ...(optional === null ? [] : [optional ? wording.optional : wording.mandatory]),
  ];
  return html`${tags.map((tag) => html`<span class="tag">${tag}</span> `)}`;
}

function observedSide(verdict: Verdict, wording: Wording): Markup {
  const { label, language } = wording;
  const phases = PHASES.filter((phase) => verdict.phases[phase] !== undefined).map(
    (phase) => html` <span class="badge c-${phase}">${wording.phase[phase]} ${verdict.phases[phase] ?? 0}</span>`,
  );
  const time = (iso: string | null) => (iso === null ? '' : readableTime(Date.parse(iso), language));
  const hashed = verdict.transforms.some(isHash);
  return html`<p>${wording.times(verdict.count)} · ${wording.requests(verdict.exchanges.length)}${phases}</p>
<p class="soft small">${label.firstSeen} ${time(verdict.first_seen)}<br>${label.lastSeen} ${time(verdict.last_seen)}</p>
<p class="small">${label.perMinute} ${verdict.per_minute_max}${
    verdict.in_background !== null && verdict.in_background > 0 && html` · ${label.background} ${verdict.in_background}`
  } ${hashed && html`<span class="tag">${label.hashed}</span>`} ${verdict.structural_only && html`<span class="tag">${label.structural}</span>`}</p>`;
}

function violationRow(violation: Violation, wording: Wording): Markup {
  return html`<li class="c-${violation.severity}"><p><span class="badge c-${violation.severity}">${wording.severity[violation.severity]}</span> <a href="#${violation.rule}">${violation.rule}</a> ${foreign(violation.text)}${
    violation.needs_human && html` <span class="tag">${wording.label.human}</span>`
  }</p><details class="basis"><summary>${wording.label.basis}</summary>${violation.basis}</details></li>`;
}

function evidenceTable(verdict: Verdict, value: ReportValue, wording: Wording): Markup {
  const findings = findingsOf(value, verdict.findings, EVIDENCE_ROWS_MAX);
  const { label, language } = wording;
  const more = verdict.findings.length - findings.length;
  return html`<div class="evidence proof"><table class="stack"><thead><tr><th>${label.exchange}</th><th>${label.time}</th><th>${label.phase}</th><th>${label.host}</th><th>${label.field}</th><th>${label.chain}</th><th>${label.offset}</th><th>${label.transform}</th><th>${label.value}</th></tr></thead><tbody>
${findings.map(
  (
    finding,
  ) => html`<tr><td data-l="${label.exchange}"><a href="#x${finding.exchange}">#${finding.exchange}</a></td><td data-l="${label.time}" class="nowrap">${readableTime(finding.observedAt, language).slice(0, 23)}</td><td data-l="${label.phase}">${wording.phase[finding.phase]}</td><td data-l="${label.host}" class="wrap mono">${foreign(finding.host)}</td><td data-l="${label.field}" class="wrap">${fieldOf(finding, wording)}</td><td data-l="${label.chain}" class="wrap">${chainOf(finding)}</td><td data-l="${label.offset}" class="mono">${finding.offset}+${finding.length}</td><td data-l="${label.transform}" class="mono">${finding.transform}</td><td data-l="${label.value}" class="mono" title="${wording.match[finding.match]}">${foreign(finding.valueMasked)}</td></tr>
`,
)}</tbody></table>${more > 0 && html`<p class="faint small">${wording.more(more)}</p>`}</div>`;
}

function fieldOf(finding: Finding, wording: Wording): Markup {
  const message = finding.message === null ? '' : ` ${finding.message + 1}`;
  return html`<span class="tag">${wording.place[finding.place]}${message}</span> ${
    finding.field === null ? null : html`<code>${foreign(finding.field)}</code>`
  }`;
}

function chainOf({ decodeChain }: Finding): Markup {
  if (decodeChain.length === 0) return html`–`;
  return html`<span class="chain">${decodeChain.map((step, index) => html`${index > 0 && html`<i>›</i>`}<code>${foreign(step)}</code>`)}</span>`;
}

/** What was declared and not seen needs a line, not a card. */
function unseenTable(verdicts: readonly Verdict[], value: ReportValue, wording: Wording): Markup {
  const { label } = wording;
  return html`<div class="evidence unseen"><table class="stack"><thead><tr><th>${label.dataType}</th><th>${label.verdict}</th><th>${label.meaning}</th><th>${label.policySays}</th></tr></thead><tbody>
${verdicts.map(
  (
    verdict,
  ) => html`<tr id="${verdictAnchor(value, verdict)}"><td>${typeTitle(verdict, value, wording)}</td><td><span class="badge c-${verdict.verdict}">${wording.verdict[verdict.verdict]}</span></td><td class="wrap">${wording.because[verdict.because]}</td><td class="wrap soft">${policyCell(verdict, wording)}</td></tr>
`,
)}</tbody></table></div>`;
}

function policyCell(verdict: Verdict, wording: Wording): Markup {
  const { declared_words: words, declared_quote: quote } = verdict;
  if (quote === null) return html``;
  // The words themselves say more than the heading of an entry of many types.
  const text = words === null || quote.includes(words) ? quote : `${shortened(quote)} … ${words}`;
  return html`${withWords(shortened(text), words)} ${scopeTags(verdict, wording)}`;
}

function shortened(text: string): string {
  const characters = [...text.replace(/\s+/g, ' ')];
  return characters.length <= 80 ? characters.join('') : `${characters.slice(0, 79).join('')}…`;
}
