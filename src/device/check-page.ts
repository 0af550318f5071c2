import { html } from '../model/html.ts';
import type { Language } from '../model/language.ts';
import type { LocalRequest, LocalResponse } from '../model/local-page.ts';
import { respond } from './response.ts';
import { SET_UP_WORDING } from './set-up-wording.ts';

/**
 * Says how this very request came: through the proxy or straight to its address, over TLS under our certificate or not. Scripts
 * get JSON, people a page. Any origin may read it: the page that asks may stand under another of our addresses.
 */
export function checkResponse(request: LocalRequest, language: Language): LocalResponse {
  const { throughProxy, overTls } = request;
  const accept = request.headers.find(([name]) => name.toLowerCase() === 'accept')?.[1] ?? '';
  if (!accept.includes('text/html')) {
    const body = JSON.stringify({ through_proxy: throughProxy, over_tls: overTls });
    return respond(200, 'application/json', body, [['Access-Control-Allow-Origin', '*']]);
  }
  const text = SET_UP_WORDING[language];
  const light = (on: boolean, { yes, no }: { yes: string; no: string }) =>
    html`<p class="light${on ? ' on' : ''}">${on ? yes : no}</p>`;
  const page = html`<!doctype html>
<html lang="${text.htmlLanguage}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>telltale · ${text.checkHeading}</title><link rel="icon" href="/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/set-up.css"></head>
<body><main><section><h2>${text.checkHeading}</h2>
${light(throughProxy, text.checks.proxy)}
${light(throughProxy && overTls, text.checks.trust)}
<p><a href="/?lang=${language}">${text.title}</a></p></section></main></body></html>
`;
  return respond(200, 'text/html; charset=utf-8', page.text);
}
