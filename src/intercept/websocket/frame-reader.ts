/** One message or control frame, unmasked and whole, its payload still compressed when `compressed` says so. */
export interface Frame {
  readonly opcode: 'text' | 'binary' | 'close' | 'ping' | 'pong';
  readonly compressed: boolean;
  readonly payload: Buffer;
}

export interface FrameHandler {
  message(frame: Frame): void;
  /** A message of more bytes than are gathered; the stream goes on behind it. */
  tooLarge(bytes: number, compressed: boolean): void;
  /** Not what RFC 6455 describes; nothing more comes. */
  broken(reason: string): void;
}

const OPCODES: Readonly<Record<number, Frame['opcode']>> = {
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
};
/** A frame's head: 2 bytes, up to 8 of length, 4 of mask. */
const HEAD_BYTES_MAX = 14;

/**
 * Reads the frames of one direction of a WebSocket (RFC 6455 §5) as bytes come, and puts fragments together.
 * It only listens: the bytes themselves are passed on untouched.
 */
export class FrameReader {
  readonly #handler: FrameHandler;
  readonly #bytesMax: number;
  #head = Buffer.alloc(0);
  /** Bytes of the current frame's payload that are still to come; -1 between frames. */
  #left = -1;
  #final = true;
  #control = false;
  #opcode: Frame['opcode'] = 'text';
  #mask: Buffer | null = null;
  #maskAt = 0;
  #controlParts: Buffer[] = [];
  /** Fragments of the message that is being gathered; null between messages. */
  #message: { opcode: Frame['opcode']; compressed: boolean; parts: Buffer[]; bytes: number } | null = null;
  #stopped = false;

  constructor(handler: FrameHandler, bytesMax: number) {
    this.#handler = handler;
    this.#bytesMax = bytesMax;
  }

  feed(bytes: Buffer): void {
    let rest = bytes;
    while (rest.length > 0 && !this.#stopped) {
      rest = this.#left === -1 ? this.#readHead(rest) : this.#readPayload(rest);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  #readHead(bytes: Buffer): Buffer {
    const wanted = HEAD_BYTES_MAX - this.#head.length;
    const head =
      this.#head.length === 0 ? bytes.subarray(0, wanted) : Buffer.concat([this.#head, bytes.subarray(0, wanted)]);
    const length = headLength(head);
    if (length === null || head.length < length) {
      this.#head = Buffer.from(head);
      return bytes.subarray(Math.min(wanted, bytes.length));
    }
    const taken = length - this.#head.length;
    this.#head = Buffer.alloc(0);
    this.#begin(head.subarray(0, length));
    const rest = bytes.subarray(taken);
    if (this.#left === 0 && !this.#stopped) this.#endFrame();
    return rest;
  }

  #begin(head: Buffer): void {
    const first = head[0] as number;
    const code = first & 0x0f;
    const masked = ((head[1] as number) & 0x80) !== 0;
    this.#left = payloadLength(head);
    this.#final = (first & 0x80) !== 0;
    this.#control = code >= 8;
    this.#mask = masked ? Buffer.from(head.subarray(head.length - 4)) : null;
    this.#maskAt = 0;
    const compressed = (first & 0x40) !== 0;
    if ((first & 0x30) !== 0) this.#break('reserved bits are set');
    else if (this.#control) {
      this.#opcode = OPCODES[code] ?? 'close';
      this.#controlParts = [];
      if (OPCODES[code] === undefined || !this.#final || this.#left > 125) this.#break('a control frame is malformed');
    } else if (code === 0) {
      if (this.#message === null) this.#break('a continuation without a beginning');
    } else if (OPCODES[code] === undefined) this.#break('an unknown opcode');
    else if (this.#message !== null) this.#break('a message inside a message');
    else this.#message = { opcode: OPCODES[code], compressed, parts: [], bytes: 0 };
  }

  #readPayload(bytes: Buffer): Buffer {
    const piece = bytes.subarray(0, this.#left);
    this.#left -= piece.length;
    this.#take(piece);
    if (this.#left === 0) this.#endFrame();
    return bytes.subarray(piece.length);
  }

  #take(piece: Buffer): void {
    if (this.#control) {
      this.#controlParts.push(this.#unmasked(piece));
      return;
    }
    const message = this.#message;
    if (message === null) return;
    message.bytes += piece.length;
    if (message.bytes > this.#bytesMax) {
      message.parts = [];
      this.#maskAt = (this.#maskAt + piece.length) & 3;
    } else message.parts.push(this.#unmasked(piece));
  }

  #endFrame(): void {
    this.#left = -1;
    if (this.#control) {
      this.#handler.message({ opcode: this.#opcode, compressed: false, payload: Buffer.concat(this.#controlParts) });
      return;
    }
    if (!this.#final || this.#message === null) return;
    const { opcode, compressed, parts, bytes } = this.#message;
    this.#message = null;
    if (bytes > this.#bytesMax) this.#handler.tooLarge(bytes, compressed);
    else this.#handler.message({ opcode, compressed, payload: Buffer.concat(parts) });
  }

  /** A copy with memory of its own, in the clear. */
  #unmasked(piece: Buffer): Buffer {
    const copy = Buffer.from(piece);
    const mask = this.#mask;
    if (mask === null) return copy;
    let at = this.#maskAt;
    for (let index = 0; index < copy.length; index++) {
      copy[index] = (copy[index] as number) ^ (mask[at] as number);
      at = (at + 1) & 3;
    }
    this.#maskAt = at;
    return copy;
  }

  #break(reason: string): void {
    this.#stopped = true;
    this.#handler.broken(reason);
  }
}

/** Bytes of the head that begins here; null when its first two bytes have not come. */
function headLength(head: Buffer): number | null {
  if (head.length < 2) return null;
  const second = head[1] as number;
  const size = second & 0x7f;
  return 2 + (size === 126 ? 2 : size === 127 ? 8 : 0) + ((second & 0x80) !== 0 ? 4 : 0);
}

function payloadLength(head: Buffer): number {
  const size = (head[1] as number) & 0x7f;
  if (size === 126) return head.readUInt16BE(2);
  // Lengths beyond 2^53 are nobody's; the reader would wait for ever for them, and so would everyone else.
  return size === 127 ? Number(head.readBigUInt64BE(2)) : size;
}
