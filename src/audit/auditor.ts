import { findCloaking } from '../attribute/cname.ts';
import type { Attribution, RecipientIndex } from '../attribute/recipients.ts';
import type { Detector } from '../detect/detector.ts';
import type { EvidenceWriter } from '../evidence/evidence-writer.ts';
import type { Codecs } from '../model/codec.ts';
import type { CaptureEvent, Direction, Headers, RequestHead } from '../model/exchange.ts';
import type { Gap } from '../model/gaps.ts';
import type { AuditLimits } from '../model/limits.ts';
import { OfShared } from '../model/of-shared.ts';
import type { Recipient } from '../model/recipient.ts';
import { BODY_LIMITS, BodyCollector, type BodyLimits, HeldBytes } from './body-collector.ts';
import { ExchangeJudge, type OpenExchange, type StoredParts } from './exchange-judge.ts';
import type { Redactor } from './redaction/redactor.ts';

export interface AuditorOptions {
  readonly writer: EvidenceWriter;
  readonly capture: number;
  /** The detector of a device by its name; null asks for the capture's own device. */
  readonly detectorOf: (device: string | null) => Detector;
  readonly recipients: RecipientIndex;
  readonly codecs: Codecs;
  readonly limits: AuditLimits;
  readonly bodyLimits?: BodyLimits;
  /** Takes values out of what is stored; null: it is stored as it came. */
  readonly redactor: Redactor | null;
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

/**
 * Turns capture events into evidence: gathers each exchange, decodes it, looks for the device's identifiers, says who received it,
 * and writes it down when it has ended.
 *
 * Single-threaded and synchronous; runs in the audit thread for a live capture and in place for an import, so that both give the
 * same findings.
 */
export class Auditor {
  readonly #options: AuditorOptions;
  readonly #judge: ExchangeJudge;
  readonly #held = new HeldBytes();
  readonly #open = new Map<number, OpenExchange>();
  readonly #connections = new Map<number, { readonly row: number; readonly device: string | null }>();
  readonly #sdks = new Set<string>();
  readonly #aliases = new Map<string, readonly string[]>();
  readonly #attributions = new OfShared((request: RequestHead) => this.#attribute(request));
  #begun = 0;
  #exchanges = 0;
  #findings = 0;
  #gaps = 0;

  constructor(options: AuditorOptions) {
    this.#options = options;
    this.#judge = new ExchangeJudge(options);
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
    this.#attributions.forget();
    return findCloaking(this.#options.recipients, request, chain)?.attribution.reason ?? null;
  }

  /** Exchanges that ended, whether the store took them or not. */
  get ended(): number {
    return this.#begun - this.#open.size;
  }

  /** Whether nothing is under way. */
  get idle(): boolean {
    return this.#open.size + this.#connections.size === 0;
  }

  /** Writes down what is still under way, as cut short. When the store fails, what was not yet written is still under way. */
  finish(at: number): void {
    for (const exchange of [...this.#open.keys()]) this.#end(exchange, at, 'the capture ended first');
    for (const connection of [...this.#connections.keys()]) this.#closeConnection(connection, at);
  }

  #openConnection(event: Extract<CaptureEvent, { type: 'connection-opened' }>): void {
    const { at: openedAt, phoneAddress, phonePort, via, device } = event;
    const row = this.#options.writer.addConnection({
      capture: this.#options.capture,
      openedAt,
      phoneAddress: this.#clean(phoneAddress),
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
    this.#begun += 1;
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
      this.#options.redactor === null,
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
    exchange.messages.push({ at: event.at, direction, kind, body: this.#judge.message(exchange, bytes, event) });
  }

  #end(id: number, at: number, error: string | null): void {
    const exchange = this.#open.get(id);
    if (exchange === undefined) return;
    this.#open.delete(id);
    const attribution = this.#attributions.of(exchange.request);
    const codec = attribution.signature?.codec ?? null;
    const requestBody = exchange.requestBody?.finish() ?? null;
    const responseBody = exchange.responseBody?.finish() ?? null;
    this.#options.redactor?.beginExchange();
    let stored = this.#judge.unjudged(exchange, requestBody, responseBody);
    // The one place that catches defects of ours, once an exchange: a bug in judging must not lose the evidence, nor hide itself.
    try {
      const { request, response } = this.#judge.heads(exchange, codec);
      const sent = requestBody && this.#judge.body(exchange, 'request', requestBody, codec);
      const received = responseBody && this.#judge.body(exchange, 'response', responseBody, null);
      stored = { request, response, requestBody: sent, responseBody: received };
    } catch (defect) {
      exchange.gaps.push({
        kind: 'audit-failed',
        at: [],
        bytesUnread: null,
        detail: defect instanceof Error ? defect.name : null,
      });
      this.#options.onDefect(defect, id);
    }
    this.#store(exchange, stored, attribution.recipient, at, error);
    exchange.requestBody?.release();
    exchange.responseBody?.release();
    this.#exchanges += 1;
    this.#findings += exchange.detections.length;
    this.#gaps += exchange.gaps.length;
    if (attribution.recipient.kind === 'sdk') this.#sdks.add(attribution.recipient.id);
  }

  #store(exchange: OpenExchange, stored: StoredParts, recipient: Recipient, at: number, error: string | null): void {
    const { redactor } = this.#options;
    const clean = (headers: Headers): Headers =>
      redactor === null ? headers : headers.map(([name, value]) => [redactor.text(name), redactor.text(value)]);
    this.#options.writer.addExchange({
      capture: this.#options.capture,
      connection: this.#connections.get(exchange.connection)?.row ?? null,
      startedAt: exchange.startedAt,
      endedAt: at,
      request: stored.request,
      response: stored.response,
      requestBody: stored.requestBody,
      responseBody: stored.responseBody,
      requestTrailers: clean(exchange.requestTrailers),
      responseTrailers: clean(exchange.responseTrailers),
      serverAddress: exchange.serverAddress,
      recipient: this.#cleanRecipient(recipient),
      error: error === null ? null : this.#clean(error),
      messages: exchange.messages,
      findings: exchange.detections,
      gaps: redactor === null ? exchange.gaps : exchange.gaps.map((gap) => redactor.gapInExchange(gap)),
    });
  }

  #clean(text: string): string {
    return this.#options.redactor?.text(text) ?? text;
  }

  #cleanRecipient(recipient: Recipient): Recipient {
    if (this.#options.redactor === null) return recipient;
    return { ...recipient, id: this.#clean(recipient.id), name: this.#clean(recipient.name) };
  }

  #attribute(request: RequestHead): Attribution {
    const { recipients } = this.#options;
    const chain = this.#aliases.get(request.host);
    const cloaked = chain === undefined ? null : findCloaking(recipients, request, chain);
    return cloaked?.attribution ?? recipients.attribute(request);
  }

  #gap(event: Extract<CaptureEvent, { type: 'gap' }>): void {
    const exchange = event.exchange === null ? undefined : this.#open.get(event.exchange);
    if (exchange !== undefined) {
      exchange.gaps.push({ ...event.gap, facts: event.facts });
      return;
    }
    const connection = event.connection === null ? null : (this.#connections.get(event.connection)?.row ?? null);
    const attributed =
      event.host === null ? null : this.#options.recipients.attributeHost(event.host, event.port ?? 443);
    const recipient = attributed?.recipient ?? null;
    const shared = attributed?.candidates ?? [];
    const { redactor } = this.#options;
    const { at, host, port, gap } = event;
    const facts = shared.length === 0 ? event.facts : { ...event.facts, sdk_candidates: shared.join(', ') };
    this.#options.writer.addGap({
      capture: this.#options.capture,
      connection,
      exchange: null,
      at,
      host: host === null ? null : this.#clean(host),
      port,
      recipient: recipient && this.#cleanRecipient(recipient),
      gap: redactor?.gap(gap) ?? gap,
      facts: redactor?.facts(facts) ?? facts,
    });
    this.#gaps += 1;
  }
}

function cutGap(direction: Direction, reason: string): Gap {
  return { kind: 'body-cut', at: [direction, 'body'], bytesUnread: null, detail: reason };
}
