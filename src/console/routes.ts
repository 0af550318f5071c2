import { readFileSync } from 'node:fs';
import type { EvidenceView } from '../audit/evidence-view.ts';
import { exchangeToJson, gapToJson } from '../audit/query.ts';
import { findingToJson } from '../model/finding.ts';
import type { Language } from '../model/language.ts';
import { languageFor } from '../model/language.ts';
import { MARK_KINDS } from '../model/mark.ts';
import { exchangePage } from './exchange-page.ts';
import { address, type PageContext } from './layout.ts';
import { capturesPage, exchangesPage, findingsPage, gapsPage, marksPage, rowsOfPage } from './list-pages.ts';
import { type ConsoleResponse, json, page, plain, respond } from './respond.ts';
import { CONSOLE_WORDING } from './wording.ts';

/** A request that may be answered. */
export interface ConsoleRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  readonly acceptLanguage: string;
}

export interface ConsoleFacts {
  readonly view: EvidenceView;
  /** The report of a capture (null: the latest) as it stands now, as an HTML page. */
  readonly report: (capture: string | null, language: Language) => string;
}

const jsonRowsMax = 5_000;
const noteCharactersMax = 500;

const asset = (name: string) => readFileSync(new URL(`./assets/${name}`, import.meta.url));

/** Answers a request. Paths are looked up and never become file names. */
export function answer(facts: ConsoleFacts, request: ConsoleRequest): ConsoleResponse {
  const { path, method } = request;
  const asked = contextOf(request);
  // Pages of the latest capture say which one it is, and their links go on with it.
  const context = { ...asked, capture: asked.capture ?? facts.view.captures().at(-1)?.name ?? null };
  if (method === 'POST') {
    if (path === '/marks' || path === '/api/marks') return takeMark(facts, request, context);
    return plain(405, 'Only marks can be posted.');
  }
  if (path.startsWith('/api/')) return api(facts.view, path.slice('/api'.length), context, request.query);
  const exchange = /^\/exchanges\/(\d{1,15})$/.exec(path);
  if (exchange !== null) {
    const found = facts.view.exchange(Number(exchange[1]), (view) => exchangePage(view, context));
    return found === null ? plain(404, 'There is no such exchange.') : page(found);
  }
  switch (path) {
    case '/':
      return page(capturesPage(facts.view, context));
    case '/exchanges':
      return page(exchangesPage(facts.view, context));
    case '/findings':
      return page(findingsPage(facts.view, context));
    case '/gaps':
      return page(gapsPage(facts.view, context));
    case '/marks':
      return page(marksPage(facts.view, context));
    case '/report':
      return reportPage(facts, context);
    case '/console.css':
      return respond(200, 'text/css; charset=utf-8', asset('console.css'));
    case '/icon.svg':
      return respond(200, 'image/svg+xml', asset('icon.svg'));
    case '/console.js':
      return respond(200, 'text/javascript; charset=utf-8', asset('console.js'));
    default:
      return plain(404, 'There is no such page.');
  }
}

function contextOf({ query, acceptLanguage }: ConsoleRequest): PageContext {
  const asked = query.get('lang');
  const language = asked === 'zh' || asked === 'en' ? asked : languageFor(acceptLanguage);
  const skip = Number(query.get('skip') ?? 0);
  return {
    text: CONSOLE_WORDING[language],
    language,
    capture: query.get('capture') || null,
    filter: (query.get('filter') ?? '').slice(0, 500),
    skip: Number.isSafeInteger(skip) && skip > 0 ? skip : 0,
    reveal: query.get('reveal') === '1',
  };
}

/** The same lists as JSON, in the stable forms of the command line. */
function api(view: EvidenceView, path: string, context: PageContext, query: URLSearchParams): ConsoleResponse {
  const { capture, filter, skip } = context;
  const asked = Number(query.get('limit') ?? rowsOfPage);
  const limit = Number.isSafeInteger(asked) && asked > 0 ? Math.min(asked, jsonRowsMax) : rowsOfPage;
  const request = { capture, filter, skip, limit };
  const exchange = /^\/exchanges\/(\d{1,15})$/.exec(path);
  if (exchange !== null) {
    const found = view.exchange(Number(exchange[1]), ({ exchange: stored, findings, gaps }) => ({
      ...exchangeToJson(stored),
      findings: findings.map(findingToJson),
      gaps: gaps.map(gapToJson),
    }));
    return found === null ? json({ error: 'There is no such exchange.' }, 404) : json(found);
  }
  switch (path) {
    case '/captures':
      return json(view.captures());
    case '/exchanges':
      return json(view.exchanges(request, exchangeToJson));
    case '/findings':
      return json(view.findings(request, findingToJson));
    case '/gaps':
      return json(view.gaps(request, gapToJson));
    case '/marks':
      return json(view.marks(capture).map(({ at, ...mark }) => ({ ...mark, at: new Date(at).toISOString() })));
    default:
      return json({ error: 'There is no such list.' }, 404);
  }
}

function takeMark({ view }: ConsoleFacts, { form, path }: ConsoleRequest, context: PageContext): ConsoleResponse {
  if (form.get('kind') === 'withdraw') return takeWithdrawal(view, form.get('number'), path, context);
  const kind = MARK_KINDS.find((known) => known === form.get('kind'));
  if (kind === undefined) return plain(400, `kind must be one of ${MARK_KINDS.join(', ')}.`);
  const note = (form.get('note') ?? '').trim().slice(0, noteCharactersMax);
  if (kind === 'note' && note === '') return plain(400, 'A note needs a text.');
  view.addMark(context.capture, kind, note === '' ? null : note);
  return path.startsWith('/api/') ? json({ marked: kind }) : backToMarks(context);
}

/** Takes a mark back by its number: it may be gone already, when two people look at the same capture. */
function takeWithdrawal(
  view: ConsoleFacts['view'],
  number: string | null,
  path: string,
  context: PageContext,
): ConsoleResponse {
  if (!view.marks(context.capture).some(({ id }) => String(id) === number)) {
    return plain(404, 'There is no such mark.');
  }
  view.withdrawMark(context.capture, number);
  return path.startsWith('/api/') ? json({ withdrawn: Number(number) }) : backToMarks(context);
}

function backToMarks({ capture, language }: PageContext): ConsoleResponse {
  return respond(303, 'text/plain; charset=utf-8', '', { Location: address('/marks', { capture, lang: language }) });
}

function reportPage({ report }: ConsoleFacts, { capture, language }: PageContext): ConsoleResponse {
  // The report is one file with its styles inside; it runs no script.
  const policy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'";
  const headers = { 'Content-Security-Policy': policy };
  return respond(200, 'text/html; charset=utf-8', report(capture, language), headers);
}
