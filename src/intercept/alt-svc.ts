import type { Headers } from '../model/exchange.ts';

/** Offers of HTTP/3, which runs over QUIC and past us: RFC 9114 §3.1.1. Google's older names mean the same. */
const OFFER = /(?:^|[,\s])(?:h3(?:-[\w]+)?|quic|hq(?:-[\w]+)?)\s*=/i;

/** Whether a value of Alt-Svc, in a header or in a frame, offers HTTP/3. */
export function offersQuic(value: string): boolean {
  return OFFER.test(value);
}

/** The headers without their offers of HTTP/3. */
export function withoutQuic(headers: Headers): Headers {
  return headers.filter(
    ([name, value]) => !(name.length === 7 && name.toLowerCase() === 'alt-svc' && offersQuic(value)),
  );
}
