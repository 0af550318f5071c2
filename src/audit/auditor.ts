import { findCloaking } from '../attribute/cname.ts';
import type { Attribution, RecipientIndex } from '../attribute/recipients.ts';
import { decodeBody } from '../decode/decode-body.ts';
import { decodeRequestHead, decodeResponseHead } from '../decode/decode-head.ts';
import { describeBody } from '../decode/describe.ts';
import type { Detector } from '../detect/detector.ts';
import type { EvidenceWriter } from '../evidence/evidence-writer.ts';
import type { Codecs } from '../model/codec.ts';
import type { GapInExchange, NewMessage } from '../model/evidence.ts';
import type { CaptureEvent, Direction, Headers, RequestHead, ResponseHead } from '../model/exchange.ts';
import type { Detection } from '../model/finding.ts';
import type { Gap } from '../model/gaps.ts';
import type { DecodedBody } from '../model/layer.ts';
import type { AuditLimits } from '../model/limits.ts';
import { BODY_LIMITS, BodyCollector, type BodyLimits, type CollectedBody, type HeldBytes } from './body-collector.ts';

export interface AuditorOptions {
  readonly writer: EvidenceWriter;
  readonly capture: number;
  /** The detector of a device by its name; null asks for the capture's own device. */
  readonly detectorOf: (device: string | null) => Detector;
  readonly recipients: RecipientIndex;
  readonly codecs: Codecs;
  readonly limits: AuditLimits;
  readonly bodyLimits?: BodyLimits;
  /** Called when judging an exchange failed by a defect of ours; the exchange is stored with an `audit-failed` gap. */
  readonly onDefect: (error: unknown, exchange: number) => void;
}

/** Counts for people who watch. */
export interface AuditCounts {
  readonly exchanges: number;
  readonly sdks: number;
  readonly findings: number;
  readonly gaps: number;
}

interface OpenExchange {
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

/**
 * Turns capture events into evidence: gathers each exchange, decodes it, looks for the device's identifiers, says who received it,
 * and writes it down when it has ended.
 *
 * Single-threaded and synchronous; runs in the audit thread for a live capture and in place for an import, so that both give the
 * same findings.
 */
export class Auditor {
  readonly #options: AuditorOptions;
  readonly #held: HeldBytes = { total: 0 };
  readonly #open = new Map<number, OpenExchange>();
  readonly #connections = new Map<number, { readonly row: number; readonly device: string | null }>();
  readonly #sdks = new Set<string>();
  readonly #aliases = new Map<string, readonly string[]>();
  #exchanges = 0;
  #findings = 0;
  #gaps = 0;

  constructor(options: AuditorOptions) {
    this.#options = options;
  }

  get counts(): AuditCounts {
    return { exchanges: this.#exchanges, sdks: this.#sdks.size, findings: this.#findings, gaps: this.#gaps };
  }

  accept(event: CaptureEvent): void {
    switch (event.type) {
      case 'connection-opened':
        return this.#openConnection(event);
      case 'connection-closed':
        return this.#closeConnection(event.connection, event.at);
      case 'request-started':
        return this.#start(event);
      case 'gap':
        return this.#gap(event);
      case 'exchange-ended':
        return this.#end(event.exchange, event.at, event.error);
      default: {
        const exchange = this.#open.get(event.exchange);
        if (exchange !== undefined) this.#continue(exchange, event);
      }
    }
  }

  /**
   * Exchanges with this host that end from now on belong to the SDK that hides behind it, if one does.
   * @returns what was found out, for people; null when no SDK hides behind the name.
   */
  addAlias(host: string, chain: readonly string[]): string | null {
    const request = { scheme: 'https', host, port: 443, method: 'GET', target: '/', headers: [] } as const;
    this.#aliases.set(host, chain);
    return findCloaking(this.#options.recipients, request, chain)?.attribution.reason ?? null;
  }

  /** Writes down what is still under way, as cut short. */
  finish(at: number): void {
    for (const exchange of [...this.#open.keys()]) this.#end(exchange, at, 'the capture ended first');
    for (const connection of [...this.#connections.keys()]) this.#closeConnection(connection, at);
  }

  #openConnection(event: Extract<CaptureEvent, { type: 'connection-opened' }>): void {
    const { at: openedAt, phoneAddress, phonePort, via, device } = event;
    const row = this.#options.writer.addConnection({
      capture: this.#options.capture,
      openedAt,
      phoneAddress,
      phonePort,
      via,
      device,
    });
    this.#connections.set(event.connection, { row, device });
  }

  #closeConnection(connection: number, at: number): void {
    const known = this.#connections.get(connection);
    if (known === undefined) return;
    this.#connections.delete(connection);
    this.#options.writer.closeConnection(known.row, at);
  }

  #start(event: Extract<CaptureEvent, { type: 'request-started' }>): void {
    const device = this.#connections.get(event.connection)?.device ?? null;
    this.#open.set(event.exchange, {
      startedAt: event.at,
      connection: event.connection,
      request: event.head,
      detector: this.#options.detectorOf(device),
      requestBody: null,
      requestTrailers: [],
      response: null,
      responseBody: null,
      responseTrailers: [],
      serverAddress: null,
      messages: [],
      detections: [],
      gaps: [],
      messageCounts: { request: 0, response: 0 },
      grpcSeen: { request: false, response: false },
    });
  }

  #continue(exchange: OpenExchange, event: CaptureEvent): void {
    switch (event.type) {
      case 'request-bytes':
        exchange.requestBody ??= this.#collector(exchange.detector, 'request');
        return exchange.requestBody.write(event.bytes);
      case 'response-bytes':
        exchange.responseBody ??= this.#collector(exchange.detector, 'response');
        return exchange.responseBody.write(event.bytes);
      case 'response-started':
        exchange.response = event.head;
        exchange.serverAddress = event.serverAddress;
        return;
      case 'request-ended':
        exchange.requestTrailers = event.trailers;
        if (event.cut !== null) exchange.gaps.push(cutGap('request', event.cut));
        return;
      case 'response-ended':
        exchange.responseTrailers = event.trailers;
        if (event.cut !== null) exchange.gaps.push(cutGap('response', event.cut));
        return;
      case 'message':
        return this.#message(exchange, event);
    }
  }

  #collector(detector: Detector, direction: Direction): BodyCollector {
    return new BodyCollector(
      this.#options.writer,
      detector,
      direction,
      this.#options.bodyLimits ?? BODY_LIMITS,
      this.#held,
    );
  }

  /** Messages are judged as they come, so that a conversation of days holds no bytes in memory. */
  #message(exchange: OpenExchange, event: Extract<CaptureEvent, { type: 'message' }>): void {
    const { direction, kind } = event;
    const index = exchange.messages.length;
    if (index >= this.#options.limits.messagesMax) {
      if (!exchange.gaps.some((gap) => gap.kind === 'limit-messages')) {
        exchange.gaps.push({
          kind: 'limit-messages',
          at: [direction, 'message'],
          bytesUnread: null,
          detail: `more than ${index} messages`,
        });
      }
      return;
    }
    exchange.messageCounts[direction] += 1;
    if (kind === 'grpc') exchange.grpcSeen[direction] = true;
    // A copy: the event's bytes are a view into a batch whose buffer goes round.
    const bytes = Uint8Array.prototype.slice.call(event.bytes);
    exchange.messages.push({ at: event.at, direction, kind, body: this.#options.writer.putBody(bytes) });
    if (kind === 'ping' || kind === 'pong' || kind === 'close') return;
    const about = {
      contentType: kind === 'grpc' ? 'application/protobuf' : null,
      contentEncodings: [],
      whole: true,
      codec: null,
      head: exchange.request,
    };
    const decoded = decodeBody(bytes, about, this.#options.limits);
    this.#detect(exchange, decoded, direction, kind === 'grpc' ? 'body' : 'websocket', index);
  }

  #detect(
    exchange: OpenExchange,
    decoded: DecodedBody,
    direction: Direction,
    place: 'body' | 'websocket',
    message: number | null,
  ): void {
    const { detections, gaps } = exchange.detector.detectBody(decoded, { direction, place, message });
    const prefix = message === null ? [direction, 'body'] : [direction, 'message', String(message)];
    for (const gap of decoded.gaps) exchange.gaps.push({ ...gap, at: [...prefix, ...gap.at] });
    for (const gap of gaps) exchange.gaps.push({ ...gap, at: [...prefix, ...gap.at] });
    exchange.detections.push(...detections);
  }

  #end(id: number, at: number, error: string | null): void {
    const exchange = this.#open.get(id);
    if (exchange === undefined) return;
    this.#open.delete(id);
    const attribution = this.#attribute(exchange.request);
    const codec = attribution.signature?.codec ?? null;
    const requestBody = exchange.requestBody?.finish() ?? null;
    const responseBody = exchange.responseBody?.finish() ?? null;
    // The one place that catches defects of ours, once an exchange: a bug in judging must not lose the evidence, nor hide itself.
    try {
      this.#judgeHeads(exchange, codec);
      if (requestBody !== null) this.#judgeBody(exchange, 'request', requestBody, codec);
      if (responseBody !== null) this.#judgeBody(exchange, 'response', responseBody, null);
    } catch (defect) {
      exchange.gaps.push({
        kind: 'audit-failed',
        at: [],
        bytesUnread: null,
        detail: defect instanceof Error ? defect.name : null,
      });
      this.#options.onDefect(defect, id);
    }
    const { request, requestTrailers, response, responseTrailers, serverAddress, messages, startedAt } = exchange;
    this.#options.writer.addExchange({
      capture: this.#options.capture,
      connection: this.#connections.get(exchange.connection)?.row ?? null,
      startedAt,
      endedAt: at,
      request,
      requestTrailers,
      requestBody: requestBody?.ref ?? null,
      response,
      responseTrailers,
      responseBody: responseBody?.ref ?? null,
      serverAddress,
      recipient: attribution.recipient,
      error,
      messages,
      findings: exchange.detections,
      gaps: exchange.gaps,
    });
    this.#exchanges += 1;
    this.#findings += exchange.detections.length;
    this.#gaps += exchange.gaps.length;
    if (attribution.recipient.kind === 'sdk') this.#sdks.add(attribution.recipient.id);
  }

  #attribute(request: RequestHead): Attribution {
    const { recipients } = this.#options;
    const chain = this.#aliases.get(request.host);
    const cloaked = chain === undefined ? null : findCloaking(recipients, request, chain);
    return cloaked?.attribution ?? recipients.attribute(request);
  }

  #judgeHeads(exchange: OpenExchange, codec: string | null): void {
    const { limits, codecs } = this.#options;
    const definition = codec === null ? null : (codecs.get(codec) ?? null);
    const heads: (readonly [Direction, ReturnType<typeof decodeRequestHead>])[] = [
      ['request', decodeRequestHead(exchange.request, limits, definition)],
    ];
    if (exchange.response !== null) heads.push(['response', decodeResponseHead(exchange.response, limits)]);
    for (const [direction, decoded] of heads) {
      const { detections, gaps } = exchange.detector.detectHead(decoded, direction);
      for (const gap of decoded.gaps) exchange.gaps.push({ ...gap, at: [direction, ...gap.at] });
      for (const gap of gaps) exchange.gaps.push({ ...gap, at: [direction, ...gap.at] });
      exchange.detections.push(...detections);
    }
  }

  #judgeBody(exchange: OpenExchange, direction: Direction, body: CollectedBody, codec: string | null): void {
    exchange.gaps.push(...body.gaps);
    // gRPC messages were judged one by one.
    if (exchange.grpcSeen[direction]) return;
    const headers = direction === 'request' ? exchange.request.headers : (exchange.response?.headers ?? []);
    const cut = exchange.gaps.some((gap) => gap.kind === 'body-cut' && gap.at[0] === direction);
    const about = { ...describeBody(headers, body.whole && !cut), codec, head: exchange.request };
    this.#detect(
      exchange,
      decodeBody(body.held, about, this.#options.limits, this.#options.codecs),
      direction,
      'body',
      null,
    );
    exchange.detections.push(...body.detections);
  }

  #gap(event: Extract<CaptureEvent, { type: 'gap' }>): void {
    const exchange = event.exchange === null ? undefined : this.#open.get(event.exchange);
    if (exchange !== undefined) {
      exchange.gaps.push({ ...event.gap, facts: event.facts });
      return;
    }
    const connection = event.connection === null ? null : (this.#connections.get(event.connection)?.row ?? null);
    const recipient =
      event.host === null ? null : this.#options.recipients.attributeHost(event.host, event.port ?? 443).recipient;
    const { at, host, port, gap, facts } = event;
    this.#options.writer.addGap({
      capture: this.#options.capture,
      connection,
      exchange: null,
      at,
      host,
      port,
      recipient,
      gap,
      facts,
    });
    this.#gaps += 1;
  }
}

function cutGap(direction: Direction, reason: string): Gap {
  return { kind: 'body-cut', at: [direction, 'body'], bytesUnread: null, detail: reason };
}
