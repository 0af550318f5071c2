import type { CaptureEvidence } from '../model/evidence.ts';
import type { Finding } from '../model/finding.ts';
import type { Recipient } from '../model/recipient.ts';
import type { ExchangeIndex } from './exchange-index.ts';
import type { Timeline } from './timeline.ts';

/** What a capture holds of one recipient. */
export interface Traffic {
  readonly exchanges: number;
  /** Sorted. */
  readonly hosts: readonly string[];
  /** ISO 3166 codes of the servers' countries as far as known, sorted. */
  readonly countries: readonly string[];
  /** Findings in requests, by data type, in the order of time: what the phone sent. */
  readonly sent: ReadonlyMap<string, readonly Finding[]>;
  /** Exchanges whose responses held a data type, ascending: what the server sent back. */
  readonly returned: ReadonlyMap<string, readonly number[]>;
}

export const NO_TRAFFIC: Traffic = {
  exchanges: 0,
  hosts: [],
  countries: [],
  sent: new Map(),
  returned: new Map(),
};

/** Identity of a recipient; all names of the first party are one. */
export function keyOf(recipient: Recipient): string {
  return recipient.kind === 'first-party' ? 'first-party' : `${recipient.kind} ${recipient.id}`;
}

interface Draft {
  readonly recipient: Recipient;
  exchanges: number;
  readonly hosts: Set<string>;
  readonly countries: Set<string>;
  readonly sent: Map<string, Finding[]>;
  readonly returned: Map<string, Set<number>>;
}

/** Sorts a capture by recipient, in one pass over its contacts and one over its findings. Keys are those of {@link keyOf}. */
export function trafficByRecipient({
  evidence,
  timeline,
  index,
}: {
  readonly evidence: CaptureEvidence;
  readonly timeline: Timeline;
  readonly index: ExchangeIndex;
}): ReadonlyMap<string, { readonly recipient: Recipient; readonly traffic: Traffic }> {
  const drafts = new Map<string, Draft>();
  // Rows of one recipient share its value: most look-ups need no key to be made.
  const known = new Map<Recipient, Draft>();
  const draftOf = (recipient: Recipient): Draft => {
    const draft = known.get(recipient) ?? drafts.get(keyOf(recipient)) ?? newDraft(recipient);
    if (!known.has(recipient)) {
      known.set(recipient, draft);
      drafts.set(keyOf(recipient), draft);
    }
    return draft;
  };
  for (const { recipient, host, serverAddress, exchanges } of evidence.contacts) {
    const draft = draftOf(recipient);
    draft.exchanges += exchanges;
    draft.hosts.add(host);
    const country = index.countryAt(serverAddress);
    if (country !== null) draft.countries.add(country);
  }
  for (const finding of evidence.findings) takeFinding(finding, draftOf(finding.recipient), timeline);
  return new Map([...drafts].map(([key, draft]) => [key, { recipient: draft.recipient, traffic: trafficOf(draft) }]));
}

function newDraft(recipient: Recipient): Draft {
  return { recipient, exchanges: 0, hosts: new Set(), countries: new Set(), sent: new Map(), returned: new Map() };
}

function takeFinding(finding: Finding, draft: Draft, { phases }: Timeline): void {
  const { dataType, exchange } = finding;
  if (finding.direction === 'response') {
    draft.returned.set(dataType, (draft.returned.get(dataType) ?? new Set()).add(exchange));
    return;
  }
  const timed = phases === null ? finding : { ...finding, phase: phases.at(finding.observedAt) };
  const list = draft.sent.get(dataType);
  if (list === undefined) draft.sent.set(dataType, [timed]);
  else list.push(timed);
}

function trafficOf({ exchanges, hosts, countries, sent, returned }: Draft): Traffic {
  for (const findings of sent.values()) findings.sort((a, b) => a.observedAt - b.observedAt || a.id - b.id);
  return {
    exchanges,
    hosts: [...hosts].sort(),
    countries: [...countries].sort(),
    sent,
    returned: new Map([...returned].map(([type, ids]) => [type, [...ids].sort((a, b) => a - b)])),
  };
}
