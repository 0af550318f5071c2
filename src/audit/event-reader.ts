import type { CaptureEvent, Headers, RequestHead, ResponseHead } from '../model/exchange.ts';
import { HEAD_BYTES, MESSAGE_KINDS, type PackedEvents, SEPARATOR, TYPES } from './event-layout.ts';
import { KeptHeads } from './numbered-heads.ts';
import { SharedHeads } from './shared-heads.ts';

/** Takes the batches of one `EventBatch` apart, all of them in order; heads that come again are the same objects. */
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
