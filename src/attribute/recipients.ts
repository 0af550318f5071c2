import { getDomain, parse } from 'tldts';
import type { Recipient } from '../model/recipient.ts';
import type { Signature } from '../model/signature.ts';
import type { AttributedHead } from './conditions.ts';
import { type Claim, HostIndex } from './host-index.ts';

/** Who received something, and how we know. */
export interface Attribution {
  readonly recipient: Recipient;
  /** The SDK whose rule matched; null when none did. */
  readonly signature: Signature | null;
  /** One sentence for people. */
  readonly reason: string;
}

/** Who may hide behind a name alone. */
export interface HostAttribution extends Attribution {
  /** Ids of the SDKs that share the host and that only the unseen path could tell; empty when the host alone decides. */
  readonly candidates: readonly string[];
}

export interface RecipientIndex {
  /** Who receives a request. Never throws, whatever the phone sent. */
  attribute(request: AttributedHead): Attribution;
  /** Who hides behind a name of which nothing else was seen (a tunnel, a refused handshake). */
  attributeHost(host: string, port: number): HostAttribution;
}

/**
 * Prepares the attribution of one capture.
 *
 * An SDK's rule decides first, because an SDK's server is its vendor's whatever app it sits in. Where a rule speaks for any host
 * (software that customers install on their own servers) and the host is the first party's, the first party received the data
 * and the signature only tells with which software.
 *
 * Costs one look-up a label of the host, then the conditions of its rules in order of their strength; a host never seen costs what
 * one seen before does, and nothing is remembered of either.
 *
 * @param options.app its id in reverse names its domain: `com.example.app` → example.com.
 * @param options.firstPartyHosts host names; each stands for itself and all names below it.
 */
export function buildRecipientIndex(
  signatures: readonly Signature[],
  options: { readonly app: string | null; readonly firstPartyHosts: readonly string[] },
): RecipientIndex {
  const index = new HostIndex(signatures);
  const owners = ownersOf(signatures);
  const firstParty = firstPartyDomains(options);
  /** What a rule answers is the same for every host; by the claim's number. */
  const answers = new Array<Attribution | null>(index.claims).fill(null);

  function answerOf(claim: Claim, host: string): Attribution {
    if (claim.rule.host === '*') {
      const own = ownerAmong(firstParty, host);
      if (own !== null) {
        const answer = firstPartyAnswer(options.app, own);
        return { ...answer, signature: claim.signature, reason: `${answer.reason}; ${ruleSentence(claim)}` };
      }
    }
    const known = answers[claim.number] ?? null;
    if (known !== null) return known;
    const { id, name } = claim.signature;
    const answer: Attribution = {
      recipient: { kind: 'sdk', id, name },
      signature: claim.signature,
      reason: ruleSentence(claim),
    };
    answers[claim.number] = answer;
    return answer;
  }

  /** The answer when no claim holds. */
  function otherwise(host: string): Attribution {
    const own = ownerAmong(firstParty, host);
    return own === null ? thirdPartyAnswer(host, owners) : firstPartyAnswer(options.app, own);
  }

  return {
    attribute(request) {
      const host = normalHost(request.host);
      for (const claim of index.claimsOn(host)) {
        if (claim.holds === null || claim.holds(request)) return answerOf(claim, host);
      }
      return otherwise(host);
    },
    attributeHost(given, port) {
      const host = normalHost(given);
      const claims = index.claimsOn(host);
      const named = claims.filter(({ rule }) => rule.host !== '*');
      const holding = claims.find((claim) => holdsForHost(claim, port));
      const before = holding === undefined ? named : named.slice(0, named.indexOf(holding));
      if (holding !== undefined && before.every(({ signature }) => signature === holding.signature))
        return { ...answerOf(holding, host), candidates: [] };
      const answer = otherwise(host);
      const possible = [...new Set([...before, ...(holding ? [holding] : [])].map(({ signature }) => signature))];
      const candidates = possible.map(({ id }) => id);
      if (candidates.length === 0) return { ...answer, candidates };
      const names = possible.map(({ name }) => name).join(' or ');
      const reason = `${answer.reason}; only the hidden path could tell whether it is ${names}`;
      return { ...answer, reason, candidates };
    },
  };
}

/** Whether a claim holds on host and port alone. */
function holdsForHost({ rule }: Claim, port: number): boolean {
  const hidden = [rule.paths, rule.methods, Object.keys(rule.headers), Object.keys(rule.parameters)];
  return hidden.every((list) => list.length === 0) && (rule.ports.length === 0 || rule.ports.includes(port));
}

function ruleSentence({ rule, signature }: Claim): string {
  const conditions = [
    rule.ports.length > 0 ? `port ${rule.ports.join(' or ')}` : '',
    rule.paths.length > 0 ? `path ${rule.paths.join(' or ')}` : '',
    rule.methods.length > 0 ? `method ${rule.methods.join(' or ')}` : '',
    ...Object.keys(rule.headers).map((name) => `header ${name}`),
    ...Object.keys(rule.parameters).map((name) => `parameter ${name}`),
  ].filter((text) => text !== '');
  const where = rule.host === '*' ? 'any host' : `host ${rule.host}`;
  const how = conditions.length === 0 ? '' : ` with ${conditions.join(', ')}`;
  return `${where}${how} is a rule of ${signature.id} (confidence ${rule.confidence})`;
}

/** Host names compare in lower case, without the dot of the root. */
function normalHost(host: string): string {
  const lower = host.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

interface FirstParty {
  readonly domain: string;
  /** With a dot before it: what the names below it end in. */
  readonly suffix: string;
  readonly because: string;
}

function ownerAmong(firstParty: readonly FirstParty[], host: string): FirstParty | null {
  return firstParty.find(({ domain, suffix }) => host === domain || host.endsWith(suffix)) ?? null;
}

function firstPartyDomains(options: { app: string | null; firstPartyHosts: readonly string[] }): FirstParty[] {
  const declared = options.firstPartyHosts.map((given) => {
    const domain = normalHost(given.replace(/^\*?\./, ''));
    return { domain, suffix: `.${domain}`, because: `${domain} is declared as the first party's` };
  });
  const own = options.app === null ? null : domainOfApp(options.app);
  return own === null
    ? declared
    : [...declared, { domain: own, suffix: `.${own}`, because: `${own} is the app id in reverse` }];
}

/** `com.example.app` → `example.com`; null for an id that is no reversed name of a known top-level domain. */
export function domainOfApp(app: string): string | null {
  const reversed = app.toLowerCase().split('.').reverse().join('.');
  const { domain, isIcann, isPrivate } = parse(reversed, { validateHostname: false, allowPrivateDomains: true });
  return isIcann || isPrivate ? domain : null;
}

function firstPartyAnswer(app: string | null, own: FirstParty): Attribution {
  const id = app ?? own.domain;
  return { recipient: { kind: 'first-party', id, name: id }, signature: null, reason: own.because };
}

/** Registrable domain → the vendor that owns it, or its group, from all signatures. */
function ownersOf(signatures: readonly Signature[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { vendor } of signatures)
    for (const domain of vendor.domains) owners.set(domain, vendor.group ?? vendor.name);
  return owners;
}

function thirdPartyAnswer(host: string, owners: ReadonlyMap<string, string>): Attribution {
  const domain = getDomain(host) ?? host;
  const owner = owners.get(domain);
  return {
    recipient: { kind: 'third-party', id: domain, name: owner ?? domain },
    signature: null,
    reason:
      owner === undefined ? `no signature claims ${host}` : `${domain} belongs to ${owner}, but no SDK rule matches`,
  };
}
