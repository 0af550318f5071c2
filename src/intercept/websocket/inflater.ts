import { constants, inflateRawSync } from 'node:zlib';

/** The four bytes that permessage-deflate leaves off every message (RFC 7692 §7.2.2). */
const TAIL = Buffer.from([0, 0, 0xff, 0xff]);
const WINDOW_BYTES = 32 * 1024;

/** `too-large`: it unpacks to more than the limit. `malformed`: it is not deflate, or points back to what was never sent. */
type NotInflated = 'too-large' | 'malformed';

/**
 * Inflates the messages of one direction. With context takeover each message may point back into the ones before: the last 32 KiB
 * of them are given to zlib as its dictionary, which keeps this synchronous and its memory small.
 */
export class MessageInflater {
  readonly #takeover: boolean;
  readonly #bytesMax: number;
  #window = Buffer.alloc(0);

  constructor(takeover: boolean, bytesMax: number) {
    this.#takeover = takeover;
    this.#bytesMax = bytesMax;
  }

  /** @returns why there is no message, in words; with takeover the rest is then lost too. */
  inflate(payload: Buffer): Buffer | NotInflated {
    let message: Buffer;
    try {
      message = inflateRawSync(Buffer.concat([payload, TAIL]), {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: this.#bytesMax,
        ...(this.#window.length > 0 ? { dictionary: this.#window } : {}),
      });
    } catch (error) {
      // Bad traffic: the caller writes the gap.
      return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'malformed';
    }
    if (this.#takeover) {
      const joined = message.length >= WINDOW_BYTES ? message : Buffer.concat([this.#window, message]);
      this.#window = Buffer.from(joined.subarray(Math.max(0, joined.length - WINDOW_BYTES)));
    }
    return message;
  }

  get takeover(): boolean {
    return this.#takeover;
  }
}

/** What the server's answer agreed to. */
export interface Extensions {
  readonly deflate: boolean;
  readonly phoneTakeover: boolean;
  readonly serverTakeover: boolean;
  /** An extension that telltale does not know; frames may then mean anything. */
  readonly unknown: string | null;
}

/** Reads Sec-WebSocket-Extensions of the answer: RFC 6455 §9.1, RFC 7692 §7.1. */
export function parseExtensions(value: string | null): Extensions {
  let deflate = false;
  let phoneTakeover = true;
  let serverTakeover = true;
  let unknown: string | null = null;
  for (const extension of (value ?? '').split(',')) {
    const [name, ...parameters] = extension.split(';').map((part) => part.trim().toLowerCase());
    if (name === undefined || name === '') continue;
    if (name !== 'permessage-deflate') {
      unknown = name;
      continue;
    }
    deflate = true;
    if (parameters.includes('client_no_context_takeover')) phoneTakeover = false;
    if (parameters.includes('server_no_context_takeover')) serverTakeover = false;
  }
  return { deflate, phoneTakeover, serverTakeover, unknown };
}
