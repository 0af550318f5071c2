import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { CaptureEvent, CaptureSink } from '../model/exchange.ts';

/** Names followed in one chain of aliases. */
const CHAIN_NAMES_MAX = 16;

/** Hosts asked about in one capture; a phone that makes up names must not make us ask for ever. */
const HOSTS_MAX = 10_000;

export interface AliasWatchOptions {
  readonly sink: CaptureSink;
  /** `HOST:PORT` of the name server to ask; null: the machine's own. */
  readonly server: string | null;
  /** Called once for each host that is an alias, with the names it leads to, in order. */
  readonly onAlias: (host: string, chain: readonly string[]) => void;
}

/**
 * Passes events on and asks, once for each host name that requests go to, which other names it is an alias of (CNAME records): an
 * SDK can hide behind a name of the app's own company.
 *
 * The phone does not wait for the answer; an exchange that ends before it comes is attributed by its own name.
 */
export function watchAliases({ sink, server, onAlias }: AliasWatchOptions): CaptureSink {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (server !== null) resolver.setServers([server]);
  const asked = new Set<string>();
  const ask = async (host: string): Promise<void> => {
    const chain: string[] = [];
    for (let name = host; chain.length < CHAIN_NAMES_MAX; name = chain.at(-1) as string) {
      const [next] = await resolver.resolveCname(name).catch(() => [] as string[]);
      if (next === undefined || chain.includes(next)) break;
      chain.push(next.toLowerCase());
    }
    if (chain.length > 0) onAlias(host, chain);
  };
  const look = (event: CaptureEvent): void => {
    if (event.type !== 'request-started') return;
    const { host } = event.head;
    if (asked.has(host) || asked.size >= HOSTS_MAX || isIP(host) !== 0) return;
    asked.add(host);
    void ask(host);
  };
  return {
    accept: (event) => {
      look(event);
      return sink.accept(event);
    },
    whenReady: () => sink.whenReady(),
  };
}
