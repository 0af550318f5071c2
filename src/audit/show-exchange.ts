import { EvidenceReader } from '../evidence/evidence-reader.ts';
import type { ExchangeRow } from '../evidence/exchange-row.ts';
import { operatorError } from '../model/errors.ts';
import type { StoredGap } from '../model/evidence.ts';
import type { Direction } from '../model/exchange.ts';
import { findingToJson } from '../model/finding.ts';
import type { Layer } from '../model/layer.ts';
import { type ExplainRequest, exchangeOf, sourcesOf, withReader } from './decoded-exchange.ts';
import { marksIn, type ShownMark } from './finding-site.ts';
import { exchangeToJson, type ListRecord } from './query.ts';

/** A run of text of an exchange with the findings in it, in order; offsets count characters of its bytes. */
export interface ShownPart {
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly marks: readonly ShownMark[];
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

/** The body when its whole codings are undone: the deepest layer that no locator leads to. */
function outermost(layers: readonly Layer[]): Layer {
  return layers.reduce((best, layer) =>
    layer.chain.length > best.chain.length && layer.chain.every((step) => !step.includes(':')) ? layer : best,
  );
}
