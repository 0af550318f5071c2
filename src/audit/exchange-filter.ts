import type { StoredExchange } from '../model/evidence.ts';

/** Whether an exchange is one that was asked for. */
export type ExchangeFilter = (exchange: StoredExchange) => boolean;

const wordsMax = 20;

/**
 * Reads what stands in a filter box: words that must all fit, each either a part of the URL (any case) or one of
 * `host:umeng`, `sdk:umeng`, `to:third-party`, `method:post`, `status:4xx`, `status:none`, `phase:before-consent`, `has:findings`.
 * A minus before a word turns it round. Words beyond the twentieth are not read.
 */
export function exchangeFilter(text: string): ExchangeFilter {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, wordsMax);
  const filters = words.map((word) => {
    if (!word.startsWith('-') || word === '-') return wordFilter(word);
    const inner = wordFilter(word.slice(1));
    return (exchange: StoredExchange) => !inner(exchange);
  });
  return (exchange) => filters.every((filter) => filter(exchange));
}

function wordFilter(word: string): ExchangeFilter {
  const at = word.indexOf(':');
  const value = word.slice(at + 1);
  switch (word.slice(0, Math.max(at, 0))) {
    case 'host':
      return ({ request }) => request.host.includes(value);
    case 'sdk':
      return ({ recipient }) => recipient.kind === 'sdk' && named(recipient, value);
    case 'to':
      return ({ recipient }) => recipient.kind === value || named(recipient, value);
    case 'method':
      return ({ request }) => request.method.toLowerCase() === value;
    case 'status':
      return ({ response }) => statusFits(response?.status ?? null, value);
    case 'phase':
      return ({ phase }) => phase === value;
    case 'has':
      return ({ findingCount, error }) =>
        value === 'error' ? error !== null : value === 'findings' && findingCount > 0;
    default:
      return ({ url }) => url.toLowerCase().includes(word);
  }
}

function named(recipient: StoredExchange['recipient'], value: string): boolean {
  return recipient.id.toLowerCase().includes(value) || recipient.name.toLowerCase().includes(value);
}

function statusFits(status: number | null, value: string): boolean {
  if (status === null) return value === 'none';
  return /^[1-5]xx$/.test(value) ? String(status)[0] === value[0] : String(status) === value;
}
