import type { RequestHead } from '../model/exchange.ts';
import type { HostRule } from '../model/signature.ts';

/** What a rule may ask about. */
export type AttributedHead = Pick<RequestHead, 'scheme' | 'host' | 'port' | 'method' | 'target' | 'headers'>;

/** How many kinds of conditions a rule sets beyond its host. */
export function conditionCount(rule: HostRule): number {
  const kinds = [rule.ports, rule.paths, rule.methods, Object.keys(rule.headers), Object.keys(rule.parameters)];
  return kinds.filter((kind) => kind.length > 0).length;
}

/** Compiles a rule's conditions (its host aside) into one question; null when it has none. */
export function compileConditions(rule: HostRule): ((head: AttributedHead) => boolean) | null {
  if (conditionCount(rule) === 0) return null;
  const ports = rule.ports.length === 0 ? null : new Set(rule.ports);
  const methods = rule.methods.length === 0 ? null : new Set(rule.methods);
  const paths = rule.paths.map(compilePath);
  const headers = Object.entries(rule.headers).map(([name, pattern]) => [name, new RegExp(pattern)] as const);
  const parameters = Object.entries(rule.parameters).map(([name, pattern]) => [name, new RegExp(pattern)] as const);
  return (head) => {
    if (ports !== null && !ports.has(head.port)) return false;
    if (methods !== null && !methods.has(head.method)) return false;
    if (paths.length > 0) {
      const path = pathOf(head.target);
      if (!paths.some((matches) => matches(path))) return false;
    }
    if (headers.length > 0 && !headers.every(([name, pattern]) => hasHeader(head, name, pattern))) return false;
    return parameters.length === 0 || hasParameters(head.target, parameters);
  };
}

/** The path of a target, without its query and with one leading slash: SDKs that join `host/` and `/path` send two. */
function pathOf(target: string): string {
  const query = target.indexOf('?');
  const fragment = target.indexOf('#');
  const end = query === -1 || (fragment !== -1 && fragment < query) ? fragment : query;
  const path = end === -1 ? target : target.slice(0, end);
  return path.startsWith('//') ? path.replace(/^\/+/, '/') : path;
}

function compilePath(path: string): (path: string) => boolean {
  if (path.startsWith('^')) {
    const pattern = new RegExp(path);
    return (asked) => pattern.test(asked);
  }
  const prefix = path.replace(/^\/+/, '/');
  if (prefix.endsWith('/')) return (asked) => asked.startsWith(prefix);
  return (asked) => asked.startsWith(prefix) && !/^[\w-]/.test(asked.slice(prefix.length, prefix.length + 1));
}

function hasHeader(head: AttributedHead, name: string, pattern: RegExp): boolean {
  return head.headers.some(([given, value]) => given.toLowerCase() === name && pattern.test(value));
}

function hasParameters(target: string, wanted: readonly (readonly [string, RegExp])[]): boolean {
  const start = target.indexOf('?');
  if (start === -1) return false;
  const given = new URLSearchParams(target.slice(start + 1));
  return wanted.every(([name, pattern]) => given.getAll(name).some((value) => pattern.test(value)));
}
