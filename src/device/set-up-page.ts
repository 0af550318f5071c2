import { createHash } from 'node:crypto';
import { Html, html } from '../model/html.ts';
import { type Language, languageFor } from '../model/language.ts';
import type { LocalRequest } from '../model/local-page.ts';
import { MARK_KINDS, type MarkKind } from '../model/mark.ts';
import { qrSvg } from './qr.ts';
import type { SetUpFacts } from './set-up-pages.ts';
import { PLATFORMS, type Platform, SET_UP_WORDING, type SetUpWording, type StepList } from './set-up-wording.ts';
import { fill, stepMarkup } from './step-markup.ts';

/** What one view of the page depends on besides the proxy's facts. */
export interface View {
  readonly language: Language;
  /** The phone's system as its browser names it; null on a computer. */
  readonly platform: Platform | null;
  readonly throughProxy: boolean;
  readonly overTls: boolean;
  /** The proxy's addresses, the one this phone came by in front. */
  readonly addresses: readonly string[];
  /** A mark that was just set without JavaScript. */
  readonly marked: MarkKind | null;
}

/** Reads from a request what the page depends on. Everything in it may be hostile: only known words come out. */
export function viewOf(request: LocalRequest, query: URLSearchParams, proxyAddresses: readonly string[]): View {
  const header = (name: string) => request.headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
  const asked = query.get('lang');
  const marked = query.get('marked');
  const host = header('host');
  return {
    language: asked === 'zh' || asked === 'en' ? asked : languageFor(header('accept-language')),
    platform: platformOf(header('user-agent')),
    throughProxy: request.throughProxy,
    overTls: request.overTls,
    addresses: [...proxyAddresses].sort((left, right) => Number(right === host) - Number(left === host)),
    marked: MARK_KINDS.find((kind) => kind === marked) ?? null,
  };
}

function platformOf(userAgent: string): Platform | null {
  if (/HarmonyOS|OpenHarmony|ArkWeb/.test(userAgent)) return 'harmonyos';
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'ios';
  return userAgent.includes('Android') ? 'android' : null;
}

/** The set-up page. It works without JavaScript; `/set-up.js` adds the live check, the counts and marks without reloading. */
export function setUpPage(facts: SetUpFacts, view: View): Html {
  const text = SET_UP_WORDING[view.language];
  return html`<!doctype html>
<html lang="${text.htmlLanguage}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>telltale · ${text.title}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/set-up.css">
<script src="/set-up.js" defer></script>
</head>
<body>
<header>
<p class="brand">telltale <span class="capture">${facts.captureName}</span></p>
<a class="language" href="/?lang=${text.otherLanguage.code}" lang="${text.otherLanguage.code}">${text.otherLanguage.name}</a>
<h1>${text.title}</h1>
<p>${text.lead}</p>
</header>
<main>
${checkSection(text, view, facts)}
${certificateSection(text, view, facts)}
${proxySection(text, view)}
${stepsSection(text, view, facts)}
${marksSection(text, view)}
<section><h2>${text.afterHeading}</h2><ul>${text.after.map((step) => html`<li>${stepMarkup(step, {})}</li>`)}</ul></section>
<section class="qr"><h2>${text.qrHeading}</h2>${new Html(qrSvg(`http://${view.addresses[0] ?? 'telltale.test'}/`))}</section>
</main>
</body>
</html>
`;
}

function checkSection(text: SetUpWording, view: View, facts: SetUpFacts): Html {
  const counts = facts.counts();
  const light = (name: 'proxy' | 'trust', on: boolean) => {
    const { yes, no, waiting } = text.checks[name];
    return html`<p class="light${on ? ' on' : ''}" id="check-${name}" data-yes="${yes}" data-no="${no}" data-waiting="${waiting}">${on ? yes : no}</p>`;
  };
  return html`<section aria-live="polite"><h2>${text.checkHeading}</h2>
${light('proxy', view.throughProxy)}
${light('trust', view.throughProxy && view.overTls)}
<noscript><p class="hint">${stepMarkup(text.checks.withoutScript, {})}</p></noscript>
<p class="hint">${text.checks.limits}</p>
<dl class="counts">${(['exchanges', 'sdks', 'findings', 'gaps'] as const).map(
    (name) => html`<div><dd id="count-${name}">${counts[name]}</dd><dt>${text.counts[name]}</dt></div>`,
  )}</dl></section>`;
}

function certificateSection(text: SetUpWording, view: View, facts: SetUpFacts): Html {
  const files = [
    { key: 'der', path: '/ca.crt' },
    { key: 'mobileconfig', path: '/telltale.mobileconfig' },
    { key: 'pem', path: '/ca.pem' },
    { key: 'android', path: `/${facts.subjectHashOld}.0` },
  ] as const;
  const first = view.platform === 'ios' ? 'mobileconfig' : 'der';
  const ordered = [...files].sort((left, right) => Number(right.key === first) - Number(left.key === first));
  const fingerprint = createHash('sha256').update(facts.certificateDer).digest('hex').toUpperCase();
  return html`<section><h2>${text.certificateHeading}</h2>
<ul class="files">${ordered.map(
    ({ key, path }) =>
      html`<li><a class="${key === first ? 'button' : 'file'}" href="${path}">${text.certificateFiles[key]}</a></li>`,
  )}</ul>
<p class="hint">${text.fingerprint}: <code>${fingerprint.replace(/(..)(?=.)/g, '$1:')}</code></p></section>`;
}

function proxySection(text: SetUpWording, view: View): Html {
  const [first = 'telltale.test:80', ...others] = view.addresses;
  const { host, port } = splitAddress(first);
  return html`<section><h2>${text.proxyHeading}</h2>
<dl class="proxy"><div><dt>${text.proxyHost}</dt><dd><code>${host}</code></dd></div><div><dt>${text.proxyPort}</dt><dd><code>${port}</code></dd></div></dl>
${others.length === 0 ? null : html`<p class="hint">${text.proxyOthers} ${others.map((address) => html`<code>${address}</code> `)}</p>`}
<p class="hint">${text.proxyPac} <code>http://${first}/proxy.pac</code></p></section>`;
}

function stepsSection(text: SetUpWording, view: View, facts: SetUpFacts): Html {
  const address = view.addresses[0] ?? 'telltale.test:80';
  const names = { ...splitAddress(address), address, hash: facts.subjectHashOld };
  const body = ({
    steps,
    commands,
  }: StepList) => html`<ol>${steps.map((step) => html`<li>${stepMarkup(step, names)}</li>`)}</ol>
${commands.length === 0 ? null : html`<pre>${commands.map((command) => html`${fill(command, names)}\n`)}</pre>`}`;
  // What everybody does stands open; what depends on the phone is one tap away.
  const list = (steps: StepList, index: number) =>
    index === 0
      ? html`<h4>${steps.heading}</h4>\n${body(steps)}`
      : html`<details class="case"><summary><h4>${steps.heading}</h4></summary>\n${body(steps)}</details>\n`;
  const open = view.platform ?? 'android';
  return html`<section><h2>${text.stepsHeading}</h2>
${PLATFORMS.map(
  (
    platform,
  ) => html`<details${platform === open ? html` open` : null}><summary><h3>${text.platforms[platform]}</h3></summary>
${text.steps[platform].map(list)}</details>
`,
)}</section>`;
}

function marksSection(text: SetUpWording, view: View): Html {
  const feedback = view.marked === null ? '' : text.markSet.replace('{mark}', text.marks[view.marked]);
  return html`<section id="marks"><h2>${text.marksHeading}</h2><p>${text.marksLead}</p>
<form method="post" action="/marks?lang=${view.language}" data-set="${text.markSet}" data-failed="${text.markFailed}">
<div class="marks">${(['consent', 'refused', 'foreground', 'background'] as const).map(
    (kind) => html`<button name="kind" value="${kind}" class="${kind}">${text.marks[kind]}</button>`,
  )}</div>
<label for="note">${text.noteLabel}</label>
<div class="note"><input id="note" name="note" maxlength="500" autocomplete="off"><button name="kind" value="note">${text.marks.note}</button></div>
<p id="feedback" role="status">${feedback}</p>
</form></section>`;
}

function splitAddress(address: string): { host: string; port: string } {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: address.slice(at + 1) };
}
