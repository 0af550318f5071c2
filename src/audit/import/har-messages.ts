import type { CaptureEvent } from '../../model/exchange.ts';
import { type Fields, fieldsOf, listOf, numberOf, textOf, timeWithin } from './har-fields.ts';
import { readText } from './har-text.ts';

type MessageEvent = Extract<CaptureEvent, { type: 'message' }>;

const OPCODES: Readonly<Record<number, MessageEvent['kind']>> = {
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
};

/** The messages of a WebSocket conversation; Chrome lists its end by an error among them. */
export function messageEvents(
  entry: Fields,
  exchange: number,
  startedAt: number,
): { readonly events: readonly CaptureEvent[]; readonly error: string | null } {
  const messages = listOf(entry['_webSocketMessages'] ?? entry['_webSocketFrames']).map(fieldsOf);
  const isError = (message: Fields) => message['type'] === 'error' || numberOf(message['opcode']) === -1;
  const error = messages.find(isError);
  return {
    events: messages.filter((one) => !isError(one)).map((one) => messageEvent(exchange, one, startedAt)),
    error: error === undefined ? null : textOf(error['data']),
  };
}

/** Chrome's form, which the others took over: binary data in base64, time in seconds since 1970. */
function messageEvent(exchange: number, message: Fields, startedAt: number): MessageEvent {
  const kind = OPCODES[numberOf(message['opcode']) ?? 1] ?? 'binary';
  const encoding = textOf(message['encoding']) ?? (kind === 'text' ? null : 'base64');
  return {
    type: 'message',
    exchange,
    at: timeWithin(timeOf(message['time'], startedAt)),
    direction: /^(receive|recv|incoming|response)/i.test(textOf(message['type']) ?? '') ? 'response' : 'request',
    kind,
    bytes: readText(textOf(message['data']) ?? '', encoding, []).bytes,
  };
}

/** Seconds since 1970, or since the conversation began; a date; milliseconds since 1970. */
function timeOf(value: unknown, startedAt: number): number {
  const number = numberOf(value);
  if (number === null || /^\d{4}-/.test(String(value))) return Date.parse(String(value)) || startedAt;
  if (number > 1e11) return number;
  return number > 1e8 ? number * 1_000 : startedAt + number * 1_000;
}
