import { isIP } from 'node:net';
import { bracketed, parseAuthority, plainHost } from '../intercept/origin.ts';
import { operatorError } from '../model/errors.ts';

/** A host (name or address, without brackets) and a port. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `HOST:PORT`, `[V6]:PORT`, or `:PORT` (every address).
 * @throws TelltaleError `usage` that names the option and what was expected.
 */
export function parseTarget(text: string, option: string): Target {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw operatorError('usage', {
      message: `${option}: "${text}" is not HOST:PORT, such as 0.0.0.0:8080 or [::1]:8080`,
    });
  return { host: (match[1] ?? match[2]) || '0.0.0.0', port };
}

/**
 * Reads `HOST=ADDR:PORT` or `HOST:PORT=ADDR:PORT` (only connections to that port), as the key and value of the relay's table.
 * @throws TelltaleError `usage`.
 */
export function parseHostMapping(text: string): [string, Target] {
  const at = text.indexOf('=');
  const key = tableKey(text.slice(0, Math.max(0, at)));
  if (key === null)
    throw operatorError('usage', {
      message: `--resolve: "${text}" is not HOST=ADDR:PORT, such as api.example.com=127.0.0.1:8443`,
    });
  return [key, parseTarget(text.slice(at + 1), '--resolve')];
}

/** An IPv6 address may also stand without brackets, and then without a port. */
function tableKey(text: string): string | null {
  if (isIP(text) === 6) return bracketed(plainHost(text));
  const named = parseAuthority(text, 1);
  if (named === null) return null;
  const host = bracketed(named.host);
  return /:\d+$/.test(text) ? `${host}:${named.port}` : host;
}
