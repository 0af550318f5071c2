import { decodeBody } from '../decode/decode-body.ts';
import { decodeRequestHead, decodeResponseHead } from '../decode/decode-head.ts';
import { describeBody } from '../decode/describe.ts';
import { EvidenceReader } from '../evidence/evidence-reader.ts';
import type { ExchangeRow } from '../evidence/exchange-row.ts';
import type { EvidenceSecret } from '../evidence/protection.ts';
import { operatorError } from '../model/errors.ts';
import type { Direction, Headers } from '../model/exchange.ts';
import type { DecodedBody, DecodedHead, HeadPart } from '../model/layer.ts';
import { DEFAULT_LIMITS } from '../model/limits.ts';
import { loadSdkCodecs, type SdkCodecs } from './sdk-codecs.ts';

export interface ExplainRequest {
  readonly db: string;
  readonly id: number;
  readonly secret: EvidenceSecret | null;
  /** The operator's own signatures, whose codecs may be needed; null: none. */
  readonly signatureFolder: string | null;
}

/** @throws TelltaleError `usage` when there is none of that number. */
export function exchangeOf(reader: EvidenceReader, { db, id }: ExplainRequest): ExchangeRow {
  const exchange = reader.exchange(id);
  if (exchange === null) throw operatorError('usage', { message: `${db} holds no exchange ${id}` });
  return exchange;
}

/** Opens the evidence file for one reading. */
export function withReader<Result>(
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
export interface Source {
  readonly title: string;
  readonly direction: Direction;
  readonly message: number | null;
  readonly sha256: string | null;
  readonly decoded: DecodedBody | DecodedHead;
  /** The parts of a head; null for bodies. */
  readonly heads: readonly HeadPart[] | null;
}

/** Everything of an exchange that findings can be in, decoded again from what is stored; bodies that are not stored are left out. */
export function* sourcesOf(reader: EvidenceReader, exchange: ExchangeRow, codecs: SdkCodecs): Generator<Source> {
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
