import { isAscii } from 'node:buffer';
import type { BytePatterns } from './byte-patterns.ts';
import { FEW_MAX, planFew } from './few.ts';
import { PATTERN_BYTES_MIN, planGrams, STRIDE_MAX } from './gram-index.ts';
import { KERNEL_INPUT_BYTES, type Kernel, type Kernels, type MakeKernels, type Plan } from './kernel.ts';
import { makeFastestKernels } from './wasm-kernel.ts';

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
  /** Callers' bytes go into their input. */
  readonly #kernels: Kernels;

  /** @param numbers those to look for; all, when left out. */
  constructor(
    patterns: BytePatterns,
    numbers: readonly number[] = [...patterns.starts.keys()].slice(0, -1),
    makeKernels: MakeKernels = makeFastestKernels,
  ) {
    this.size = numbers.length;
    const plans = plansFor(patterns, numbers);
    this.#kernels = makeKernels(plans);
    // The plans themselves hold on to what the tables were made of.
    this.#parts = plans.map(({ numbers, stride, gram, binary }, index) => {
      return { numbers, stride, gram, binary, kernel: this.#kernels.kernels[index] as Kernel };
    });
    this.reach = Math.max(0, ...plans.map(({ lengthMax }) => lengthMax)) + CONTEXT_BYTES;
  }

  open(report: Report): PatternStream {
    return new ScannerStream(this.#parts, this.#kernels, this.reach, report);
  }

  /** Searches one run of bytes that is wholly there. Allocates nothing when it finds nothing. */
  searchWhole(bytes: Uint8Array, report: Report): void {
    if (bytes.length > KERNEL_INPUT_BYTES) {
      const stream = this.open(report);
      stream.write(bytes);
      stream.end();
      return;
    }
    const { input } = this.#kernels;
    const text = isAscii(bytes);
    input.set(bytes);
    if (!text) this.#kernels.survey(bytes.length);
    for (const { binary, kernel, gram, numbers } of this.#parts) {
      if (text && binary) continue;
      const to = bytes.length - gram + 1;
      for (let from = 0; from < to; from = kernel.resumeAt) {
        const found = kernel.search(from, to, bytes.length, text);
        for (let i = 0; i < found; i++) {
          const start = kernel.hits[i * 2 + 1] as number;
          report(numbers[kernel.hits[i * 2] as number] as number, start, bytes, start, 0, bytes.length);
        }
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

interface Part {
  /** None of its patterns is ASCII: none stands in plain text. */
  readonly binary: boolean;
  /** The kernel's pattern numbers → the caller's. */
  readonly numbers: Int32Array;
  readonly stride: number;
  readonly gram: number;
  readonly kernel: Kernel;
}

/** Patterns below these lengths are searched apart, so that they do not shorten the strides of the others: 8 and 4 bytes. */
const LONG_BYTES_MIN = 15;
const MIDDLE_BYTES_MIN = 9;

/**
 * Long, middle and short patterns, those that are ASCII and those that are not, are looked for apart: where the input is not ASCII,
 * which is nearly everywhere in what is packed or encrypted, the many of the first kind cost next to nothing.
 */
function plansFor(patterns: BytePatterns, numbers: readonly number[]): Plan[] {
  const [long, middle, short]: [Lot, Lot, Lot] = [lotOf(), lotOf(), lotOf()];
  for (const number of numbers) {
    const bytes = patterns.bytes.subarray(patterns.starts[number], patterns.starts[number + 1]);
    if (bytes.length < PATTERN_BYTES_MIN)
      throw new RangeError(
        `A pattern of ${bytes.length} bytes is too short to scan for; ${PATTERN_BYTES_MIN} is the least.`,
      );
    const lot = bytes.length >= LONG_BYTES_MIN ? long : bytes.length >= MIDDLE_BYTES_MIN ? middle : short;
    lot[isAscii(bytes) ? 'ascii' : 'binary'].push(number);
  }
  const plans: Plan[] = [];
  const sample = (own: readonly number[], binary: boolean) => {
    if (own.length > 0) plans.push(planGrams(patterns, Int32Array.from(own), binary));
  };
  sample(long.ascii, false);
  sample(long.binary, true);
  sample(middle.ascii, false);
  // Each lot costs a pass: the few that are left go together if they can, and else text is at least spared those that are not ASCII.
  const others = [...short.binary, ...middle.binary];
  const lots = short.ascii.length + others.length <= FEW_MAX ? [[...short.ascii, ...others]] : [short.ascii, others];
  for (const few of lots) {
    if (few.length > 0 && few.length <= FEW_MAX) plans.push(planFew(patterns, few));
    else if (few === others) for (const own of [middle.binary, short.binary]) sample(own, true);
    else sample(few, false);
  }
  return plans;
}

interface Lot {
  readonly ascii: number[];
  readonly binary: number[];
}

function lotOf(): Lot {
  return { ascii: [], binary: [] };
}

/**
 * Searches a stream block by block. A position is looked at only when the longest pattern around it, and some context, is there;
 * what that needs of earlier bytes is carried over.
 */
class ScannerStream implements PatternStream {
  readonly #parts: readonly Part[];
  readonly #kernels: Kernels;
  readonly #reach: number;
  readonly #report: Report;
  readonly #carry: Uint8Array;
  #carried = 0;
  /** Position in the stream of the first carried byte. */
  #carriedFrom = 0;
  /** For each part the next position of the stream to look at: a multiple of its stride. */
  readonly #next: number[];

  constructor(parts: readonly Part[], kernels: Kernels, reach: number, report: Report) {
    this.#parts = parts;
    this.#kernels = kernels;
    this.#reach = reach;
    this.#report = report;
    this.#carry = new Uint8Array(2 * reach + STRIDE_MAX);
    this.#next = parts.map(() => 0);
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
    const { input } = this.#kernels;
    input.set(this.#carry.subarray(0, this.#carried));
    input.set(block, this.#carried);
    const length = this.#carried + block.length;
    const text = isAscii(input.subarray(0, length));
    if (!text) this.#kernels.survey(length);
    let first = length;
    for (let index = 0; index < this.#parts.length; index++) {
      const part = this.#parts[index] as Part;
      const to = last ? length - part.gram + 1 : length - this.#reach;
      const from = (this.#next[index] as number) - this.#carriedFrom;
      const at = text && part.binary ? passedOver(part, from, to) : this.#searchFor(part, from, to, length, text);
      this.#next[index] = this.#carriedFrom + at;
      first = Math.min(first, at);
    }
    const keepFrom = Math.max(0, first - this.#reach);
    this.#carry.set(input.subarray(keepFrom, length));
    this.#carried = length - keepFrom;
    this.#carriedFrom += keepFrom;
  }

  /** @returns where to go on. */
  #searchFor({ kernel, numbers }: Part, from: number, to: number, length: number, text: boolean): number {
    let at = from;
    while (at < to) {
      const found = kernel.search(at, to, length, text);
      for (let i = 0; i < found; i++) {
        const start = kernel.hits[i * 2 + 1] as number;
        const pattern = numbers[kernel.hits[i * 2] as number] as number;
        this.#report(pattern, this.#carriedFrom + start, this.#kernels.input, start, 0, length);
      }
      at = kernel.resumeAt;
    }
    return at;
  }
}

/** Where a part goes on that has nothing to look for up to `to`. */
function passedOver({ stride }: Part, from: number, to: number): number {
  return from + Math.ceil(Math.max(0, to - from) / stride) * stride;
}
