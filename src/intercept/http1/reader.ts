import type { Headers } from '../../model/exchange.ts';
import type { RelayLimits } from '../limits.ts';
import { Gathered, hasBareLineFeed } from './gathered.ts';
import { type Framing, type HttpProblem, isProblem, parseTrailers } from './head.ts';

/** What a reader tells about the messages of one connection, in order. */
export interface MessageHandler<Head> {
  /** @returns true when what follows is no longer HTTP; the reader stops, and {@link MessageReader.takeRest} has the rest. */
  headRead(head: Head): boolean;
  /** Bytes of the body, without its framing; they may be lent, see `shared-reads.ts`. */
  bodyRead(bytes: Buffer): void;
  messageEnded(trailers: Headers): void;
  /** The bytes are not a message; nothing more comes. `inBody`: the head was fine. */
  broken(problem: HttpProblem, inBody: boolean): void;
}

/** Where a reader gets its heads from. */
export interface HeadSource<Head> {
  /** The head that these bytes begin with, when it is one that was read before; null otherwise. */
  known(bytes: Buffer): Head | null;
  /** @param raw a whole head, its empty line included. */
  read(raw: Buffer): Head | HttpProblem;
}

interface FramedHead {
  readonly raw: Buffer;
  readonly framing: Framing;
  readonly length: number;
}

type State = 'idle' | 'head' | 'length' | 'close' | 'chunk-line' | 'chunk' | 'chunk-end' | 'trailers' | 'stopped';

const EMPTY: Headers = [];
const HEAD_END = Buffer.from('\r\n\r\n');
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const CHUNK_LINE = /^([0-9A-Fa-f]{1,13})[ \t]*(;[^\x00-\x08\x0a-\x1f\x7f]*)?$/;

/**
 * Reads HTTP/1 messages out of bytes as they come: bytes in, calls out; no socket, no timer.
 *
 * It stops after each message until {@link next}; what arrives meanwhile (a pipelined request) waits. Bodies pass through in the
 * pieces in which they came and are never gathered.
 */
export class MessageReader<Head extends FramedHead> {
  readonly #heads: HeadSource<Head>;
  readonly #handler: MessageHandler<Head>;
  readonly #limits: RelayLimits;
  #state: State = 'head';
  #rest: Buffer | null = null;
  readonly #gathered = new Gathered();
  #bodyBytesLeft = 0;
  #running = false;

  constructor(heads: HeadSource<Head>, handler: MessageHandler<Head>, limits: RelayLimits) {
    this.#heads = heads;
    this.#handler = handler;
    this.#limits = limits;
  }

  /** Bytes that wait for {@link next}. */
  get waitingBytes(): number {
    return this.#rest?.length ?? 0;
  }

  /** Whether a message has begun and not ended. */
  get inMessage(): boolean {
    return this.#state !== 'idle' && this.#state !== 'stopped' && (this.#state !== 'head' || this.#gathered.length > 0);
  }

  /** Whether so many bytes, fed now, would all be of the body that is being read: then they are told, and not kept. */
  isAllBody(length: number): boolean {
    if (this.#rest !== null || this.#running) return false;
    if (this.#state === 'close') return true;
    return (this.#state === 'length' || this.#state === 'chunk') && length <= this.#bodyBytesLeft;
  }

  feed(bytes: Buffer): void {
    this.#rest = this.#rest === null ? bytes : Buffer.concat([this.#rest, bytes]);
    this.#run();
  }

  /** Reads the next message. */
  next(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'head';
    this.#run();
  }

  /** The connection ended. A body that ends with it is whole now; anything else that has begun is cut. */
  finish(): 'whole' | 'cut' {
    if (this.#state === 'close') {
      this.#end(EMPTY);
      return 'whole';
    }
    return this.inMessage ? 'cut' : 'whole';
  }

  /** What came after the last message read; the reader forgets it. */
  takeRest(): Buffer {
    const rest = this.#rest ?? Buffer.alloc(0);
    this.#rest = null;
    return rest;
  }

  stop(): void {
    this.#state = 'stopped';
  }

  #run(): void {
    // A handler may call feed or next from within: one loop serves them all.
    if (this.#running) return;
    this.#running = true;
    while (this.#rest !== null && this.#rest.length > 0 && this.#step(this.#rest));
    if (this.#rest !== null && this.#rest.length === 0) this.#rest = null;
    this.#running = false;
  }

  /** @returns whether there may be more to do with what is left. */
  #step(bytes: Buffer): boolean {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes);
      case 'length':
      case 'chunk': {
        const piece = bytes.length <= this.#bodyBytesLeft ? bytes : bytes.subarray(0, this.#bodyBytesLeft);
        this.#consume(piece.length);
        this.#bodyBytesLeft -= piece.length;
        const chunkEnded = this.#bodyBytesLeft === 0 && this.#state === 'chunk';
        const bodyEnded = this.#bodyBytesLeft === 0 && this.#state === 'length';
        if (chunkEnded) this.#state = 'chunk-end';
        this.#handler.bodyRead(piece);
        if (bodyEnded && this.#state === 'length') this.#end(EMPTY);
        return true;
      }
      case 'close':
        this.#rest = null;
        this.#handler.bodyRead(bytes);
        return false;
      case 'chunk-line':
        return this.#readChunkLine(bytes);
      case 'chunk-end':
        return this.#readChunkEnd(bytes);
      case 'trailers':
        return this.#readTrailers(bytes);
      default:
        return false;
    }
  }

  #readHead(bytes: Buffer): boolean {
    if (this.#gathered.length === 0) {
      const known = this.#heads.known(bytes);
      if (known !== null) {
        this.#consume(known.raw.length);
        return this.#headComplete(known);
      }
      // One empty line before a message is forgiven, more are not (RFC 9112 §2.2).
      if (bytes[0] === 13 && bytes[1] === 10) {
        this.#consume(2);
        return true;
      }
      const first = bytes[0] as number;
      if (first !== 13 && (first <= 32 || first >= 127))
        return this.#fail({ status: 400, sentence: 'This is not HTTP.' }, false);
      const end = bytes.indexOf(HEAD_END);
      if (end !== -1) {
        if (end > this.#limits.headBytesMax) return this.#fail(this.#tooLarge(bytes), false);
        this.#consume(end + 4);
        return this.#headRead(bytes.subarray(0, end + 4));
      }
    }
    if (this.#gathered.length === 1 && this.#gathered.bytes[0] === 13 && bytes[0] === 10) {
      this.#gathered.forget();
      this.#consume(1);
      return true;
    }
    const from = Math.max(0, this.#gathered.length - 3);
    const before = this.#gathered.length;
    this.#gathered.add(bytes);
    const whole = this.#gathered.bytes;
    const end = whole.subarray(from).indexOf(HEAD_END);
    if (end === -1) {
      this.#rest = null;
      if (hasBareLineFeed(whole, before))
        return this.#fail({ status: 400, sentence: 'A line ends without a carriage return.' }, false);
      if (whole.length > this.#limits.headBytesMax) return this.#fail(this.#tooLarge(whole), false);
      return false;
    }
    const length = from + end + 4;
    this.#consume(length - before);
    const raw = Buffer.from(whole.subarray(0, length));
    this.#gathered.forget();
    if (length > this.#limits.headBytesMax) return this.#fail(this.#tooLarge(raw), false);
    return this.#headRead(raw);
  }

  #headRead(raw: Buffer): boolean {
    const head = this.#heads.read(raw);
    return isProblem(head) ? this.#fail(head, false) : this.#headComplete(head);
  }

  #headComplete(head: Head): boolean {
    this.#bodyBytesLeft = head.length;
    this.#state =
      head.framing === 'none' || (head.framing === 'length' && head.length === 0) ? 'idle' : stateFor(head.framing);
    const empty = this.#state === 'idle';
    if (this.#handler.headRead(head)) {
      this.#state = 'stopped';
      return false;
    }
    if (empty) this.#handler.messageEnded(EMPTY);
    return true;
  }

  #readChunkLine(bytes: Buffer): boolean {
    const line = this.#line(bytes, this.#limits.chunkLineBytesMax, 'A chunk of the body has too long a size line.');
    if (line === null) return false;
    const match = CHUNK_LINE.exec(line);
    if (match === null) return this.#fail({ status: 400, sentence: 'A chunk of the body has no valid size.' }, true);
    this.#bodyBytesLeft = Number.parseInt(match[1] as string, 16);
    this.#state = this.#bodyBytesLeft === 0 ? 'trailers' : 'chunk';
    return true;
  }

  #readChunkEnd(bytes: Buffer): boolean {
    const line = this.#line(bytes, 2, 'A chunk of the body is longer than its size.');
    if (line === null) return false;
    if (line !== '') return this.#fail({ status: 400, sentence: 'A chunk of the body is longer than its size.' }, true);
    this.#state = 'chunk-line';
    return true;
  }

  #readTrailers(bytes: Buffer): boolean {
    // The lines after the last chunk, up to and with the empty one; most bodies have only that.
    const from = Math.max(0, this.#gathered.length - 3);
    const before = this.#gathered.length;
    this.#gathered.add(bytes);
    const whole = this.#gathered.bytes;
    const immediate = whole[0] === 13 && whole[1] === 10;
    const end = immediate ? 0 : whole.subarray(from).indexOf(HEAD_END);
    if (end === -1) {
      this.#rest = null;
      if (whole.length > this.#limits.trailerBytesMax) {
        return this.#fail({ status: 431, sentence: 'The trailers are too large.' }, true);
      }
      return hasBareLineFeed(whole, before)
        ? this.#fail({ status: 400, sentence: 'A line ends without a carriage return.' }, true)
        : false;
    }
    const length = immediate ? 2 : from + end + 4;
    const trailers = immediate ? EMPTY : parseTrailers(whole.toString('latin1', 0, length - 4));
    this.#gathered.forget();
    this.#consume(length - before);
    if (isProblem(trailers)) return this.#fail(trailers, true);
    this.#end(trailers);
    return true;
  }

  /** One line without its end; null when it has not come whole, or is too long or ends wrongly (then the reader has failed). */
  #line(bytes: Buffer, bytesMax: number, tooLong: string): string | null {
    const lineFeed = bytes.indexOf(10);
    const taken = lineFeed === -1 ? bytes.length : lineFeed + 1;
    if (this.#gathered.length + taken > bytesMax) {
      this.#fail({ status: 400, sentence: tooLong }, true);
      return null;
    }
    if (lineFeed === -1) {
      this.#gathered.add(bytes);
      this.#rest = null;
      return null;
    }
    let line = bytes.toString('latin1', 0, taken);
    if (this.#gathered.length > 0) line = this.#gathered.bytes.toString('latin1') + line;
    this.#gathered.forget();
    this.#consume(taken);
    if (!line.endsWith('\r\n')) {
      this.#fail({ status: 400, sentence: 'A line ends without a carriage return.' }, true);
      return null;
    }
    return line.slice(0, -2);
  }

  #end(trailers: Headers): void {
    this.#state = 'idle';
    this.#handler.messageEnded(trailers);
  }

  #fail(problem: HttpProblem, inBody: boolean): false {
    this.#state = 'stopped';
    this.#rest = null;
    this.#gathered.forget();
    this.#handler.broken(problem, inBody);
    return false;
  }

  #tooLarge(head: Buffer): HttpProblem {
    const firstLine = head.subarray(0, this.#limits.headBytesMax).indexOf(10);
    return firstLine === -1
      ? { status: 414, sentence: `The first line is longer than ${this.#limits.headBytesMax} bytes.` }
      : { status: 431, sentence: `The headers are larger than ${this.#limits.headBytesMax} bytes.` };
  }

  #consume(count: number): void {
    const rest = this.#rest as Buffer;
    this.#rest = count >= rest.length ? null : rest.subarray(count);
  }
}

function stateFor(framing: Framing): State {
  return framing === 'chunked' ? 'chunk-line' : framing === 'close' ? 'close' : 'length';
}
