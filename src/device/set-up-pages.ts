import { readFileSync } from 'node:fs';
import type { Headers } from '../model/exchange.ts';
import type { LocalPages, LocalRequest, LocalResponse } from '../model/local-page.ts';
import { MARK_KINDS, type MarkKind } from '../model/mark.ts';
import { androidRootScript } from './android-root.ts';
import { type CertificateFormat, certificateFile } from './certificate-files.ts';
import { checkResponse } from './check-page.ts';
import { pacFile } from './pac.ts';
import { refuse, respond } from './response.ts';
import { isFromOwnPage } from './same-origin.ts';
import { setUpPage, viewOf } from './set-up-page.ts';

/** What the pages show; the proxy's side gives it and takes the marks. */
export interface SetUpFacts {
  readonly certificatePem: string;
  readonly certificateDer: Uint8Array;
  /** Eight lower hex digits, as OpenSSL's `-subject_hash_old`. */
  readonly subjectHashOld: string;
  /** `host:port` to type into the phone, the best first; IPv6 in brackets. */
  readonly proxyAddresses: readonly string[];
  readonly captureName: string;
  readonly counts: () => { exchanges: number; sdks: number; findings: number; gaps: number };
  readonly addMark: (kind: MarkKind, note: string | null) => void;
  /** Told of a defect, which the phone sees as a page with status 500. */
  readonly defect?: (error: unknown) => void;
}

const formBytesMax = 8 * 1024;
const noteCharactersMax = 500;

/**
 * The pages of the proxy itself: set-up page, certificate files, PAC, live check, tester's marks.
 *
 * Paths are looked up in a table and never become file names. It never throws: a defect is handed to `facts.defect` and answered
 * with status 500, because the phone must not lose its proxy over a page.
 */
export function setUpPages(facts: SetUpFacts): LocalPages {
  const files = fixedFiles(facts);
  return async (request) => {
    try {
      return answer(facts, files, request);
    } catch (error) {
      facts.defect?.(error);
      return refuse(500, 'telltale could not make this page; its log says why.');
    }
  };
}

/** One file with its media type; a name makes the browser save it instead of showing it. */
interface FixedFile {
  readonly name: string | null;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

type Files = ReadonlyMap<string, FixedFile>;

/** Everything whose bytes depend on the certificate alone, by path. */
function fixedFiles(facts: SetUpFacts): Files {
  const certificate = (format: CertificateFormat, ...paths: string[]) => {
    const file = certificateFile(facts, format);
    return paths.map((path) => [path, file] as const);
  };
  const asset = (name: string, mediaType: string) =>
    [`/${name}`, { name: null, mediaType, bytes: readFileSync(new URL(`./assets/${name}`, import.meta.url)) }] as const;
  return new Map<string, FixedFile>([
    ...certificate('pem', '/ca.pem'),
    ...certificate('der', '/ca.crt', '/ca.der', '/ca.cer'),
    ...certificate('android', `/${facts.subjectHashOld}.0`, '/ca.0'),
    ...certificate('mobileconfig', '/telltale.mobileconfig', '/ca.mobileconfig'),
    asset('set-up.css', 'text/css; charset=utf-8'),
    asset('set-up.js', 'text/javascript; charset=utf-8'),
    asset('icon.svg', 'image/svg+xml'),
    [
      '/android-system.sh',
      {
        name: null,
        mediaType: 'text/x-shellscript; charset=utf-8',
        bytes: Buffer.from(androidRootScript(facts), 'utf8'),
      },
    ],
  ]);
}

function answer(facts: SetUpFacts, files: Files, request: LocalRequest): LocalResponse {
  const [path = '/', queryText = ''] = request.target.split('?', 2);
  const query = new URLSearchParams(queryText);
  if (path === '/marks') return takeMark(facts, request, query);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse(405, 'Only GET and HEAD.', [['Allow', 'GET, HEAD']]);
  // The relay leaves the body of a response to HEAD out, and keeps its length.
  return page(facts, files, request, path, query);
}

function page(
  facts: SetUpFacts,
  files: Files,
  request: LocalRequest,
  path: string,
  query: URLSearchParams,
): LocalResponse {
  const file = files.get(path);
  if (file !== undefined) {
    const disposition: Headers =
      file.name === null ? [] : [['Content-Disposition', `attachment; filename="${file.name}"`]];
    return respond(200, file.mediaType, file.bytes, disposition);
  }
  const view = viewOf(request, query, facts.proxyAddresses);
  switch (path) {
    case '/':
      return respond(200, 'text/html; charset=utf-8', setUpPage(facts, view).text, [
        ['Vary', 'Accept-Language, User-Agent'],
      ]);
    case '/proxy.pac':
    case '/wpad.dat':
      return respond(200, 'application/x-ns-proxy-autoconfig', pacFile(view.addresses));
    case '/check':
      return checkResponse(request, view.language);
    case '/state':
      return respond(200, 'application/json', JSON.stringify({ capture: facts.captureName, ...facts.counts() }));
    default:
      return refuse(404, 'There is no such page. The set-up page is at /');
  }
}

/** A tester's button. What comes from elsewhere than our own page is refused: a web page could forge consent. */
function takeMark(facts: SetUpFacts, request: LocalRequest, query: URLSearchParams): LocalResponse {
  if (request.method !== 'POST') return refuse(405, 'Only POST.', [['Allow', 'POST']]);
  if (!isFromOwnPage(request, facts.proxyAddresses)) return refuse(403, 'Marks are taken from the set-up page only.');
  if (request.body.length > formBytesMax) return refuse(413, 'The note is too long.');
  const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'));
  const kind = MARK_KINDS.find((known) => known === form.get('kind'));
  if (kind === undefined) return refuse(400, `kind must be one of ${MARK_KINDS.join(', ')}.`);
  const note = (form.get('note') ?? '').trim().slice(0, noteCharactersMax);
  if (kind === 'note' && note === '') return refuse(400, 'A note needs a text.');
  facts.addMark(kind, note === '' ? null : note);
  const accept = request.headers.find(([name]) => name.toLowerCase() === 'accept')?.[1] ?? '';
  if (accept.includes('application/json')) return respond(200, 'application/json', JSON.stringify({ marked: kind }));
  const language = query.get('lang') === 'zh' ? 'zh' : 'en';
  return respond(303, 'text/plain; charset=utf-8', '', [['Location', `/?lang=${language}&marked=${kind}#marks`]]);
}
