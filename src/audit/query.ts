import { EvidenceReader, type Selection } from '../evidence/evidence-reader.ts';
import type { HostOverview } from '../evidence/overviews.ts';
import type { EvidenceSecret } from '../evidence/protection.ts';
import type { StoredExchange, StoredGap } from '../model/evidence.ts';
import { findingToJson } from '../model/finding.ts';
import { urlWithoutFound, withMaskedNames } from '../model/masked-url.ts';

/** A row of a list, in the stable JSON form of docs/json.md. */
export type ListRecord = Readonly<Record<string, unknown>>;

type Totals = Omit<HostOverview, 'host' | 'recipient'>;

export interface ListOptions extends Selection {
  readonly db: string;
  /** Give addresses whole; else what was found in them is left out. */
  readonly reveal?: boolean;
  readonly secret: EvidenceSecret | null;
}

export function listExchanges(options: ListOptions): Iterable<ListRecord> {
  return list(
    options,
    (reader) => reader.exchanges(options),
    (exchange: StoredExchange, urlOf) => ({ ...exchangeToJson(exchange), url: urlOf(exchange) }),
  );
}

export function listFindings(options: ListOptions): Iterable<ListRecord> {
  return list(
    options,
    (reader) => reader.findings(options),
    ({ finding }, urlOf) => ({
      ...findingToJson(options.reveal ? finding : withMaskedNames(finding)),
      url: urlOf({ id: finding.exchange, url: finding.url }),
    }),
  );
}

export function listGaps(options: ListOptions): Iterable<ListRecord> {
  return list(options, (reader) => reader.gaps(options), gapToJson);
}

export function listHosts(options: ListOptions): Iterable<ListRecord> {
  return list(
    options,
    (reader) => reader.hosts(options),
    ({ host, recipient, ...totals }) => ({ host, recipient, ...totalsToJson(totals) }),
  );
}

/** SDKs only; other recipients are in {@link listHosts}. */
export function listSdks(options: ListOptions): Iterable<ListRecord> {
  return list(
    options,
    (reader) =>
      reader
        .recipients(options)
        .filter(({ recipient }) => recipient.kind === 'sdk')
        .slice(0, options.limit ?? undefined),
    ({ recipient, hosts, dataTypes, ...totals }) => ({
      sdk: recipient.id,
      name: recipient.name,
      hosts,
      ...totalsToJson(totals),
      data_types: dataTypes,
    }),
  );
}

/** Rows of a query of the operator's own; bytes stand as hex. */
export function* runSql(db: string, text: string, secret: EvidenceSecret | null): Generator<ListRecord> {
  const reader = EvidenceReader.open(db, { secret });
  try {
    for (const row of reader.sql(text))
      yield Object.fromEntries(
        Object.entries(row).map(([name, cell]) => [
          name,
          cell instanceof Uint8Array ? Buffer.from(cell).toString('hex') : cell,
        ]),
      );
  } finally {
    reader.close();
  }
}

function totalsToJson(totals: Totals): ListRecord {
  return {
    exchanges: totals.exchanges,
    findings: totals.findings,
    request_bytes: totals.requestBytes,
    response_bytes: totals.responseBytes,
    first_seen: new Date(totals.firstAt).toISOString(),
    last_seen: new Date(totals.lastAt).toISOString(),
  };
}

/** Gives the address of an exchange as a list may show it. */
type UrlOf = (exchange: { readonly id: number; readonly url: string; readonly findingCount?: number }) => string;

/** Rows come as they are asked for: a file of any size is listed in bounded memory. */
function* list<Row>(
  { db, secret, reveal = false }: ListOptions,
  rows: (reader: EvidenceReader) => Iterable<Row>,
  toJson: (row: Row, urlOf: UrlOf) => ListRecord,
): Generator<ListRecord> {
  const reader = EvidenceReader.open(db, { secret });
  try {
    const urlOf = reveal ? ({ url }: { readonly url: string }) => url : addressesWithoutFound(reader);
    for (const row of rows(reader)) yield toJson(row, urlOf);
  } finally {
    reader.close();
  }
}

/** Leaves out of addresses what was found in them. The findings of one exchange mostly follow each other: the last one is remembered. */
function addressesWithoutFound(reader: EvidenceReader): UrlOf {
  let last = { id: -1, url: '' };
  return ({ id, url, findingCount }) => {
    if (findingCount === 0) return url;
    if (last.id !== id)
      last = {
        id,
        url: urlWithoutFound(
          url,
          reader.findingsOf(id).map(({ finding }) => finding),
        ),
      };
    return last.url;
  };
}

export function exchangeToJson(exchange: StoredExchange): ListRecord {
  const { request, requestBody, responseBody } = exchange;
  return {
    id: exchange.id,
    capture: exchange.capture,
    started_at: new Date(exchange.startedAt).toISOString(),
    ended_at: new Date(exchange.endedAt).toISOString(),
    phase: exchange.phase,
    device: exchange.device,
    method: request.method,
    url: exchange.url,
    host: request.host,
    port: request.port,
    status: exchange.response?.status ?? null,
    recipient: exchange.recipient,
    request_bytes: requestBody?.size ?? 0,
    response_bytes: responseBody?.size ?? 0,
    request_sha256: requestBody?.sha256 ?? null,
    response_sha256: responseBody?.sha256 ?? null,
    findings: exchange.findingCount,
    error: exchange.error,
  };
}

export function gapToJson({ gap, ...stored }: StoredGap): ListRecord {
  return {
    id: stored.id,
    capture: stored.capture,
    exchange: stored.exchange,
    at: new Date(stored.at).toISOString(),
    kind: gap.kind,
    host: stored.host,
    port: stored.port,
    recipient: stored.recipient,
    place: gap.at,
    bytes_unread: gap.bytesUnread,
    detail: gap.detail,
    facts: stored.facts,
  };
}
