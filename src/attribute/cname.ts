import { getDomain } from 'tldts';
import type { AttributedHead } from './conditions.ts';
import type { Attribution, RecipientIndex } from './recipients.ts';

/** An SDK that hides behind another name. */
export interface Cloaking {
  /** The name in the chain that gave the SDK away. */
  readonly alias: string;
  /** The SDK as recipient, with the chain as reason. */
  readonly attribution: Attribution;
}

/** Names of one chain that are looked at; resolvers stop earlier. */
const CHAIN_NAMES_MAX = 16;

/**
 * Looks behind a name: a request to `metrics.example.com` that is an alias of an SDK's host goes to the SDK, though the address bar
 * and a policy on first parties say otherwise.
 *
 * @param chain the names that the request's host resolves to, in order (CNAME records), without the host itself.
 * @returns null when the host is an SDK's openly, or no other party's SDK is found in the chain.
 */
export function findCloaking(
  index: RecipientIndex,
  request: AttributedHead,
  chain: readonly string[],
): Cloaking | null {
  if (index.attribute(request).recipient.kind === 'sdk') return null;
  const own = getDomain(request.host);
  for (const alias of chain.slice(0, CHAIN_NAMES_MAX)) {
    const domain = getDomain(alias);
    if (domain === null || domain === own) continue;
    const found = index.attribute({ ...request, host: alias });
    // A rule for any host has already spoken about the request itself.
    if (found.recipient.kind !== 'sdk' || found.signature === null) continue;
    return { alias, attribution: { ...found, reason: `${request.host} is an alias of ${alias}; ${found.reason}` } };
  }
  return null;
}
