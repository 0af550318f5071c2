import { type BodyDescription, decodeBody } from '../decode/decode-body.ts';
import { decodeRequestHead, decodeResponseHead } from '../decode/decode-head.ts';
import { describeBody } from '../decode/describe.ts';
import type { Detected, Detector } from '../detect/detector.ts';
import type { EvidenceWriter } from '../evidence/evidence-writer.ts';
import type { CodecDefinition, Codecs } from '../model/codec.ts';
import type { BodyRef, GapInExchange, NewExchange, NewMessage } from '../model/evidence.ts';
import { type Direction, type Headers, type RequestHead, type ResponseHead, urlOf } from '../model/exchange.ts';
import type { Detection } from '../model/finding.ts';
import type { Gap } from '../model/gaps.ts';
import type { AuditLimits } from '../model/limits.ts';
import { OfShared } from '../model/of-shared.ts';
import type { BodyCollector, CollectedBody } from './body-collector.ts';
import { found, LookMemory, REMEMBERED_BYTES_MAX, type Said } from './look-memory.ts';
import { openQuestions } from './open-questions.ts';
import type { RedactedHead, Redactor } from './redaction/redactor.ts';

/** An exchange under way: what came of it so far, and what was made of it. */
export interface OpenExchange {
  readonly startedAt: number;
  readonly connection: number;
  readonly request: RequestHead;
  readonly detector: Detector;
  requestBody: BodyCollector | null;
  requestTrailers: Headers;
  response: ResponseHead | null;
  responseBody: BodyCollector | null;
  responseTrailers: Headers;
  serverAddress: string | null;
  readonly messages: NewMessage[];
  readonly detections: Detection[];
  readonly gaps: GapInExchange[];
  readonly messageCounts: Record<Direction, number>;
  readonly grpcSeen: Record<Direction, boolean>;
}

/** Heads and bodies of an exchange as they are stored. */
export type StoredParts = Pick<NewExchange, 'request' | 'response' | 'requestBody' | 'responseBody'>;

/**
 * Judges the parts of exchanges: decodes them, looks for the device's values, notes both in the exchange, and says what of each part
 * is stored: what came, or with `--redact` what is left of it.
 */
export class ExchangeJudge {
  readonly #options: {
    readonly writer: EvidenceWriter;
    readonly codecs: Codecs;
    readonly limits: AuditLimits;
    readonly redactor: Redactor | null;
  };
  readonly #memory = new LookMemory();
  readonly #descriptions = new OfShared((headers: Headers) => describeBody(headers, true));

  constructor(options: {
    readonly writer: EvidenceWriter;
    readonly codecs: Codecs;
    readonly limits: AuditLimits;
    readonly redactor: Redactor | null;
  }) {
    this.#options = options;
  }

  /** What is stored of an exchange when judging it fails: all of it, or, where values are to be taken out, next to nothing. */
  unjudged(exchange: OpenExchange, requestBody: CollectedBody | null, responseBody: CollectedBody | null): StoredParts {
    const { request, response } = exchange;
    const { redactor } = this.#options;
    if (redactor === null)
      return { request, response, requestBody: requestBody?.ref ?? null, responseBody: responseBody?.ref ?? null };
    return {
      request: { ...request, target: '/', headers: [], host: redactor.text(request.host) },
      response: response === null ? null : { ...response, reason: '', headers: [] },
      requestBody: requestBody && this.#missing(requestBody.held),
      responseBody: responseBody && this.#missing(responseBody.held),
    };
  }

  /** @returns the message as stored. */
  message(
    exchange: OpenExchange,
    bytes: Uint8Array,
    { direction, kind }: Pick<NewMessage, 'direction' | 'kind'>,
  ): BodyRef {
    const { redactor } = this.#options;
    const message = exchange.messages.length;
    const about = {
      contentType: kind === 'grpc' ? 'application/protobuf' : null,
      contentEncodings: [],
      whole: true,
      codec: null,
      head: exchange.request,
    };
    const site = { direction, place: kind === 'grpc' ? 'body' : 'websocket', message } as const;
    const isControl = kind === 'ping' || kind === 'pong' || kind === 'close';
    if (isControl && redactor === null) return this.#options.writer.putBody(bytes);
    redactor?.beginExchange();
    const { detections, gaps, kept } = this.#look(exchange, bytes, about, site, null);
    if (!isControl) {
      exchange.detections.push(...detections);
      exchange.gaps.push(...gaps);
    }
    return redactor === null || kept !== null ? this.#options.writer.putBody(kept ?? bytes) : this.#missing(bytes);
  }

  /**
   * Decodes a body or message and looks for the device's values.
   * @param ref names the bytes, where they were stored already. @returns `kept`: the bytes to store, which are others when values are taken out; null when none may be.
   */
  #look(
    exchange: OpenExchange,
    bytes: Uint8Array,
    about: BodyDescription,
    site: BodySite,
    ref: BodyRef | null,
  ): { readonly detections: readonly Detection[]; readonly gaps: readonly Gap[]; readonly kept: Uint8Array | null } {
    const { redactor } = this.#options;
    const { detector } = exchange;
    if (redactor === null) {
      const said = ref !== null && this.#memory.met(ref.sha256) ? saidOf(bytes, ref, about, site.direction) : null;
      let looked = said === null ? null : this.#memory.known(detector, said.sha256, said);
      if (looked === null) {
        looked = found(this.#lookAtBody(detector, bytes, about, site));
        if (said !== null) this.#memory.note(detector, said.sha256, said, looked);
      }
      const { detections, gaps } = looked;
      return { detections, gaps: gaps.length === 0 ? gaps : located(gaps, site), kept: bytes };
    }
    const look = (some: Uint8Array) => this.#lookAtBody(detector, some, about, site);
    const { decoded, detected } = look(bytes);
    const redacted = redactor.body(bytes, decoded, detected, prefixOf(site), look);
    const gaps = located(openQuestions([...decoded.gaps, ...detected.gaps], detected.detections), site);
    return { detections: redacted.detections, gaps: [...gaps, ...redacted.gaps], kept: redacted.bytes };
  }

  #lookAtBody(detector: Detector, bytes: Uint8Array, about: BodyDescription, site: BodySite) {
    const decoded = decodeBody(bytes, about, this.#options.limits, this.#options.codecs);
    return { decoded, detected: detector.detectBody(decoded, site) };
  }

  /** @returns the heads as they are stored. */
  heads(exchange: OpenExchange, codec: string | null): Pick<StoredParts, 'request' | 'response'> {
    const { codecs, redactor } = this.#options;
    const { request, response } = exchange;
    const definition = codec === null ? null : (codecs.get(codec) ?? null);
    if (redactor === null && definition === null) {
      this.#noteHead(exchange, 'request', request);
      if (response !== null) this.#noteHead(exchange, 'response', response);
      return { request, response };
    }
    return this.#headsOf(exchange, definition);
  }

  /** The heads of an exchange with an SDK that codes its parameters, or out of which values are taken. */
  #headsOf(exchange: OpenExchange, codec: CodecDefinition | null): Pick<StoredParts, 'request' | 'response'> {
    const { redactor } = this.#options;
    const { request, response, detector } = exchange;
    const note = <Head>(direction: Direction, gaps: readonly Gap[], redacted: RedactedHead<Head>): Head => {
      exchange.gaps.push(...gaps.map((gap) => ({ ...gap, at: [direction, ...gap.at] })), ...redacted.gaps);
      exchange.detections.push(...redacted.detections);
      return redacted.head;
    };
    const lookAtRequest = (head: RequestHead) => this.#lookAtRequest(detector, head, codec);
    const sent = lookAtRequest(request);
    const judged = note(
      'request',
      [...sent.decoded.gaps, ...sent.detected.gaps],
      redactor?.requestHead(request, sent.decoded, sent.detected, lookAtRequest) ?? unredacted(request, sent.detected),
    );
    if (response === null) return { request: judged, response };
    const lookAtResponse = (head: ResponseHead) => this.#lookAtResponse(detector, head);
    const received = lookAtResponse(response);
    const answered = note(
      'response',
      [...received.decoded.gaps, ...received.detected.gaps],
      redactor?.responseHead(response, received.decoded, received.detected, lookAtResponse) ??
        unredacted(response, received.detected),
    );
    return { request: judged, response: answered };
  }

  #lookAtRequest(detector: Detector, head: RequestHead, codec: CodecDefinition | null) {
    const decoded = decodeRequestHead(head, this.#options.limits, codec);
    return { decoded, detected: detector.detectHead(decoded, 'request') };
  }

  #lookAtResponse(detector: Detector, head: ResponseHead) {
    const decoded = decodeResponseHead(head, this.#options.limits);
    return { decoded, detected: detector.detectHead(decoded, 'response') };
  }

  #noteHead(exchange: OpenExchange, direction: Direction, head: RequestHead | ResponseHead): void {
    const { detector } = exchange;
    const key = Object.isFrozen(head) ? head : this.#memory.met(traitOf(head)) ? headKey(direction, head) : null;
    let looked = key === null ? null : this.#memory.known(detector, key, null);
    if (looked === null) {
      looked = found(
        'method' in head ? this.#lookAtRequest(detector, head, null) : this.#lookAtResponse(detector, head),
      );
      if (key !== null) this.#memory.note(detector, key, null, looked);
    }
    for (const gap of looked.gaps) exchange.gaps.push({ ...gap, at: [direction, ...gap.at] });
    for (const detection of looked.detections) exchange.detections.push(detection);
  }

  /** @returns the body as it is stored. */
  body(exchange: OpenExchange, direction: Direction, body: CollectedBody, codec: string | null): BodyRef | null {
    const { redactor, writer } = this.#options;
    for (const gap of body.gaps) exchange.gaps.push(gap);
    // gRPC messages were judged one by one.
    const wasJudged = exchange.grpcSeen[direction];
    if (wasJudged && redactor === null) return body.ref;
    const headers = direction === 'request' ? exchange.request.headers : (exchange.response?.headers ?? []);
    const cut = exchange.gaps.some((gap) => gap.kind === 'body-cut' && gap.at[0] === direction);
    const { contentType, contentEncodings } = this.#descriptions.of(headers);
    const about = { contentType, contentEncodings, whole: body.whole && !cut, codec, head: exchange.request };
    const { detections, gaps, kept } = this.#look(exchange, body.held, about, BODY_SITES[direction], body.ref);
    if (!wasJudged) {
      for (const detection of detections) exchange.detections.push(detection);
      for (const detection of redactor?.named(body.detections) ?? body.detections) exchange.detections.push(detection);
    }
    for (const gap of gaps) if (!wasJudged || gap.kind === 'body-not-kept') exchange.gaps.push(gap);
    if (redactor === null) return body.ref;
    return kept === null ? this.#missing(body.held) : writer.putBody(kept);
  }

  /** A body of which only the size is kept, under a name that tells nothing of it. */
  #missing(bytes: Uint8Array): BodyRef {
    const sha256 = this.#options.redactor?.nameOf(bytes) ?? '';
    return this.#options.writer.putMissing({ sha256, size: bytes.length });
  }
}

/** Where a body or message stands. */
interface BodySite {
  readonly direction: Direction;
  readonly place: 'body' | 'websocket';
  /** Null for a body. */
  readonly message: number | null;
}

const BODY_SITES: Readonly<Record<Direction, BodySite>> = {
  request: { direction: 'request', place: 'body', message: null },
  response: { direction: 'response', place: 'body', message: null },
};

function prefixOf({ direction, message }: BodySite): readonly string[] {
  return message === null ? [direction, 'body'] : [direction, 'message', String(message)];
}

function located(gaps: readonly Gap[], site: BodySite): readonly Gap[] {
  const prefix = prefixOf(site);
  return gaps.map((gap) => ({ ...gap, at: [...prefix, ...gap.at] }));
}

/** What heads of one kind do not have in common. */
function traitOf(head: RequestHead | ResponseHead): string {
  let trait = 'method' in head ? head.target : '';
  for (const [, value] of head.headers) trait += value;
  return trait;
}

/** All that looking at a head depends on but the device; null when it is not to be remembered. A head that is shared is its own key. */
function headKey(direction: Direction, head: RequestHead | ResponseHead): string | null {
  const parts = JSON.stringify('method' in head ? [urlOf(head), head.headers] : head.headers);
  return parts.length > REMEMBERED_BYTES_MAX ? null : `${direction} head ${parts}`;
}

/** All that looking at a body depends on but the device; null when it is not to be remembered. */
function saidOf(
  bytes: Uint8Array,
  { sha256, size }: BodyRef,
  { contentType, contentEncodings, whole, codec }: BodyDescription,
  direction: Direction,
): (Said & { readonly sha256: string }) | null {
  // The codec of an SDK may need the head as well.
  if (codec !== null || bytes.length !== size || size > REMEMBERED_BYTES_MAX) return null;
  if (contentType !== null && contentType.length > REMEMBERED_BYTES_MAX) return null;
  return { sha256, direction, whole, contentType, contentEncodings };
}

function unredacted<Head>(head: Head, { detections }: Detected): RedactedHead<Head> {
  return { head, detections, gaps: [] };
}
