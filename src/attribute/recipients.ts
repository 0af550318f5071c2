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

export interface RecipientIndex {
  /** Who receives a request. Never throws, whatever the phone sent. */
  attribute(request: AttributedHead): Attribution;
  /** Who hides behind a name of which nothing else was seen (a tunnel, a refused handshake). */
  attributeHost(host: string, port: number): Attribution;
}

/** Hosts whose answers are remembered; a capture has a few hundred, a hostile one as many as it likes. */
const REMEMBERED_HOSTS_MAX = 4_096;

/** What is known of a host before any request to it is looked at. */
interface HostView {
  readonly claims: readonly Claim[];
  /** One answer for each claim, made once. */
  readonly answers: readonly Attribution[];
  /** The answer when no claim holds. */
  readonly otherwise: Attribution;
}

/**
 * Prepares the attribution of one capture.
 *
 * An SDK's rule decides first, because an SDK's server is its vendor's whatever app it sits in. Where a rule speaks for any host
 * (software that customers install on their own servers) and the host is the first party's, the first party received the data
 * and the signature only tells with which software.
 *
 * Costs two look-ups for a host seen before and no conditions; conditions are tested in order of their strength.
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
  const views = new Map<string, HostView>();

  /** What a rule answers is the same for every host. */
  const known = new Map<Claim, Attribution>();

  function answerOf(claim: Claim): Attribution {
    let answer = known.get(claim);
    if (answer === undefined) {
      const { id, name } = claim.signature;
      answer = { recipient: { kind: 'sdk', id, name }, signature: claim.signature, reason: ruleSentence(claim) };
      known.set(claim, answer);
    }
    return answer;
  }

  function viewOf(given: string): HostView {
    const seen = views.get(given);
    if (seen !== undefined) return seen;
    const host = normalHost(given);
    const claims = index.claimsOn(host);
    const own = firstParty.find(({ domain }) => host === domain || host.endsWith(`.${domain}`));
    const otherwise = own ? firstPartyAnswer(options.app, own) : thirdPartyAnswer(host, owners);
    const answers = claims.map((claim) => {
      if (!own || claim.rule.host !== '*') return answerOf(claim);
      return { ...otherwise, signature: claim.signature, reason: `${otherwise.reason}; ${ruleSentence(claim)}` };
    });
    const view = { claims, answers, otherwise };
    if (views.size >= REMEMBERED_HOSTS_MAX) views.clear();
    views.set(given, view);
    return view;
  }

  return {
    attribute(request) {
      const view = viewOf(request.host);
      for (let at = 0; at < view.claims.length; at++) {
        const holds = (view.claims[at] as Claim).holds;
        if (holds === null || holds(request)) return view.answers[at] as Attribution;
      }
      return view.otherwise;
    },
    attributeHost(host, port) {
      const view = viewOf(host);
      const at = view.claims.findIndex((claim) => holdsForHost(claim, port));
      if (at !== -1) return view.answers[at] as Attribution;
      const candidates = new Set(
        view.claims.filter(({ rule }) => rule.host !== '*').map((claim) => claim.signature.name),
      );
      if (candidates.size === 0) return view.otherwise;
      const reason = `${view.otherwise.reason}; only the hidden path could tell whether it is ${[...candidates].join(' or ')}`;
      return { ...view.otherwise, reason };
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
  readonly because: string;
}

function firstPartyDomains(options: { app: string | null; firstPartyHosts: readonly string[] }): FirstParty[] {
  const declared = options.firstPartyHosts.map((given) => {
    const domain = normalHost(given.replace(/^\*?\./, ''));
    return { domain, because: `${domain} is declared as the first party's` };
  });
  const own = options.app === null ? null : domainOfApp(options.app);
  return own === null ? declared : [...declared, { domain: own, because: `${own} is the app id in reverse` }];
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

/** Registrable domain → the vendor that owns it, from all signatures. */
function ownersOf(signatures: readonly Signature[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { vendor } of signatures) for (const domain of vendor.domains) owners.set(domain, vendor.name);
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
