import { type Html, html } from '../model/html.ts';
import type { Language } from '../model/language.ts';
import { CONSOLE_WORDING, type ConsoleWording } from './wording.ts';

/** What a page was asked for, parsed once; nothing in it is trusted beyond its type. */
export interface PageContext {
  readonly text: ConsoleWording;
  readonly language: Language;
  /** Null: the latest capture. */
  readonly capture: string | null;
  readonly filter: string;
  readonly skip: number;
  readonly reveal: boolean;
}

export type Section = keyof ConsoleWording['sections'];

const SECTIONS: readonly Section[] = ['captures', 'exchanges', 'findings', 'gaps', 'marks', 'report'];

/** The frame around a page. `live` pages are fetched anew every few seconds by the script. */
export function layout(context: PageContext, section: Section, content: Html, live: boolean): Html {
  const { text, capture, language } = context;
  const link = (name: Section) =>
    html`<a href="${address(name === 'captures' ? '/' : `/${name}`, { capture, lang: language })}"${name === section ? html` aria-current="page"` : null}>${text.sections[name]}</a>`;
  return html`<!doctype html>
<html lang="${text.htmlLanguage}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>telltale · ${text.sections[section]}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/console.css">
<script src="/console.js" defer></script>
</head>
<body>
<header><strong>telltale</strong><nav>${SECTIONS.map(link)}</nav>${otherLanguage(context, section)}</header>
<main${live ? html` data-live` : null}>
<h1>${text.sections[section]}${capture === null || section === 'captures' ? null : html` <small>${capture}</small>`}</h1>
${content}
</main>
</body>
</html>
`;
}

function otherLanguage({ language, capture }: PageContext, section: Section): Html {
  const other = language === 'zh' ? 'en' : 'zh';
  const target = address(section === 'captures' ? '/' : `/${section}`, { capture, lang: other });
  return html`<a class="language" href="${target}" lang="${other}">${CONSOLE_WORDING[other].htmlLanguage === 'en' ? 'English' : '中文'}</a>`;
}

/** A path of ours with its query; null leaves a parameter out. */
export function address(path: string, parameters: Readonly<Record<string, string | number | null>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== null && value !== '') query.set(name, String(value));
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** A table; the first cell of a row may be its link. */
export function tableOf(
  headings: readonly string[],
  rows: readonly (readonly (Html | string | number)[])[],
  text: ConsoleWording,
): Html {
  if (rows.length === 0) return html`<p class="nothing">${text.nothing}</p>`;
  return html`<div class="scroll"><table><thead><tr>${headings.map((heading) => html`<th>${heading}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody></table></div>`;
}

/** The filter box and the way to further rows. */
export function filterForm({ text, filter, capture, language }: PageContext, path: string): Html {
  return html`<form class="filter" method="get" action="${path}" role="search">
${capture === null ? null : html`<input type="hidden" name="capture" value="${capture}">`}<input type="hidden" name="lang" value="${language}">
<input name="filter" value="${filter}" placeholder="${text.filterHint}" aria-label="${text.filter}" autocomplete="off"><button>${text.apply}</button></form>`;
}

export function pager(context: PageContext, path: string, rows: number, more: boolean): Html {
  const { text, capture, filter, skip, language } = context;
  const to = (at: number) => address(path, { capture, filter, lang: language, skip: at });
  return html`<p class="pager">${skip > 0 ? html`<a href="${to(0)}">${text.previous}</a> ` : null}${more ? html`<a href="${to(skip + rows)}">${text.next}</a>` : null}</p>`;
}

/** `21:30:07.120`, UTC, with the whole time as a title. */
export function timeOf(at: number): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}" title="${iso}">${iso.slice(11, 23)}</time>`;
}
