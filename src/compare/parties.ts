import type { Declaration, SdkStatement } from '../model/declaration.ts';
import type { CaptureEvidence } from '../model/evidence.ts';
import type { Language } from '../model/language.ts';
import type { Recipient } from '../model/recipient.ts';
import type { Signature } from '../model/signature.ts';
import { type Entry, entryOf, firstPartyEntry, systemOf } from './entry.ts';
import type { ExchangeIndex } from './exchange-index.ts';
import type { Timeline } from './timeline.ts';
import { keyOf, NO_TRAFFIC, type Traffic, trafficByRecipient } from './traffic.ts';

/** Somebody who received data, or of whom the policy says so. */
export interface Party {
  readonly recipient: Recipient;
  readonly signature: Signature | null;
  readonly entry: Entry | null;
  readonly traffic: Traffic;
}

export interface PartiesInput {
  readonly declaration: Declaration | null;
  readonly evidence: CaptureEvidence;
  readonly signatures: readonly Signature[];
  readonly timeline: Timeline;
  readonly index: ExchangeIndex;
  readonly language: Language;
}

/**
 * Whether the app's own servers may be among those taken for third parties: the operator named none, and no traffic was known as
 * the app's own by its id.
 */
export function ownHostsUnknown({ recipient, traffic }: Party, { capture }: CaptureEvidence): boolean {
  return recipient.kind === 'first-party' && traffic.exchanges === 0 && capture.facts['own_hosts'] === undefined;
}

const KIND_ORDER = { 'first-party': 0, sdk: 1, 'third-party': 2 } as const;

/**
 * Brings together who was declared and who was seen: the first party, then SDKs, then others, each by id.
 *
 * A policy's entry belongs to an SDK by its signature. An entry without one belongs to a third party or SDK that was seen when the
 * link that it gives leads to that party's domain and to nobody else's, or when one third party's domain is called as the entry is;
 * otherwise it stays a recipient of its own, which nobody can observe.
 * The same holds for an entry whose signature knows no host.
 */
export function partiesOf(input: PartiesInput): Party[] {
  const traffic = trafficByRecipient(input);
  const seen = new Map([...traffic].map(([key, { recipient }]) => [key, recipient]));
  const drafts = new Map<string, { recipient: Recipient; statements: SdkStatement[] }>();
  for (const recipient of seen.values()) drafts.set(keyOf(recipient), { recipient, statements: [] });
  for (const statement of input.declaration?.sdks ?? []) {
    const recipient = recipientOf(statement, input, seen);
    const draft = drafts.get(keyOf(recipient)) ?? { recipient, statements: [] };
    draft.statements.push(statement);
    drafts.set(keyOf(recipient), draft);
  }
  const own = firstParty(input, seen);
  if (drafts.has(keyOf(own)) || (input.declaration?.first_party.length ?? 0) > 0) {
    drafts.set(keyOf(own), { recipient: own, statements: [] });
  }
  return [...drafts.values()]
    .map((draft) => fill(draft, input, traffic.get(keyOf(draft.recipient))?.traffic ?? NO_TRAFFIC))
    .sort(byKindAndId);
}

function firstParty({ declaration, evidence }: PartiesInput, seen: ReadonlyMap<string, Recipient>): Recipient {
  const id = evidence.capture.app ?? declaration?.app ?? 'first-party';
  const known = seen.get('first-party') ?? { kind: 'first-party', id, name: id };
  // Evidence knows the app by its id; people know it by the name that its policy gives.
  return { ...known, name: known.name === known.id ? (declaration?.app ?? known.name) : known.name };
}

function recipientOf(
  statement: SdkStatement,
  input: PartiesInput,
  seen: ReadonlyMap<string, Recipient>,
): Pick<Recipient, 'kind' | 'id' | 'name'> {
  const signature = input.signatures.find(({ id }) => id === statement.signature) ?? null;
  const others = [...seen.values()].filter(({ kind }) => kind === 'third-party');
  const linked = others.find(({ id }) => linksTo(statement.link, id));
  if (statement.signature !== null) {
    const name = signature?.names[input.language] ?? signature?.name ?? statement.name;
    // Where an SDK's hosts are unknown, what reaches its vendor's domain is all that can be seen of it.
    const unseen = signature?.network === 'unknown' && signature.hosts.length === 0;
    const known = unseen ? (linked ?? namedLike(statement.name, others)) : undefined;
    return known ?? { kind: 'sdk', id: statement.signature, name };
  }
  const owned = linked ?? seenSdkOf(statement.link, input.signatures, seen) ?? namedLike(statement.name, others);
  return owned ?? { kind: 'sdk', id: statement.name.trim().replace(/\s+/g, ' '), name: statement.name };
}

/** The SDK that was seen and whose vendor's domain the link leads to, when that vendor has no other SDK. */
function seenSdkOf(
  link: string | null,
  signatures: readonly Signature[],
  seen: ReadonlyMap<string, Recipient>,
): Recipient | undefined {
  const owners = signatures.filter(({ vendor }) => vendor.domains.some((domain) => linksTo(link, domain)));
  const [only] = owners;
  return only === undefined || owners.length > 1 ? undefined : seen.get(`sdk ${only.id}`);
}

/** The one third party whose domain is called as the entry is: adjoe.example for “Adjoe SDK”. */
function namedLike(name: string, others: readonly Recipient[]): Recipient | undefined {
  const core = name
    .toLowerCase()
    .replace(/\bsdk\b|sdk$/g, '')
    .replace(/[\s._-]+/g, '');
  if (!/^[a-z0-9]{4,}$/.test(core)) return undefined;
  const [only, ...more] = others.filter(({ id }) => id.split('.')[0]?.replace(/-/g, '') === core);
  return more.length === 0 ? only : undefined;
}

/** Whether a link of the policy leads to a domain or a name below it. */
function linksTo(link: string | null, domain: string): boolean {
  if (link === null) return false;
  const host = /^(?:https?:\/\/)?([^/\s?#:]+)/i.exec(link.trim())?.[1]?.toLowerCase();
  return host === domain || (host?.endsWith(`.${domain}`) ?? false);
}

function fill(
  { recipient, statements }: { readonly recipient: Recipient; readonly statements: readonly SdkStatement[] },
  { declaration, evidence, signatures, language }: PartiesInput,
  traffic: Traffic,
): Party {
  const signature = recipient.kind === 'sdk' ? (signatures.find(({ id }) => id === recipient.id) ?? null) : null;
  // Evidence holds one name; a report in the other language has another.
  const name = (language === 'en' ? signature?.names.en : null) ?? recipient.name;
  return {
    recipient: { ...recipient, name },
    signature,
    entry:
      recipient.kind === 'first-party'
        ? firstPartyEntry(declaration, systemOf(evidence))
        : entryOf(statements, systemOf(evidence)),
    traffic,
  };
}

function byKindAndId(a: Party, b: Party): number {
  const kinds = KIND_ORDER[a.recipient.kind] - KIND_ORDER[b.recipient.kind];
  if (kinds !== 0) return kinds;
  return a.recipient.id < b.recipient.id ? -1 : a.recipient.id > b.recipient.id ? 1 : 0;
}
