/**
 * How capture events are packed into one run of bytes, so that a whole batch crosses to the audit thread as a single transferred
 * buffer: posting events as objects costs a structured clone each.
 *
 * Layout of an event: u8 type, f64 exchange, f64 time, u32 length, payload. Heads are latin1 fields joined by NUL, which cannot
 * stand in HTTP; rare events are JSON. A head that comes again gets a number, which stands for it from then on.
 */
export const TYPES = {
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

export const HEAD_BYTES = 1 + 8 + 8 + 4;
export const SEPARATOR = '\0';
export const MESSAGE_KINDS = ['text', 'binary', 'grpc', 'close', 'ping', 'pong'] as const;

/** Packed events: the first `used` bytes of a buffer that can be transferred to another thread, and back for the next batch. */
export interface PackedEvents {
  readonly buffer: ArrayBuffer;
  readonly used: number;
}
