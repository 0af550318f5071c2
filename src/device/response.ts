import type { Headers } from '../model/exchange.ts';
import type { LocalResponse } from '../model/local-page.ts';

/** Only our own files may load; nothing may frame the pages or take their forms elsewhere. */
const SECURITY_HEADERS: Headers = [
  [
    'Content-Security-Policy',
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self' http://telltale.test https://telltale.test; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  ],
  ['X-Content-Type-Options', 'nosniff'],
  // Forms name their origin, which is how a mark shows that it comes from this page.
  ['Referrer-Policy', 'same-origin'],
  ['Cache-Control', 'no-store'],
];

/** A response of the set-up pages, with their headers and its length. */
export function respond(
  status: number,
  mediaType: string,
  body: string | Uint8Array,
  extra: Headers = [],
): LocalResponse {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  return {
    status,
    headers: [['Content-Type', mediaType], ['Content-Length', String(bytes.length)], ...SECURITY_HEADERS, ...extra],
    body: bytes,
  };
}

/** A refusal in one line of text. */
export function refuse(status: number, text: string, extra: Headers = []): LocalResponse {
  return respond(status, 'text/plain; charset=utf-8', `${text}\n`, extra);
}
