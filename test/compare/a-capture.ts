import type { DataType, Taxonomy } from '../../src/model/data-type.ts';
import type { Declaration, SdkStatement } from '../../src/model/declaration.ts';
import type { CaptureEvidence, StoredExchange, StoredGap } from '../../src/model/evidence.ts';
import { urlOf } from '../../src/model/exchange.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { GapKind } from '../../src/model/gaps.ts';
import { type Mark, type MarkKind, phaseAt } from '../../src/model/mark.ts';
import type { Recipient } from '../../src/model/recipient.ts';
import type { Signature } from '../../src/model/signature.ts';
import { loadTaxonomy } from '../../src/signatures/data-types.ts';

/** 2026-03-01T08:00:00Z: every capture of these tests starts here. */
export const START = Date.UTC(2026, 2, 1, 8, 0, 0);

export const taxonomy: Taxonomy = loadTaxonomy({ extraFolder: null });

export const APP: Recipient = { kind: 'first-party', id: 'com.example.shop', name: '示例商城' };
export const UMENG: Recipient = { kind: 'sdk', id: 'umeng', name: '友盟+' };
export const ADS: Recipient = { kind: 'sdk', id: 'acme-ads', name: 'Acme Ads' };
export const OTHER: Recipient = { kind: 'third-party', id: 'tracker.test', name: 'tracker.test' };

/** One request of a test capture: who got it, when (seconds after {@link START}), and what was found in it. */
export interface Sending {
  readonly to: Recipient;
  readonly at?: number;
  readonly host?: string;
  readonly scheme?: 'http' | 'https' | 'ws';
  readonly target?: string;
  readonly server?: string | null;
  readonly types?: readonly string[];
  readonly finding?: Partial<Finding>;
}

export interface Hidden {
  readonly kind: GapKind;
  readonly host?: string | null;
  readonly recipient?: Recipient | null;
  readonly exchange?: number | null;
  readonly at?: readonly string[];
}

export interface CaptureSketch {
  readonly sendings?: readonly Sending[];
  readonly gaps?: readonly Hidden[];
  /** Kind, seconds after {@link START}, note. */
  readonly marks?: readonly (readonly [MarkKind, number, string?])[];
  readonly facts?: CaptureEvidence['capture']['facts'];
  readonly app?: string | null;
}

/** Builds the evidence of a capture as the evidence file would give it. */
export function aCapture(sketch: CaptureSketch): CaptureEvidence {
  const marks = (sketch.marks ?? []).map(
    ([kind, at, note], index): Mark => ({ id: index + 1, kind, at: START + at * 1000, note: note ?? null }),
  );
  const exchanges = (sketch.sendings ?? []).map((sending, index) => exchangeOf(sending, index + 1, marks));
  let findingId = 0;
  const findings = (sketch.sendings ?? []).flatMap((sending, index) =>
    (sending.types ?? []).map((dataType): Finding => {
      findingId += 1;
      return findingOf(sending, dataType, findingId, exchanges[index] as StoredExchange, marks);
    }),
  );
  return {
    capture: {
      id: 1,
      name: 'night-1',
      startedAt: START,
      endedAt: START + 600_000,
      app: sketch.app === undefined ? APP.id : sketch.app,
      deviceName: 'redmi-k40',
      facts: sketch.facts ?? {},
    },
    marks,
    contacts: exchanges.map(({ recipient, request: { host }, serverAddress, startedAt: firstAt }) => ({
      recipient,
      host,
      serverAddress,
      exchanges: 1,
      firstAt,
    })),
    exchanges,
    findings,
    gaps: (sketch.gaps ?? []).map(gapOf),
  };
}

function exchangeOf(sending: Sending, id: number, marks: readonly Mark[]): StoredExchange {
  const at = START + (sending.at ?? id) * 1000;
  const scheme = sending.scheme ?? 'https';
  const host = sending.host ?? (sending.to.kind === 'third-party' ? sending.to.id : `${sending.to.id}.test`);
  const request = {
    method: 'POST',
    scheme,
    host,
    port: scheme === 'https' ? 443 : 80,
    target: sending.target ?? '/collect',
    httpVersion: '1.1',
    headers: [],
  };
  return {
    id,
    capture: 'night-1',
    startedAt: at,
    endedAt: at + 40,
    phase: phaseAt(marks, at),
    request,
    scheme,
    url: urlOf(request),
    requestBody: { sha256: String(id).padStart(64, '0'), size: 120 },
    response: { status: 200, reason: 'OK', httpVersion: '1.1', headers: [] },
    responseBody: null,
    serverAddress: sending.server ?? null,
    recipient: sending.to,
    error: null,
    findingCount: sending.types?.length ?? 0,
    device: null,
  };
}

function findingOf(
  sending: Sending,
  dataType: string,
  id: number,
  exchange: StoredExchange,
  marks: readonly Mark[],
): Finding {
  return {
    id,
    exchange: exchange.id,
    capture: 'night-1',
    observedAt: exchange.startedAt,
    phase: phaseAt(marks, exchange.startedAt),
    recipient: sending.to,
    host: exchange.request.host,
    method: 'POST',
    url: exchange.url,
    direction: 'request',
    place: 'body',
    field: `header.${dataType}`,
    decodeChain: ['gzip', `json:header.${dataType}`],
    offset: 112,
    length: 32,
    dataType,
    transform: 'md5-hex',
    match: 'known-value',
    valueMasked: '8675…567',
    message: null,
    ...sending.finding,
  };
}

function gapOf(hidden: Hidden, index: number): StoredGap {
  return {
    id: index + 1,
    capture: 'night-1',
    exchange: hidden.exchange ?? null,
    at: START + 5000,
    host: hidden.host ?? null,
    port: 443,
    recipient: hidden.recipient ?? null,
    gap: { kind: hidden.kind, at: hidden.at ?? [], bytesUnread: null, detail: null },
    facts: {},
  };
}

export function anSdk(
  signature: string | null,
  types: readonly string[],
  more: Partial<SdkStatement> = {},
): SdkStatement {
  return {
    name: signature ?? 'Mystery SDK',
    vendor: null,
    function: null,
    data_types: types,
    umbrella: [],
    data_text: types.join('、'),
    link: null,
    quote: `${signature ?? 'Mystery SDK'} 收集 ${types.join('、')}`,
    signature,
    ...more,
  };
}

export function aPolicy(sdks: readonly SdkStatement[], firstParty: readonly string[] = []): Declaration {
  return {
    app: '示例商城',
    company: '示例公司',
    updated: '2026-01-01',
    language: ['zh'],
    first_party: firstParty.map((data_type) => ({ data_type, quote: `我们会收集 ${data_type}` })),
    sdks,
    storage: { mainland_only: null, cross_border: null, quote: null },
    retention: { quote: null },
  };
}

export function aSignature(id: string, more: Partial<Signature> = {}): Signature {
  return {
    id,
    name: id,
    names: { zh: id, en: id },
    aliases: [],
    packages: [],
    vendor: { name: `${id} Ltd`, country: 'CN', domains: [] },
    category: 'analytics',
    network: 'https',
    why: null,
    hosts: [hostRule(`${id}.test`), hostRule(`*.${id}.test`)],
    protocols: [],
    fields: [],
    codec: null,
    opaque: null,
    checkedOn: '2026-01-01',
    samples: { match: [], miss: [] },
    ...more,
  };
}

function hostRule(host: string): Signature['hosts'][number] {
  return {
    host,
    ports: [],
    paths: [],
    methods: [],
    headers: {},
    parameters: {},
    confidence: 'high',
    sources: [],
    priority: 0,
  };
}

export const signatures: readonly Signature[] = [
  aSignature('umeng', {
    names: { zh: '友盟+', en: 'Umeng' },
    vendor: { name: 'umeng Ltd', country: 'CN', domains: ['vendor.test'] },
  }),
  aSignature('acme-ads', { category: 'ads', vendor: { name: 'Acme Inc.', country: 'US', domains: [] } }),
  aSignature('quiet-lib', { network: 'none' }),
  aSignature('secret-lib', { network: 'unknown', hosts: [] }),
];

export type { DataType };
