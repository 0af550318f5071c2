import type { Headers } from '../../model/exchange.ts';

export interface RelayOptions {
  /** The message was sent to a proxy: what is meant for proxies only is taken out. */
  readonly atProxy?: boolean;
  /** Connection: Upgrade and Upgrade stay. */
  readonly switching?: boolean;
  /** The body goes on without chunks. */
  readonly dropCoding?: boolean;
}

/** Names in Connection that may stay: they say what is true of our connection as well. */
const KEPT_TOKENS = new Set(['keep-alive', 'close', 'te']);

/**
 * Takes out what belongs to one hop (RFC 9110 §7.6.1): Connection's own words and the fields it names. All other fields keep
 * their order, case and number.
 */
export function relayedHeaders(headers: Headers, options: RelayOptions): Headers {
  const named = connectionTokens(headers);
  const kept: [string, string][] = [];
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower === 'connection') {
      const tokens = value
        .split(',')
        .map((token) => token.trim())
        .filter((token) => staysToken(token.toLowerCase(), options));
      if (tokens.length > 0) kept.push([name, tokens.join(', ')]);
      continue;
    }
    if (lower === 'upgrade' && !options.switching) continue;
    if (options.dropCoding && lower === 'transfer-encoding') continue;
    if (options.atProxy && (lower === 'proxy-connection' || lower === 'proxy-authorization')) continue;
    // Framing and routing cannot be talked away by naming them in Connection.
    const mayBeNamed =
      lower !== 'host' && lower !== 'content-length' && lower !== 'transfer-encoding' && lower !== 'upgrade';
    if (mayBeNamed && named.has(lower) && !staysToken(lower, options)) continue;
    kept.push([name, value]);
  }
  return kept;
}

/** An upgrade to HTTP/2 without TLS would take the conversation out of our hands (RFC 9113 §3.1 withdrew it); it is not passed on. */
export function keepsUpgrade(upgrade: string | null): boolean {
  return upgrade !== null && !/(?:^|,)\s*h2c\b/i.test(upgrade);
}

function staysToken(token: string, options: RelayOptions): boolean {
  return KEPT_TOKENS.has(token) || (token === 'upgrade' && options.switching === true);
}

/** Names of the fields that belong to the connection by its own word (RFC 9110 §7.6.1), lower case. */
export function connectionTokens(headers: Headers): Set<string> {
  const tokens = new Set<string>();
  for (const [name, value] of headers) {
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    for (const token of value.split(',')) tokens.add(token.trim().toLowerCase());
  }
  return tokens;
}
