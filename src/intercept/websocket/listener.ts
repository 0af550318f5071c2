import type { Direction } from '../../model/exchange.ts';
import type { Exchange } from '../exchange.ts';
import type { RelayLimits } from '../limits.ts';
import type { Tap } from '../tap.ts';
import { type Frame, type FrameHandler, FrameReader } from './frame-reader.ts';
import { type Extensions, MessageInflater } from './inflater.ts';

/** Why a message was not read, for people. */
const UNREAD = {
  'too-large': 'A message is larger than what is gathered for the audit.',
  malformed: 'A message could not be inflated.',
  'not-agreed': 'A message is compressed, which was not agreed.',
} as const;

/** Listens to one direction of a WebSocket and tells the audit its messages. */
export class MessageListener implements FrameHandler {
  readonly #tap: Tap;
  readonly #exchange: Exchange;
  readonly #direction: Direction;
  readonly #reader: FrameReader;
  readonly #inflater: MessageInflater | null;

  constructor(tap: Tap, exchange: Exchange, direction: Direction, extensions: Extensions, limits: RelayLimits) {
    this.#tap = tap;
    this.#exchange = exchange;
    this.#direction = direction;
    const takeover = direction === 'request' ? extensions.phoneTakeover : extensions.serverTakeover;
    this.#inflater = extensions.deflate ? new MessageInflater(takeover, limits.messageBytesMax) : null;
    this.#reader = new FrameReader(this, limits.messageBytesMax);
    if (extensions.unknown !== null) {
      this.#giveUp(`The extension ${extensions.unknown} is not known.`, null);
    }
  }

  feed(bytes: Buffer): void {
    this.#reader.feed(bytes);
  }

  message(frame: Frame): void {
    const bytes = frame.compressed ? (this.#inflater?.inflate(frame.payload) ?? 'not-agreed') : frame.payload;
    if (typeof bytes === 'string') {
      // Without takeover every message stands for itself; with it, the ones behind a lost one cannot be opened either.
      if (this.#inflater?.takeover === false) this.#gap(UNREAD[bytes], frame.payload.length);
      else this.#giveUp(UNREAD[bytes], frame.payload.length);
      return;
    }
    this.#tap.emit({
      type: 'message',
      exchange: this.#exchange.id,
      at: this.#tap.now(),
      direction: this.#direction,
      kind: frame.opcode,
      bytes,
    });
  }

  tooLarge(bytes: number, compressed: boolean): void {
    if (compressed && this.#inflater?.takeover === true) this.#giveUp(UNREAD['too-large'], bytes);
    else this.#gap(UNREAD['too-large'], bytes);
  }

  broken(reason: string): void {
    this.#giveUp(`The frames are not those of a WebSocket: ${reason}.`, null);
  }

  #giveUp(reason: string, bytes: number | null): void {
    this.#reader.stop();
    this.#gap(`${reason} The rest of this direction was not read.`, bytes);
  }

  #gap(reason: string, bytesUnread: number | null): void {
    this.#exchange.events.gap('websocket-opaque', reason, { direction: this.#direction }, bytesUnread);
  }
}
