import { reportName } from '../overview.ts';
import type { ReportValue } from '../report-value.ts';
import type { Wording } from '../wording/wording.ts';
import { baselineSection, exchangesSection, methodSection, policySection, rulesSection } from './appendix.ts';
import { coverageSection } from './coverage.ts';
import { flowsSection } from './flows.ts';
import { html, type Markup, trusted } from './markup.ts';
import { matrixSection } from './matrix.ts';
import { STYLE } from './style.ts';
import { coverSection } from './summary.ts';
import { timelineSection } from './timeline.ts';
import { verdictsSection } from './verdicts.ts';

/**
 * The report as one HTML file: no script, no request to anywhere, drawings inline. Its policy forbids the browser to fetch or run
 * anything, whatever a hostile name manages to write into it.
 */
export function htmlReport(value: ReportValue, wording: Wording): string {
  const title = `${reportName(value)} · ${wording.title}`;
  const sections = SECTIONS.map(([id, make]) => ({ id, markup: make(value, wording) })).filter(
    ({ markup }) => markup.text !== '',
  );
  const page = html`<!doctype html>
<html lang="${wording.htmlLanguage}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="${value.tool.name} ${value.tool.version}">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<main>
${coverSection(value, wording)}
<nav aria-label="${wording.section.contents}"><ol>${sections.map(
    ({ id }) => html`<li><a href="#${id}">${wording.section[id]}</a></li>`,
  )}</ol></nav>
${value.baseline === null ? null : baselineSection(value.baseline, wording)}
${sections.map(({ markup }) => html`${markup}\n`)}</main>
<footer>${wording.footer(`${value.tool.name} ${value.tool.version}`)}</footer>
</body>
</html>
`;
  return page.text;
}

/** In the order of the page. A section without anything to show is empty, and is left out of the contents too. */
const SECTIONS = [
  ['matrix', matrixSection],
  ['timeline', timelineSection],
  ['flows', flowsSection],
  ['verdicts', verdictsSection],
  ['policy', policySection],
  ['rules', rulesSection],
  ['coverage', coverageSection],
  ['exchanges', exchangesSection],
  ['method', methodSection],
] as const satisfies readonly (readonly [keyof Wording['section'], (value: ReportValue, wording: Wording) => Markup])[];
