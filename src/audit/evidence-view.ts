import { decodeBody } from '../decode/decode-body.ts';
import { decodeRequestHead, decodeResponseHead } from '../decode/decode-head.ts';
import { describeBody } from '../decode/describe.ts';
import { EvidenceReader } from '../evidence/evidence-reader.ts';
import { addMarkTo } from '../evidence/marks.ts';
import type { EvidenceSecret } from '../evidence/protection.ts';
import type { BodyRef, StoredCapture, StoredExchange, StoredGap } from '../model/evidence.ts';
import type { Direction } from '../model/exchange.ts';
import type { Finding } from '../model/finding.ts';
import type { DecodedBody } from '../model/layer.ts';
import { DEFAULT_LIMITS } from '../model/limits.ts';
import { type Mark, type MarkKind, standingMarks } from '../model/mark.ts';
import { maskedUrl } from '../model/masked-url.ts';
import { exchangeFilter } from './exchange-filter.ts';
import { bodyView, headView, type PartView } from './layer-view.ts';
import { withdrawMark } from './marks.ts';
import { loadSdkCodecs, type SdkCodecs } from './sdk-codecs.ts';

export { maskedUrl };

/** Bytes of one body that are read for showing it. */
const bodyBytesMax = 8 * 1024 * 1024;

/** One page of a list, and whether there is more behind it. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly more: boolean;
}

export interface PageRequest {
  /** Null: the latest capture. */
  readonly capture: string | null;
  readonly filter: string;
  /** Rows to leave out at the start. */
  readonly skip: number;
  readonly limit: number;
}

/** Requests and responses of one exchange, as far as they were kept. */
export interface ExchangeView {
  readonly exchange: StoredExchange;
  readonly findings: readonly Finding[];
  readonly gaps: readonly StoredGap[];
  readonly sides: Readonly<Record<Direction, SideView | null>>;
}

export interface SideView {
  readonly head: PartView;
  readonly bodySize: number;
  /** Null when there was no body, or its bytes were not kept. */
  readonly body: PartView | null;
}

/** An evidence file as the console looks at it: opened anew for each question, so that it may be written all the while. */
export class EvidenceView {
  readonly path: string;
  readonly #secret: EvidenceSecret | null;
  readonly #codecs: SdkCodecs;

  /**
   * @param signatureFolder the operator's own signatures, whose codecs may be needed; null: none.
   * @throws TelltaleError when the file or a signature cannot be read.
   */
  constructor(path: string, secret: EvidenceSecret | null, signatureFolder: string | null) {
    this.path = path;
    this.#secret = secret;
    this.#codecs = loadSdkCodecs({ extraFolder: signatureFolder });
    this.captures();
  }

  captures(): readonly StoredCapture[] {
    return this.#read((reader) => reader.captures());
  }

  /** Those that count: withdrawn ones are left out. */
  marks(capture: string | null): readonly Mark[] {
    return this.#read((reader) => standingMarks(reader.marks(reader.capture(capture).id)));
  }

  /** @param read makes of each row what is needed of it: heads and hashes of exchanges are read when asked for, while the file is open. */
  exchanges<Row>(request: PageRequest, read: (exchange: StoredExchange) => Row): Page<Row> {
    const fits = exchangeFilter(request.filter);
    return this.#page(request, (reader, capture) => reader.exchanges({ capture, limit: null }), fits, read);
  }

  findings<Row>(request: PageRequest, read: (finding: Finding) => Row): Page<Row> {
    const words = request.filter.toLowerCase().split(/\s+/);
    return this.#page(
      request,
      function* (reader, capture) {
        for (const { finding } of reader.findings({ capture, limit: null })) yield finding;
      },
      ({ dataType, host, place, transform, phase, recipient }) => {
        const text = [dataType, host, place, transform, phase, recipient.id, recipient.name].join('\n').toLowerCase();
        return words.every((word) => text.includes(word));
      },
      read,
    );
  }

  gaps<Row>(request: PageRequest, read: (gap: StoredGap) => Row): Page<Row> {
    const words = request.filter.toLowerCase().split(/\s+/);
    return this.#page(
      request,
      (reader, capture) => reader.gaps({ capture, limit: null }),
      ({ gap, host }) => {
        const text = [gap.kind, host ?? '', gap.detail ?? ''].join('\n').toLowerCase();
        return words.every((word) => text.includes(word));
      },
      read,
    );
  }

  /** Null when there is no such exchange. @param read as in {@link exchanges}. */
  exchange<Result>(id: number, read: (view: ExchangeView) => Result): Result | null {
    return this.#read((reader) => {
      const exchange = reader.exchange(id);
      if (exchange === null) return null;
      const findings = reader.findingsOf(id).map(({ finding }) => finding);
      return read({
        exchange,
        findings,
        gaps: reader.gapsOf(id),
        sides: {
          request: requestSide(reader, exchange, findings, this.#codecs),
          response: responseSide(reader, exchange, findings),
        },
      });
    });
  }

  /** Sets a mark now. @throws TelltaleError `capture-unknown` and whatever writing throws. */
  addMark(capture: string | null, kind: MarkKind, note: string | null): void {
    addMarkTo(this.path, capture, kind, Date.now(), note);
  }

  /** Takes a mark back. @throws TelltaleError `usage` for a number that no mark of the capture has, and as {@link addMark}. */
  withdrawMark(capture: string | null, number: string | null): void {
    withdrawMark({ db: this.path, capture, number });
  }

  #page<Stored, Row>(
    { capture, skip, limit }: PageRequest,
    list: (reader: EvidenceReader, capture: string) => Iterable<Stored>,
    fits: (stored: Stored) => boolean,
    read: (stored: Stored) => Row,
  ): Page<Row> {
    return this.#read((reader) => {
      const rows: Row[] = [];
      let left = skip;
      for (const stored of list(reader, reader.capture(capture).name)) {
        if (!fits(stored)) continue;
        if (left > 0) left -= 1;
        else if (rows.length === limit) return { rows, more: true };
        else rows.push(read(stored));
      }
      return { rows, more: false };
    });
  }

  #read<Result>(ask: (reader: EvidenceReader) => Result): Result {
    const reader = EvidenceReader.open(this.path, { secret: this.#secret });
    try {
      return ask(reader);
    } finally {
      reader.close();
    }
  }
}

function requestSide(
  reader: EvidenceReader,
  exchange: StoredExchange,
  findings: readonly Finding[],
  { codecs, codecFor }: SdkCodecs,
): SideView {
  const { request, recipient } = exchange;
  const { head, body } = split(findings, 'request');
  const codec = codecFor(recipient);
  const about = { codec: codec?.name ?? null, head: request };
  return {
    head: headView(decodeRequestHead(request, DEFAULT_LIMITS, codec), head),
    ...bodySide(reader, exchange.requestBody, body, (bytes, whole) =>
      decodeBody(bytes, { ...describeBody(request.headers, whole), ...about }, DEFAULT_LIMITS, codecs),
    ),
  };
}

function responseSide(reader: EvidenceReader, exchange: StoredExchange, findings: readonly Finding[]): SideView | null {
  const { response } = exchange;
  if (response === null) return null;
  const { head, body } = split(findings, 'response');
  return {
    head: headView(decodeResponseHead(response, DEFAULT_LIMITS), head),
    ...bodySide(reader, exchange.responseBody, body, (bytes, whole) =>
      decodeBody(bytes, describeBody(response.headers, whole), DEFAULT_LIMITS),
    ),
  };
}

function split(findings: readonly Finding[], direction: Direction): { head: Finding[]; body: Finding[] } {
  const own = findings.filter((finding) => finding.direction === direction && finding.message === null);
  return { head: own.filter(({ place }) => place !== 'body'), body: own.filter(({ place }) => place === 'body') };
}

function bodySide(
  reader: EvidenceReader,
  ref: BodyRef | null,
  findings: readonly Finding[],
  decode: (bytes: Uint8Array, whole: boolean) => DecodedBody,
): Pick<SideView, 'body' | 'bodySize'> {
  const bytes = ref === null ? null : beginningOf(reader, ref.sha256);
  if (ref === null || bytes === null) return { bodySize: ref?.size ?? 0, body: null };
  return { bodySize: ref.size, body: bodyView(decode(bytes, bytes.length === ref.size), findings) };
}

function beginningOf(reader: EvidenceReader, sha256: string): Uint8Array | null {
  const pieces = reader.bodyPieces(sha256);
  if (pieces === null) return null;
  const kept: Uint8Array[] = [];
  let size = 0;
  for (const piece of pieces) {
    kept.push(piece);
    size += piece.length;
    if (size >= bodyBytesMax) break;
  }
  return Buffer.concat(kept).subarray(0, bodyBytesMax);
}
