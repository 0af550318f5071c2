import { decodeBody } from '../decode/decode-body.ts';
import { decodeRequestHead, decodeResponseHead } from '../decode/decode-head.ts';
import { describeBody } from '../decode/describe.ts';
import { EvidenceReader } from '../evidence/evidence-reader.ts';
import type { ExchangeRow } from '../evidence/exchange-row.ts';
import type { EvidenceSecret } from '../evidence/protection.ts';
import type { StoredFinding } from '../evidence/row-reading.ts';
import { operatorError } from '../model/errors.ts';
import type { StoredGap } from '../model/evidence.ts';
import type { Direction, Headers } from '../model/exchange.ts';
import { type Finding, findingToJson } from '../model/finding.ts';
import type { DecodedBody, DecodedHead, HeadPart, Layer } from '../model/layer.ts';
import { DEFAULT_LIMITS } from '../model/limits.ts';
import { exchangeToJson, type ListRecord } from './query.ts';
import { loadSdkCodecs, type SdkCodecs } from './sdk-codecs.ts';

export interface ExplainRequest {
  readonly db: string;
  readonly id: number;
  readonly secret: EvidenceSecret | null;
  /** The operator's own signatures, whose codecs may be needed; null: none. */
  readonly signatureFolder: string | null;
}

/** One step of the way from the stored bytes to a value. */
export interface ExplainedStep {
  /** `as sent`, or a step of the decode chain. */
  readonly step: string;
  readonly bytes: Uint8Array;
}

/** The way from stored bytes to the value of one finding. */
export interface Explanation {
  readonly finding: ListRecord;
  /** Hash of the body that it begins with; null for heads. */
  readonly sha256: string | null;
  readonly steps: readonly ExplainedStep[];
  /** Index of the step that `offset` and `length` count in. */
  readonly found: number;
  /** Whether the bytes there were reached. */
  readonly holds: boolean;
  /** Whole value, for `--reveal`; of a redacted capture the name that stands for it. */
  readonly value: string;
  /** Whether stand-ins were stored in place of values. */
  readonly redacted: boolean;
}

/** A run of text of an exchange with the findings in it, in order; offsets count characters of its bytes. */
export interface ShownPart {
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly marks: readonly ShownMark[];
}

export interface ShownMark {
  readonly start: number;
  readonly end: number;
  readonly finding: number;
  readonly about: string;
}

export interface ShownExchange {
  /** Whether stand-ins were stored in place of values. */
  readonly redacted: boolean;
  readonly exchange: ListRecord;
  readonly parts: readonly ShownPart[];
  /** Bodies that the phone and the server sent and the file does not hold, with their sizes in bytes. */
  readonly unkept: readonly { readonly direction: Direction; readonly bytes: number }[];
  readonly findings: readonly ListRecord[];
  readonly gaps: readonly StoredGap[];
}

/** Walks the decode chain of a finding again, from the stored bytes. @throws TelltaleError `usage` when there is none of that number. */
export function explainFinding(request: ExplainRequest): Explanation {
  return withReader(request, (reader, codecs) => {
    const stored = reader.finding(request.id);
    if (stored === null) throw operatorError('usage', { message: `${request.db} holds no finding ${request.id}` });
    const { finding, value, redacted } = stored;
    const exchange = reader.exchange(finding.exchange) as ExchangeRow;
    const site = siteOf(reader, exchange, stored, codecs);
    if (site === null)
      return { finding: findingToJson(finding), sha256: null, steps: [], found: 0, holds: false, value, redacted };
    const way = wayTo(site.decoded.layers, site.layer);
    const steps = way.map((layer, index) => ({
      step: index === 0 ? site.begin : layer.chain.slice(way[index - 1]?.chain.length).join(' › '),
      bytes: index === 0 && site.part !== null ? layer.bytes.subarray(site.part.start, site.part.end) : layer.bytes,
    }));
    const isReached = finding.decodeChain.length - site.layer.chain.length <= 1;
    const holds = isReached && finding.offset + finding.length <= (steps.at(-1)?.bytes.length ?? 0);
    return {
      finding: findingToJson(finding),
      sha256: site.sha256,
      steps,
      found: steps.length - 1,
      holds,
      value,
      redacted,
    };
  });
}

/** One exchange, decoded as far as whole bodies go, with its findings in place. */
export function showExchange(request: ExplainRequest): ShownExchange {
  return withReader(request, (reader, codecs) => {
    const exchange = exchangeOf(reader, request);
    const stored = reader.findingsOf(exchange.id);
    const parts: { title: string; layer: Layer; from: number; to: number; marks: ShownMark[] }[] = [];
    for (const source of sourcesOf(reader, exchange, codecs)) {
      const spans =
        source.heads === null
          ? [{ title: source.title, layer: outermost(source.decoded.layers), from: 0, to: -1 }]
          : source.heads.map((part) => ({
              title: part.place === 'url' ? 'url' : `${part.name}`,
              layer: source.decoded.layers[0] as Layer,
              from: part.start,
              to: part.end,
            }));
      for (const span of spans) parts.push({ ...span, marks: marksIn(span, source, stored) });
    }
    return {
      redacted: stored.some(({ redacted }) => redacted),
      exchange: exchangeToJson(exchange),
      parts: parts.map(({ title, layer, from, to, marks }) => ({
        title: layer.chain.length === 0 ? title : `${title}, ${layer.chain.join(' › ')}`,
        bytes: layer.bytes.subarray(from, to < 0 ? layer.bytes.length : to),
        marks,
      })),
      unkept: unkeptBodies(reader, exchange),
      findings: stored.map(({ finding }) => findingToJson(finding)),
      gaps: reader.gapsOf(exchange.id),
    };
  });
}

function unkeptBodies(reader: EvidenceReader, { requestBody, responseBody }: ExchangeRow): ShownExchange['unkept'] {
  const bodies = [
    ['request', requestBody],
    ['response', responseBody],
  ] as const;
  return bodies.flatMap(([direction, body]) =>
    body === null || body.size === 0 || reader.bodyPieces(body.sha256) !== null ? [] : { direction, bytes: body.size },
  );
}

/** A body of an exchange as sent, piece by piece. */
export function* rawBody(request: ExplainRequest, direction: Direction): Generator<Uint8Array> {
  const reader = EvidenceReader.open(request.db, { secret: request.secret });
  try {
    const exchange = exchangeOf(reader, request);
    const body = direction === 'request' ? exchange.requestBody : exchange.responseBody;
    if (body === null || body.size === 0) return;
    const pieces = reader.bodyPieces(body.sha256);
    if (pieces === null)
      throw operatorError('usage', { message: `the ${direction} body of exchange ${request.id} was not kept` });
    yield* pieces;
  } finally {
    reader.close();
  }
}

function exchangeOf(reader: EvidenceReader, { db, id }: ExplainRequest): ExchangeRow {
  const exchange = reader.exchange(id);
  if (exchange === null) throw operatorError('usage', { message: `${db} holds no exchange ${id}` });
  return exchange;
}

function withReader<Result>(
  request: ExplainRequest,
  read: (reader: EvidenceReader, codecs: SdkCodecs) => Result,
): Result {
  const reader = EvidenceReader.open(request.db, { secret: request.secret });
  try {
    return read(reader, loadSdkCodecs({ extraFolder: request.signatureFolder }));
  } finally {
    reader.close();
  }
}

/** A head, body or message of an exchange, decoded. */
interface Source {
  readonly title: string;
  readonly direction: Direction;
  readonly message: number | null;
  readonly sha256: string | null;
  readonly decoded: DecodedBody | DecodedHead;
  /** The parts of a head; null for bodies. */
  readonly heads: readonly HeadPart[] | null;
}

function* sourcesOf(reader: EvidenceReader, exchange: ExchangeRow, codecs: SdkCodecs): Generator<Source> {
  const { request, response } = exchange;
  const codec = codecs.codecFor(exchange.recipient);
  const body = function* (direction: Direction, headers: Headers, sha256: string | undefined): Generator<Source> {
    const bytes = sha256 === undefined ? null : reader.body(sha256);
    if (bytes === null || bytes.length === 0) return;
    const about = { ...describeBody(headers, true), codec: codec?.name ?? null, head: request };
    const decoded = decodeBody(bytes, about, DEFAULT_LIMITS, codecs.codecs);
    yield { title: `${direction} body`, direction, message: null, sha256: sha256 ?? null, decoded, heads: null };
  };
  const head = (direction: Direction, decoded: DecodedHead): Source => ({
    title: `${direction} head`,
    direction,
    message: null,
    sha256: null,
    decoded,
    heads: decoded.parts,
  });
  yield head('request', decodeRequestHead(request, DEFAULT_LIMITS, codec));
  yield* body('request', request.headers, exchange.requestBody?.sha256);
  if (response !== null) yield head('response', decodeResponseHead(response, DEFAULT_LIMITS));
  yield* body('response', response?.headers ?? [], exchange.responseBody?.sha256);
  for (const [message, { direction, kind, body: ref }] of reader.messagesOf(exchange.id).entries()) {
    const bytes = reader.body(ref.sha256);
    if (bytes === null) continue;
    const contentType = kind === 'grpc' ? 'application/protobuf' : null;
    const about = { contentType, contentEncodings: [], whole: true, codec: null, head: null };
    const decoded = decodeBody(bytes, about, DEFAULT_LIMITS);
    yield { title: `${direction} message ${message}`, direction, message, sha256: ref.sha256, decoded, heads: null };
  }
}

interface Site {
  readonly begin: string;
  readonly sha256: string | null;
  readonly decoded: DecodedBody;
  /** What offset and length count in. */
  readonly layer: Layer;
  /** Where the text that the offset counts from stands in that layer; null: at its start. */
  readonly part: HeadPart | null;
}

function siteOf(reader: EvidenceReader, exchange: ExchangeRow, stored: StoredFinding, codecs: SdkCodecs): Site | null {
  for (const source of sourcesOf(reader, exchange, codecs)) {
    const site = siteIn(source, stored);
    if (site !== null) return site;
  }
  return null;
}

function siteIn(source: Source, { finding, value }: StoredFinding): Site | null {
  const inHead = finding.place === 'url' || finding.place === 'header' || finding.place === 'cookie';
  if (source.direction !== finding.direction || source.message !== finding.message) return null;
  if (inHead !== (source.heads !== null)) return null;
  const layer = layerOf(source.decoded.layers, finding.decodeChain);
  const { decoded, sha256 } = source;
  if (source.heads === null || layer.parent >= 0) return { begin: 'as sent', sha256, decoded, layer, part: null };
  const fitting = source.heads.filter(
    (part) => part.place === finding.place && part.start + finding.offset + finding.length <= part.end,
  );
  const textAt = (part: HeadPart) => textOf(layer, part.start + finding.offset, finding.length);
  const named = fitting.filter(({ name }) => name === finding.field || finding.decodeChain.includes(`header:${name}`));
  const part = fitting.find((one) => textAt(one) === value) ?? named[0] ?? fitting[0];
  return part === undefined ? null : { begin: part.name ?? 'url', sha256, decoded, layer, part };
}

/** The layer that a finding's offset counts in: the deepest whose chain begins the finding's. */
function layerOf(layers: readonly Layer[], chain: readonly string[]): Layer {
  return layers.reduce((best, layer) =>
    layer.chain.length > best.chain.length && layer.chain.every((step, index) => step === chain[index]) ? layer : best,
  );
}

function wayTo(layers: readonly Layer[], layer: Layer): readonly Layer[] {
  const way = [layer];
  while ((way[0] as Layer).parent >= 0) way.unshift(layers[(way[0] as Layer).parent] as Layer);
  return way;
}

/** The body when its whole codings are undone: the deepest layer that no locator leads to. */
function outermost(layers: readonly Layer[]): Layer {
  return layers.reduce((best, layer) =>
    layer.chain.length > best.chain.length && layer.chain.every((step) => !step.includes(':')) ? layer : best,
  );
}

function marksIn(
  span: { readonly layer: Layer; readonly from: number; readonly to: number },
  source: Source,
  findings: readonly StoredFinding[],
): ShownMark[] {
  const marks = findings.flatMap((stored) => {
    const site = siteIn(source, stored);
    const place = site === null ? null : placeIn(span, site, stored.finding);
    return place === null ? [] : [{ ...place, finding: stored.finding.id, about: aboutOf(stored.finding) }];
  });
  return marks.sort((one, other) => one.start - other.start || other.end - one.end);
}

/** Where a finding stands in a span: itself, or the coded value that it was found inside of. Counted from the span's start. */
function placeIn(
  { layer, from, to }: { readonly layer: Layer; readonly from: number; readonly to: number },
  site: Site,
  { offset, length }: Finding,
): { readonly start: number; readonly end: number } | null {
  if (site.layer === layer) {
    if (site.part !== null && site.part.start !== from) return null;
    return { start: offset, end: offset + length };
  }
  let inner = site.layer;
  while (inner.parent >= 0) {
    const outer = site.decoded.layers[inner.parent] as Layer;
    if (outer === layer) {
      const inside = inner.parentStart >= from && (to < 0 || inner.parentEnd <= to);
      return inside ? { start: inner.parentStart - from, end: inner.parentEnd - from } : null;
    }
    inner = outer;
  }
  return null;
}

function aboutOf({ dataType, transform }: Finding): string {
  return transform === 'plain' ? dataType : `${dataType} ${transform}`;
}

function textOf(layer: Layer, start: number, length: number): string {
  return Buffer.from(layer.bytes.subarray(start, start + length)).toString();
}
