import type { Html } from '../model/html.ts';

export interface ConsoleResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Only our own files load; nothing frames the pages, and nobody learns their addresses. */
const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
} as const;

export function respond(
  status: number,
  mediaType: string,
  body: string | Uint8Array,
  extra: Readonly<Record<string, string>> = {},
): ConsoleResponse {
  return { status, headers: { ...SECURITY_HEADERS, 'Content-Type': mediaType, ...extra }, body };
}

export function page(markup: Html, status = 200): ConsoleResponse {
  return respond(status, 'text/html; charset=utf-8', markup.text);
}

export function json(value: unknown, status = 200): ConsoleResponse {
  return respond(status, 'application/json', JSON.stringify(value));
}

export function plain(status: number, text: string): ConsoleResponse {
  return respond(status, 'text/plain; charset=utf-8', `${text}\n`);
}
