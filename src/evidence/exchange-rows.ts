import type { NewExchange, NewGap } from '../model/evidence.ts';
import type { Headers, RequestHead, ResponseHead } from '../model/exchange.ts';
import { OfShared } from '../model/of-shared.ts';
import type { Batch } from './batch.ts';
import type { BodyStore } from './body-store.ts';
import { CELLS_A_FINDING, FindingLists } from './finding-lists.ts';
import type { Packing } from './packing.ts';
import type { Protection } from './protection.ts';
import type { Tallies } from './tallies.ts';
import { wellFormed, wellFormedOrNull } from './well-formed.ts';
import type { Words } from './words.ts';

interface RowParts {
  readonly batch: Batch;
  readonly packing: Packing;
  readonly protection: Protection;
  readonly bodies: BodyStore;
  readonly words: Words;
  readonly tallies: Tallies;
}

/** Takes exchanges and gaps apart into rows, and adds these to the batch. */
export class ExchangeRows {
  readonly #batch: Batch;
  readonly #packing: Packing;
  readonly #protection: Protection;
  readonly #bodies: BodyStore;
  readonly #words: Words;
  readonly #tallies: Tallies;
  readonly #lists = new FindingLists();
  readonly #sent = new OfShared((head: RequestHead) => sentBytes(head, []));
  readonly #received = new OfShared((head: ResponseHead) => receivedBytes(head, []));

  constructor({ batch, packing, protection, bodies, words, tallies }: RowParts) {
    this.#batch = batch;
    this.#packing = packing;
    this.#protection = protection;
    this.#bodies = bodies;
    this.#words = words;
    this.#tallies = tallies;
  }

  /** @returns the exchange's row, and the bytes of its head. Its bodies must have been put before. */
  addExchange(exchange: NewExchange): { readonly id: number; readonly bytes: number } {
    const { request, response, findings } = exchange;
    const id = this.#batch.reserve('exchanges');
    const host = this.#words.host(request.host);
    const recipient = this.#words.recipient(exchange.recipient);
    const server = exchange.serverAddress === null ? null : this.#words.host(exchange.serverAddress);
    const queryAt = request.target.indexOf('?');
    const path = queryAt < 0 ? request.target : request.target.slice(0, queryAt);
    const found = findings.length > 0;
    const requestBody = exchange.requestBody && this.#bodies.claim(exchange.requestBody, found);
    const responseBody = exchange.responseBody && this.#bodies.claim(exchange.responseBody, found);
    const head = this.#packHead(exchange);
    const startedAt = time(exchange.startedAt);
    this.#batch.add('exchanges', [
      id,
      exchange.capture,
      exchange.connection,
      startedAt,
      time(exchange.endedAt),
      wellFormed(request.method),
      request.scheme,
      host,
      request.port,
      this.#words.path(path),
      queryAt < 0 ? null : this.#protection.hideText(wellFormed(request.target.slice(queryAt))),
      response === null ? null : response.status,
      server,
      recipient,
      requestBody,
      responseBody,
      findings.length,
      wellFormedOrNull(exchange.error),
      head.pack,
      head.start,
      head.size,
    ]);
    if (found) this.#addFindings(id, exchange);
    this.#addParts(id, exchange, found);
    this.#tallies.add({
      capture: exchange.capture,
      host,
      recipient,
      server: server ?? 0,
      dataTypes: findings.map(({ dataType }) => dataType),
      requestBytes: exchange.requestBody?.size ?? 0,
      responseBytes: exchange.responseBody?.size ?? 0,
      at: startedAt,
    });
    return { id, bytes: head.size };
  }

  /** What the columns of an exchange do not say: see `head_size` in the schema. Heads that many exchanges share are written once. */
  #packHead({ request, response, requestTrailers, responseTrailers }: NewExchange) {
    const sent = requestTrailers.length === 0 ? this.#sent.of(request) : sentBytes(request, requestTrailers);
    const isShared = response !== null && responseTrailers.length === 0;
    const received = isShared ? this.#received.of(response) : receivedBytes(response, responseTrailers);
    return this.#packing.addPieces(sent, received);
  }

  addGap(gap: NewGap): number {
    const id = this.#batch.reserve('gaps');
    this.#batch.add('gaps', [
      id,
      gap.capture,
      gap.connection,
      gap.exchange,
      time(gap.at),
      gap.gap.kind,
      gap.host === null ? null : this.#words.host(gap.host),
      gap.port,
      gap.recipient === null ? null : this.#words.recipient(gap.recipient),
      wellFormed(JSON.stringify(gap.gap.at)),
      gap.gap.bytesUnread,
      wellFormedOrNull(gap.gap.detail),
      wellFormed(JSON.stringify(gap.facts)),
    ]);
    return id;
  }

  /** Findings that an earlier exchange of the capture has as well are not written again: see `repeated_findings` in the schema. */
  #addFindings(id: number, { capture, findings, messages }: NewExchange): void {
    const cells = new Array<number>(findings.length * CELLS_A_FINDING);
    let ofMessages = false;
    let at = 0;
    for (const detection of findings) {
      const { shapeRow, valueRow } = this.#words.rowsOf(detection);
      cells[at++] = shapeRow;
      cells[at++] = detection.offset;
      cells[at++] = detection.length;
      cells[at++] = valueRow;
      ofMessages ||= detection.message !== null;
    }
    const first = this.#batch.reserve('findings', findings.length);
    const known = ofMessages ? null : this.#lists.find(capture, cells);
    if (known !== null) {
      this.#batch.reserveUpto('repeated_findings', id);
      this.#batch.add('repeated_findings', [id, known.exchange, first - known.first]);
      return;
    }
    if (!ofMessages) this.#lists.remember(id, first, cells);
    findings.forEach(({ message }, number) => {
      const messageAt = message === null ? undefined : messages[message]?.at;
      const [shape, start, length, value] = cells.slice(number * CELLS_A_FINDING) as [number, number, number, number];
      const saidAt = messageAt === undefined ? null : time(messageAt);
      this.#batch.add('findings', [first + number, id, shape, start, length, value, message, saidAt]);
    });
  }

  /** After rows of the batch were given up: what stood in them is not to be referred to. */
  forget(): void {
    this.#lists.forget();
  }

  #addParts(id: number, exchange: NewExchange, found: boolean): void {
    exchange.messages.forEach((message, number) => {
      this.#batch.add('messages', [
        this.#batch.reserve('messages'),
        id,
        number,
        time(message.at),
        message.direction,
        message.kind,
        this.#bodies.claim(message.body, found),
      ]);
    });
    for (const gap of exchange.gaps)
      this.addGap({
        capture: exchange.capture,
        connection: exchange.connection,
        exchange: id,
        at: exchange.startedAt,
        host: exchange.request.host,
        port: exchange.request.port,
        recipient: exchange.recipient,
        gap,
        facts: gap.facts ?? {},
      });
  }
}

/** The two halves of the JSON list that `head_size` in the schema tells of. */
function sentBytes({ httpVersion, headers }: RequestHead, trailers: Headers): Buffer {
  return Buffer.from(`[${JSON.stringify(httpVersion)},${listText(headers)},${listText(trailers)},`);
}

function receivedBytes(head: ResponseHead | null, trailers: Headers): Buffer {
  const start = head === null ? 'null,null' : `${JSON.stringify(head.httpVersion)},${JSON.stringify(head.reason)}`;
  const headers = head === null ? 'null' : listText(head.headers);
  return Buffer.from(`${start},${headers},${listText(trailers)}]`);
}

function listText(headers: Headers): string {
  return headers.length === 0 ? '[]' : JSON.stringify(headers);
}

/** Whole milliseconds. */
export function time(at: number): number {
  return Math.round(at);
}
