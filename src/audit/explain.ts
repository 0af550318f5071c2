import { readDeviceProfile } from '../device/profile.ts';
import type { EvidenceReader } from '../evidence/evidence-reader.ts';
import type { ExchangeRow } from '../evidence/exchange-row.ts';
import type { StoredFinding } from '../evidence/row-reading.ts';
import { operatorError } from '../model/errors.ts';
import { type Finding, findingToJson } from '../model/finding.ts';
import { loadTaxonomy } from '../signatures/data-types.ts';
import { type ExplainRequest, type Source, sourcesOf, withReader } from './decoded-exchange.ts';
import { marksIn, type ShownMark, type Site, siteIn, wayTo } from './finding-site.ts';
import { type MatchContext, matchesAgain } from './match-again.ts';
import type { ListRecord } from './query.ts';
import type { SdkCodecs } from './sdk-codecs.ts';

export interface ExplainFindingRequest extends ExplainRequest {
  /** Path of the device profile, for salts and places that the evidence file does not hold; null: without. */
  readonly device: string | null;
}

/** One step of the way from the stored bytes to a value. */
export interface ExplainedStep {
  /** `as sent`, or a step of the decode chain. */
  readonly step: string;
  readonly bytes: Uint8Array;
}

/** A body of which the file holds the size and the hash only. */
export interface UnkeptBody {
  /** `request body`, `response message 3`. */
  readonly title: string;
  readonly size: number;
  readonly sha256: string;
}

/** The way from stored bytes to the value of one finding. */
export interface Explanation {
  readonly finding: ListRecord;
  /** Hash of the body that it begins with; null for heads. */
  readonly sha256: string | null;
  readonly steps: readonly ExplainedStep[];
  /** Index of the step that `offset` and `length` count in. */
  readonly found: number;
  /** Where findings of the exchange, this one among them, stand in that step. */
  readonly marks: readonly ShownMark[];
  /** Whether the bytes there were reached and were not found to be something else. */
  readonly holds: boolean;
  /** Whether they give the value's form, found anew; null when they were not reached or the profile is needed to tell. */
  readonly matchesAgain: boolean | null;
  /** The body that the finding is in, when the file does not hold it. */
  readonly unkept: UnkeptBody | null;
  /** Whole value, for `--reveal`; of a redacted capture the name that stands for it. */
  readonly value: string;
  /** Whether stand-ins were stored in place of values. */
  readonly redacted: boolean;
}

/** Walks the decode chain of a finding again, from the stored bytes. @throws TelltaleError `usage` when there is none of that number. */
export function explainFinding(request: ExplainFindingRequest): Explanation {
  return withReader(request, (reader, codecs) => {
    const taxonomy = loadTaxonomy({ extraFolder: request.signatureFolder });
    return explainIn({ reader, codecs, taxonomy }, request);
  });
}

/** An evidence file that is open, with what explaining needs beside it. */
interface OpenEvidence {
  readonly reader: EvidenceReader;
  readonly codecs: SdkCodecs;
  readonly taxonomy: ReturnType<typeof loadTaxonomy>;
}

/** The same for one finding of many. */
export function explainIn({ reader, codecs, taxonomy }: OpenEvidence, request: ExplainFindingRequest): Explanation {
  const stored = reader.finding(request.id);
  if (stored === null) throw operatorError('usage', { message: `${request.db} holds no finding ${request.id}` });
  const { finding, value, redacted } = stored;
  const exchange = reader.exchange(finding.exchange) as ExchangeRow;
  const about = { finding: findingToJson(finding), value, redacted };
  const place = placeOf(reader, exchange, stored, codecs);
  if (place === null) {
    const unkept = unkeptBody(reader, exchange, finding);
    const none = { steps: [], found: 0, marks: [], holds: false, matchesAgain: null };
    return { ...about, ...none, sha256: unkept?.sha256 ?? null, unkept };
  }
  const { site, source } = place;
  const way = wayTo(site.decoded.layers, site.layer);
  const steps = way.map((layer, index) => ({
    step: index === 0 ? site.begin : layer.chain.slice(way[index - 1]?.chain.length).join(' › '),
    bytes: index === 0 && site.part !== null ? layer.bytes.subarray(site.part.start, site.part.end) : layer.bytes,
  }));
  const isReached = finding.decodeChain.length - site.layer.chain.length <= 1;
  const isThere = isReached && finding.offset + finding.length <= (steps.at(-1)?.bytes.length ?? 0);
  const span = { layer: site.layer, from: site.part?.start ?? 0, to: site.part?.end ?? -1 };
  const marks = marksIn(span, source, reader.findingsOf(exchange.id));
  const again = isThere ? matchesAgain(site, stored, contextOf(reader, exchange, finding, request, taxonomy)) : null;
  const holds = isThere && again !== false;
  const found = steps.length - 1;
  return { ...about, sha256: site.sha256, steps, found, marks, holds, matchesAgain: again, unkept: null };
}

function contextOf(
  reader: EvidenceReader,
  exchange: ExchangeRow,
  finding: Finding,
  { device }: ExplainFindingRequest,
  taxonomy: OpenEvidence['taxonomy'],
): MatchContext {
  return {
    profile: device === null ? null : readDeviceProfile(device, new Set(taxonomy.keys())),
    values: reader.findingsOf(exchange.id),
    taxonomy,
    app: reader.capture(finding.capture).app,
  };
}

function placeOf(
  reader: EvidenceReader,
  exchange: ExchangeRow,
  stored: StoredFinding,
  codecs: SdkCodecs,
): { readonly site: Site; readonly source: Source } | null {
  for (const source of sourcesOf(reader, exchange, codecs)) {
    const site = siteIn(source, stored);
    if (site !== null) return { site, source };
  }
  return null;
}

function unkeptBody(reader: EvidenceReader, exchange: ExchangeRow, finding: Finding): UnkeptBody | null {
  const { direction, message, place } = finding;
  if (place !== 'body' && place !== 'websocket') return null;
  const ofExchange = direction === 'request' ? exchange.requestBody : exchange.responseBody;
  const body = message === null ? ofExchange : reader.messagesOf(exchange.id)[message]?.body;
  if (!body || reader.bodyPieces(body.sha256) !== null) return null;
  return { title: message === null ? `${direction} body` : `${direction} message ${message}`, ...body };
}
