import { isAscii } from 'node:buffer';
import type { BytePatterns } from './byte-patterns.ts';
import { planGrams } from './gram-index.ts';
import { KERNEL_INPUT_BYTES, type Kernel, type MakeKernel } from './kernel.ts';
import { makeFastestKernel } from './wasm-kernel.ts';

/**
 * Told of each hit. `start` counts the stream's bytes from its beginning. `bytes[from]` is the same byte, and `bytes` holds the
 * stream from `low` up to `high` around it (at least {@link CONTEXT_BYTES} on each side unless the stream begins or ends there);
 * it is only valid during the call.
 */
export type Report = (
  pattern: number,
  start: number,
  bytes: Uint8Array,
  from: number,
  low: number,
  high: number,
) => void;

/** Bytes around a hit that a {@link Report} can count on: enough to judge whether a token ends there. */
export const CONTEXT_BYTES = 16;

/**
 * Finds any of many byte patterns in streams, in one pass, however the streams are cut into chunks.
 *
 * Compile once, then open one {@link PatternStream} for each body. Every occurrence of every pattern is reported, overlapping ones
 * too, in no particular order. Patterns are numbered as given; equal ones are all reported.
 *
 * Compiling takes about 2 µs and 150 bytes a pattern.
 *
 * @throws RangeError when a pattern is shorter than 4 bytes.
 */
export class Scanner {
  readonly size: number;
  /** Bytes of the longest pattern and of the context beside it: how far before the stream's end hits may still be missing. */
  readonly reach: number;
  readonly #parts: readonly Part[];

  /** @param numbers those to look for; all, when left out. */
  constructor(
    patterns: BytePatterns,
    numbers: readonly number[] = [...patterns.starts.keys()].slice(0, -1),
    makeKernel: MakeKernel = makeFastestKernel,
  ) {
    this.size = numbers.length;
    const long: number[] = [];
    const middle: number[] = [];
    const short: number[] = [];
    const shortBinary: number[] = [];
    for (const number of numbers) {
      const start = patterns.starts[number] as number;
      const end = patterns.starts[number + 1] as number;
      if (end - start >= LONG_BYTES_MIN) long.push(number);
      else if (end - start >= MIDDLE_BYTES_MIN) middle.push(number);
      else (isAscii(patterns.bytes.subarray(start, end)) ? short : shortBinary).push(number);
    }
    const partOf = (own: readonly number[], binary: boolean): Part[] => {
      if (own.length === 0) return [];
      const plan = planGrams(patterns, Int32Array.from(own));
      const { numbers, stride, gram, lengthMax } = plan;
      return [{ numbers, stride, gram, lengthMax, kernel: makeKernel(plan), binary }];
    };
    this.#parts = [
      ...partOf(long, false),
      ...partOf(middle, false),
      ...partOf(short, false),
      ...partOf(shortBinary, true),
    ];
    this.reach = Math.max(0, ...this.#parts.map(({ lengthMax }) => lengthMax)) + CONTEXT_BYTES;
  }

  open(report: Report): PatternStream {
    const streams = this.#parts.map((part) => new PartStream(part, report));
    return {
      write: (chunk) => {
        for (const stream of streams) stream.write(chunk);
      },
      end: () => {
        for (const stream of streams) stream.end();
      },
    };
  }

  /** Searches one run of bytes that is wholly there. Allocates nothing when it finds nothing. */
  searchWhole(bytes: Uint8Array, report: Report): void {
    const text = isAscii(bytes);
    for (const part of this.#parts) {
      if (text && part.binary) continue;
      if (bytes.length <= KERNEL_INPUT_BYTES) searchBlock(part, bytes, report);
      else {
        const stream = new PartStream(part, report);
        stream.write(bytes);
        stream.end();
      }
    }
  }
}

/** The state of one stream: a few hundred bytes that the next chunk may need. */
export interface PatternStream {
  write(chunk: Uint8Array): void;
  /** Searches what was held back; nothing may be written after it. */
  end(): void;
}

/** Patterns below these lengths are searched apart, so that they do not shorten the strides of the others: 8 and 4 bytes. */
const LONG_BYTES_MIN = 15;
const MIDDLE_BYTES_MIN = 9;

interface Part {
  /** Every pattern of it has a byte that ASCII does not have: none stands in plain text. */
  readonly binary: boolean;
  /** The kernel's pattern numbers → the caller's. */
  readonly numbers: Int32Array;
  /** Of its tables: the kernel has its own copy of them. */
  readonly stride: number;
  readonly gram: number;
  readonly lengthMax: number;
  readonly kernel: Kernel;
}

function searchBlock(part: Part, bytes: Uint8Array, report: Report): void {
  const { kernel, gram, numbers } = part;
  kernel.input.set(bytes);
  const to = bytes.length - gram + 1;
  for (let from = 0; from < to; from = kernel.resumeAt) {
    const found = kernel.search(from, to, bytes.length);
    for (let i = 0; i < found; i++) {
      const start = kernel.hits[i * 2 + 1] as number;
      report(numbers[kernel.hits[i * 2] as number] as number, start, bytes, start, 0, bytes.length);
    }
  }
}

/**
 * Searches a stream block by block. A position is looked at only when the longest pattern around it, and some context, is there;
 * what that needs of earlier bytes is carried over.
 */
class PartStream {
  readonly #part: Part;
  readonly #report: Report;
  readonly #reach: number;
  readonly #carry: Uint8Array;
  #carried = 0;
  /** Position in the stream of the first carried byte. */
  #carriedFrom = 0;
  /** Next position of the stream to look at: a multiple of the stride. */
  #next = 0;

  constructor(part: Part, report: Report) {
    this.#part = part;
    this.#report = report;
    this.#reach = part.lengthMax + CONTEXT_BYTES;
    this.#carry = new Uint8Array(2 * this.#reach + part.stride);
  }

  write(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; at += KERNEL_INPUT_BYTES) {
      this.#search(chunk.subarray(at, at + KERNEL_INPUT_BYTES), false);
    }
  }

  end(): void {
    this.#search(new Uint8Array(0), true);
  }

  #search(block: Uint8Array, last: boolean): void {
    const { kernel, gram } = this.#part;
    const { input } = kernel;
    input.set(this.#carry.subarray(0, this.#carried));
    input.set(block, this.#carried);
    const length = this.#carried + block.length;
    const to = last ? length - gram + 1 : length - this.#reach;
    let at = this.#next - this.#carriedFrom;
    while (at < to) {
      const found = kernel.search(at, to, length);
      for (let i = 0; i < found; i++)
        this.#found(kernel.hits[i * 2] as number, kernel.hits[i * 2 + 1] as number, length);
      at = kernel.resumeAt;
    }
    this.#next = this.#carriedFrom + at;
    const keepFrom = Math.max(0, Math.min(at, length) - this.#reach);
    this.#carry.set(input.subarray(keepFrom, length));
    this.#carried = length - keepFrom;
    this.#carriedFrom += keepFrom;
  }

  #found(number: number, from: number, length: number): void {
    const pattern = this.#part.numbers[number] as number;
    this.#report(pattern, this.#carriedFrom + from, this.#part.kernel.input, from, 0, length);
  }
}
