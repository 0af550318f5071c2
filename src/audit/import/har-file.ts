import { createReadStream } from 'node:fs';
import { createGunzip, type Gunzip } from 'node:zlib';
import { unreadableFile } from '../../model/errors.ts';

const CHUNK_BYTES = 1024 * 1024;
/** Packed bytes that are unpacked at once: at most 16 MB come of them. */
const PACKED_BYTES = 16 * 1024;
/** Bytes that a packed file may unpack to; behind them it ends as one that breaks off does. */
export const UNPACKED_BYTES_MAX = 32 * 1024 ** 3;

/** A file whose bytes end before the file does, and why. */
export type OnBreak = (reason: string) => void;

/**
 * The text of a recording as UTF-8, piece by piece: unpacked when it is gzip by its first bytes, whatever its name is; without a byte
 * order mark; UTF-16 becomes UTF-8.
 *
 * @param onBreak hears why a packed file gave no more: it is damaged, breaks off, or unpacks to more than `unpackedBytesMax`.
 * @throws TelltaleError `file-unreadable`.
 */
export async function* recordingText(
  path: string,
  onBreak: OnBreak,
  unpackedBytesMax = UNPACKED_BYTES_MAX,
): AsyncGenerator<Uint8Array> {
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  let first = true;
  for await (const piece of unpacked(fileChunks(path), onBreak, unpackedBytesMax)) {
    let chunk = piece;
    if (first) {
      first = false;
      const mark = chunk.subarray(0, 2).toString('hex');
      if (mark === 'fffe' || mark === '7b00') decoder = new TextDecoder('utf-16le');
      if (mark === 'feff' || mark === '007b') decoder = new TextDecoder('utf-16be');
      if (chunk.subarray(0, 3).toString('hex') === 'efbbbf') chunk = chunk.subarray(3);
    }
    yield decoder === null ? chunk : Buffer.from(decoder.decode(chunk, { stream: true }));
  }
}

async function* fileChunks(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) yield chunk as Buffer;
  } catch (error) {
    throw unreadableFile(path, error);
  }
}

async function* unpacked(
  chunks: AsyncGenerator<Buffer>,
  onBreak: OnBreak,
  unpackedBytesMax: number,
): AsyncGenerator<Buffer> {
  let unpacking: Unpacking | null = null;
  let first = true;
  for await (const chunk of chunks) {
    if (first && chunk[0] === 0x1f && chunk[1] === 0x8b) unpacking = new Unpacking(unpackedBytesMax);
    first = false;
    if (unpacking === null) yield chunk;
    for (let from = 0; unpacking !== null && from < chunk.length; from += PACKED_BYTES) {
      yield* await unpacking.feed(chunk.subarray(from, from + PACKED_BYTES));
      if (unpacking.broken !== null) return onBreak(unpacking.broken);
    }
  }
  if (unpacking === null) return;
  yield* await unpacking.end();
  if (unpacking.broken !== null) onBreak(unpacking.broken);
}

/** One gzip stream. Everything that was unpacked before an error is given: see how `data` is heard and each write waited for. */
class Unpacking {
  readonly #gunzip: Gunzip = createGunzip();
  readonly #bytesMax: number;
  #pieces: Buffer[] = [];
  #size = 0;
  broken: string | null = null;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#gunzip.on('data', (piece: Buffer) => this.#pieces.push(piece));
    this.#gunzip.on('error', (error) => {
      this.broken ??= `the packing is damaged: ${error.message}`;
    });
  }

  async feed(packed: Buffer): Promise<Buffer[]> {
    // A write that fails is not called back: then the stream closes.
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#gunzip.off('close', done);
        resolve();
      };
      this.#gunzip.once('close', done);
      this.#gunzip.write(packed, done);
    });
    return this.#taken();
  }

  async end(): Promise<Buffer[]> {
    if (!this.#gunzip.closed) await new Promise<void>((resolve) => this.#gunzip.once('close', resolve).end());
    return this.#taken();
  }

  #taken(): Buffer[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    for (const { length } of pieces) this.#size += length;
    if (this.#size > this.#bytesMax) {
      this.broken ??= `it unpacks to more than ${this.#bytesMax} bytes`;
      this.#gunzip.destroy();
    }
    return pieces;
  }
}
