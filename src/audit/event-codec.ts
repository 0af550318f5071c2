import type { CaptureEvent, Headers, RequestHead, ResponseHead } from '../model/exchange.ts';
import { KeptHeads, NumberedHeads } from './numbered-heads.ts';
import { SharedHeads } from './shared-heads.ts';

/**
 * Packs capture events into one run of bytes, so that a whole batch crosses to the audit thread as a single transferred buffer:
 * posting events as objects costs a structured clone each.
 *
 * Layout of an event: u8 type, f64 exchange, f64 time, u32 length, payload. Heads are latin1 fields joined by NUL, which cannot
 * stand in HTTP; rare events are JSON. A head that comes again gets a number, which stands for it from then on.
 */
const TYPES = {
  json: 0,
  'request-started': 1,
  'request-bytes': 2,
  'request-ended': 3,
  'response-started': 4,
  'response-bytes': 5,
  'response-ended': 6,
  message: 7,
  'exchange-ended': 8,
  /** The head of the event before is known by this number from now on: u16. */
  'head-numbered': 9,
  /** A request whose head has a number: u16 number, f64 connection. */
  'numbered-request': 10,
  /** A response whose head, and server, have a number: u16. */
  'numbered-response': 11,
} as const;

const HEAD_BYTES = 1 + 8 + 8 + 4;
const SEPARATOR = '\0';
const MESSAGE_KINDS = ['text', 'binary', 'grpc', 'close', 'ping', 'pong'] as const;

/** Packed events: the first `used` bytes of a buffer that can be transferred to another thread, and back for the next batch. */
export interface PackedEvents {
  readonly buffer: ArrayBuffer;
  readonly used: number;
}

/**
 * A batch being filled. Grows as needed; {@link EventBatch.take} hands out the buffer and starts anew in one that was given back.
 *
 * Buffers go round, because buffers that one thread allocates and another frees leave the heap in holes (measured on 200 MB up and
 * down: a peak of 310 MB resident against 250 MB).
 */
export class EventBatch {
  #buffer: Buffer;
  #view: DataView;
  #used = 0;
  /** Where the last event begins if more bytes of the same body can be added to it; else -1. */
  #openBytes = -1;
  readonly #heads = new NumberedHeads();
  readonly #initialBytes: number;
  readonly #spare: ArrayBuffer[] = [];

  constructor(initialBytes: number) {
    this.#initialBytes = initialBytes;
    this.#buffer = Buffer.from(new ArrayBuffer(initialBytes));
    this.#view = new DataView(this.#buffer.buffer);
  }

  /** Bytes filled so far. */
  get size(): number {
    return this.#used;
  }

  add(event: CaptureEvent): void {
    switch (event.type) {
      case 'request-started':
        return this.#request(event);
      case 'response-started':
        return this.#response(event);
      case 'request-bytes':
        return this.#bodyBytes(TYPES['request-bytes'], event.exchange, event.bytes);
      case 'response-bytes':
        return this.#bodyBytes(TYPES['response-bytes'], event.exchange, event.bytes);
      case 'request-ended':
        return this.#text(TYPES['request-ended'], event.exchange, event.at, endText(event.cut, event.trailers));
      case 'response-ended':
        return this.#text(TYPES['response-ended'], event.exchange, event.at, endText(event.cut, event.trailers));
      case 'exchange-ended':
        return this.#text(TYPES['exchange-ended'], event.exchange, event.at, event.error ?? '');
      case 'message':
        return this.#message(event);
      default:
        return this.#bytes(TYPES.json, 0, Buffer.from(JSON.stringify(event)));
    }
  }

  /** The packed events; the batch is empty afterwards. */
  take(): PackedEvents {
    const packed = { buffer: this.#buffer.buffer as ArrayBuffer, used: this.#used };
    this.#use(this.#spare.pop() ?? new ArrayBuffer(this.#initialBytes));
    this.#used = 0;
    this.#openBytes = -1;
    return packed;
  }

  /** Takes back a buffer of {@link EventBatch.take} that nobody reads any more. One that had to grow is let go. */
  giveBack(buffer: ArrayBuffer): void {
    if (buffer.byteLength === this.#initialBytes) this.#spare.push(buffer);
  }

  #use(buffer: ArrayBuffer): void {
    this.#buffer = Buffer.from(buffer);
    this.#view = new DataView(buffer);
  }

  #request({ exchange, connection, at, head }: Extract<CaptureEvent, { type: 'request-started' }>): void {
    const number = this.#heads.numberOf(head, null);
    if (number === null) {
      const text = requestText(connection, head);
      this.#text(TYPES['request-started'], exchange, at, text);
      this.#number(head, null, text);
      return;
    }
    this.#head(TYPES['numbered-request'], exchange, at, 10);
    this.#view.setUint16(this.#used, number, true);
    this.#view.setFloat64(this.#used + 2, connection, true);
    this.#used += 10;
  }

  #response({ exchange, at, head, serverAddress }: Extract<CaptureEvent, { type: 'response-started' }>): void {
    const number = this.#heads.numberOf(head, serverAddress);
    if (number === null) {
      const text = responseText(head, serverAddress);
      this.#text(TYPES['response-started'], exchange, at, text);
      this.#number(head, serverAddress, text);
      return;
    }
    this.#head(TYPES['numbered-response'], exchange, at, 2);
    this.#view.setUint16(this.#used, number, true);
    this.#used += 2;
  }

  /** Tells the reader the number of the head that was just packed, if it came before. */
  #number(head: object, serverAddress: string | null, text: string): void {
    const number = this.#heads.giveNumber(head, serverAddress, text.length);
    if (number === null) return;
    this.#head(TYPES['head-numbered'], 0, 0, 2);
    this.#view.setUint16(this.#used, number, true);
    this.#used += 2;
  }

  /** A large body comes in pieces of 16 KB, one for each TLS record: what follows another piece of it is joined to that. */
  #bodyBytes(type: number, id: number, bytes: Uint8Array): void {
    const open = this.#openBytes;
    if (open === -1 || this.#buffer[open] !== type || this.#view.getFloat64(open + 1, true) !== id) {
      const before = this.#used;
      this.#bytes(type, id, bytes);
      this.#openBytes = before;
      return;
    }
    this.#makeRoom(bytes.length);
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
    this.#view.setUint32(open + 17, this.#used - open - HEAD_BYTES, true);
  }

  #makeRoom(bytes: number): void {
    const needed = this.#used + bytes;
    if (needed <= this.#buffer.length) return;
    const packed = this.#buffer;
    this.#use(new ArrayBuffer(Math.max(needed, packed.length * 2)));
    packed.copy(this.#buffer, 0, 0, this.#used);
  }

  #head(type: number, id: number, at: number, length: number): void {
    this.#makeRoom(HEAD_BYTES + length);
    this.#openBytes = -1;
    const view = this.#view;
    view.setUint8(this.#used, type);
    view.setFloat64(this.#used + 1, id, true);
    view.setFloat64(this.#used + 9, at, true);
    view.setUint32(this.#used + 17, length, true);
    this.#used += HEAD_BYTES;
  }

  #text(type: number, id: number, at: number, text: string): void {
    this.#head(type, id, at, text.length);
    if (text !== '') this.#used += this.#buffer.write(text, this.#used, 'latin1');
  }

  #bytes(type: number, id: number, bytes: Uint8Array): void {
    this.#head(type, id, 0, bytes.length);
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  #message(event: Extract<CaptureEvent, { type: 'message' }>): void {
    this.#head(TYPES.message, event.exchange, event.at, event.bytes.length + 2);
    this.#buffer[this.#used] = event.direction === 'request' ? 0 : 1;
    this.#buffer[this.#used + 1] = MESSAGE_KINDS.indexOf(event.kind);
    this.#buffer.set(event.bytes, this.#used + 2);
    this.#used += event.bytes.length + 2;
  }
}

function requestText(connection: number, head: RequestHead): string {
  const { method, scheme, host, port, target, httpVersion } = head;
  return joined([connection, method, scheme, host, port, target, httpVersion].join(SEPARATOR), head.headers);
}

function responseText(head: ResponseHead, serverAddress: string | null): string {
  return joined([serverAddress ?? '', head.status, head.reason, head.httpVersion].join(SEPARATOR), head.headers);
}

function endText(cut: string | null, trailers: Headers): string {
  return joined(cut ?? '', trailers);
}

function joined(start: string, headers: Headers): string {
  let text = start;
  for (const [name, value] of headers) text += SEPARATOR + name + SEPARATOR + value;
  return text;
}

/** Takes the batches of one {@link EventBatch} apart, all of them in order; heads that come again are the same objects. */
export class EventReader {
  readonly #requests = new SharedHeads(requestOf);
  readonly #responses = new SharedHeads(responseOf);
  readonly #numbered = new KeptHeads<RequestHead, AnsweredHead>();

  /** The bytes of body events are views into the batch: whoever keeps them copies them. */
  read({ buffer: packed, used }: PackedEvents, take: (event: CaptureEvent) => void): void {
    const buffer = Buffer.from(packed, 0, used);
    const view = new DataView(packed, 0, used);
    let position = 0;
    while (position < used) {
      const type = view.getUint8(position);
      const id = view.getFloat64(position + 1, true);
      const at = view.getFloat64(position + 9, true);
      const start = position + HEAD_BYTES;
      const end = start + view.getUint32(position + 17, true);
      position = end;
      if (type === TYPES['head-numbered']) this.#numbered.number(view.getUint16(start, true));
      else if (type === TYPES['numbered-request']) {
        const head = this.#numbered.request(view.getUint16(start, true));
        take({ type: 'request-started', exchange: id, connection: view.getFloat64(start + 2, true), at, head });
      } else if (type === TYPES['numbered-response']) {
        const { head, serverAddress } = this.#numbered.response(view.getUint16(start, true));
        take({ type: 'response-started', exchange: id, at, head, serverAddress });
      } else take(this.#event(type, id, at, buffer, start, end));
    }
  }

  #event(type: number, exchange: number, at: number, buffer: Buffer, start: number, end: number): CaptureEvent {
    switch (type) {
      case TYPES['request-started']: {
        // The number of the connection stands before what makes the head.
        const headAt = buffer.indexOf(0, start) + 1;
        const connection = Number(buffer.toString('latin1', start, headAt - 1));
        const { head } = this.#requests.of(buffer.toString('latin1', headAt, end));
        this.#numbered.lastRequest(head);
        return { type: 'request-started', exchange, connection, at, head };
      }
      case TYPES['response-started']: {
        const answered = this.#responses.of(buffer.toString('latin1', start, end));
        const { head, serverAddress } = answered;
        this.#numbered.lastResponse(answered);
        return { type: 'response-started', exchange, at, head, serverAddress };
      }
      case TYPES['request-bytes']:
        return { type: 'request-bytes', exchange, bytes: buffer.subarray(start, end) };
      case TYPES['response-bytes']:
        return { type: 'response-bytes', exchange, bytes: buffer.subarray(start, end) };
      case TYPES['request-ended']:
      case TYPES['response-ended']: {
        const ended = type === TYPES['request-ended'] ? 'request-ended' : 'response-ended';
        if (start === end) return { type: ended, exchange, at, cut: null, trailers: NO_HEADERS };
        const parts = buffer.toString('latin1', start, end).split(SEPARATOR);
        return { type: ended, exchange, at, cut: parts[0] || null, trailers: pairs(parts, 1) };
      }
      case TYPES['exchange-ended']: {
        const error = start === end ? null : buffer.toString('latin1', start, end);
        return { type: 'exchange-ended', exchange, at, error };
      }
      case TYPES.message: {
        const direction = buffer[start] === 0 ? 'request' : 'response';
        const kind = MESSAGE_KINDS[buffer[start + 1] as number] ?? 'binary';
        return { type: 'message', exchange, at, direction, kind, bytes: buffer.subarray(start + 2, end) };
      }
      default:
        return JSON.parse(buffer.toString('utf8', start, end)) as CaptureEvent;
    }
  }
}

const NO_HEADERS: Headers = [];

function requestOf(text: string): { readonly head: RequestHead } {
  const parts = text.split(SEPARATOR);
  const [method, scheme, host, port, target, httpVersion] = parts as [
    string,
    RequestHead['scheme'],
    string,
    string,
    string,
    string,
  ];
  return { head: { method, scheme, host, port: Number(port), target, httpVersion, headers: pairs(parts, 6) } };
}

interface AnsweredHead {
  readonly head: ResponseHead;
  readonly serverAddress: string | null;
}

function responseOf(text: string): AnsweredHead {
  const parts = text.split(SEPARATOR);
  const [address, status, reason, httpVersion] = parts as [string, string, string, string];
  const head = { status: Number(status), reason, httpVersion, headers: pairs(parts, 4) };
  return { head, serverAddress: address === '' ? null : address };
}

function pairs(parts: readonly string[], from: number): Headers {
  const headers: [string, string][] = [];
  for (let index = from; index + 1 < parts.length; index += 2)
    headers.push([parts[index] as string, parts[index + 1] as string]);
  return headers;
}
