import type { FewPlan } from './few.ts';
import { filterMask, type GramPlan, type GramTables, gramHash } from './gram-index.ts';
import { inputBytes, type Kernel, type Kernels, type Plan } from './kernel.ts';

/** Hit pairs kept before the caller must fetch them. */
const HITS_MAX = 4_096;

/** The kernels for engines without WebAssembly SIMD. */
export function makeJsKernels(plans: readonly Plan[]): Kernels {
  const input = new Uint8Array(inputBytes(plans));
  return {
    input,
    kernels: plans.map((plan) => (plan.kind === 'few' ? fewKernel(plan, input) : gramKernel(plan, input))),
    survey: () => undefined,
  };
}

function fewKernel({ halves, buckets, offsets, patterns: { bytes, starts } }: FewPlan, input: Uint8Array): Kernel {
  const hits = new Int32Array(2 * (HITS_MAX + starts.length));
  const bucketsOf = (at: number, position: number): number => {
    const byte = input[at + position] as number;
    return (halves[position * 32 + (byte & 15)] as number) & (halves[position * 32 + 16 + (byte >> 4)] as number);
  };
  const kernel = {
    hits,
    resumeAt: 0,
    search(from: number, to: number, length: number): number {
      let found = 0;
      let at = from;
      for (; at < to && found <= HITS_MAX; at++) {
        const candidates = bucketsOf(at, 0) & bucketsOf(at, 1) & bucketsOf(at, 2) & bucketsOf(at, 3);
        for (let bucket = 0; candidates >> bucket !== 0; bucket++) {
          if (((candidates >> bucket) & 1) === 0) continue;
          const end = buckets[bucket + 1] as number;
          for (let number = buckets[bucket] as number; number < end; number++) {
            const first = starts[number] as number;
            const size = (starts[number + 1] as number) - first;
            const start = at - (offsets[number] as number);
            if (start < 0 || start + size > length || !isSame(input, start, bytes, first, size)) continue;
            hits[found * 2] = number;
            hits[found * 2 + 1] = start;
            found++;
          }
        }
      }
      kernel.resumeAt = at;
      return found;
    },
  };
  return kernel;
}

function gramKernel(plan: GramPlan, input: Uint8Array): Kernel {
  const { stride, gram, filterShift, lengths, bucketMax } = plan;
  const tables: GramTables = {
    filter: new Int32Array(lengths.filter),
    buckets: new Int32Array(lengths.buckets),
    tags: new Uint16Array(lengths.tags),
    entries: new Uint32Array(lengths.entries),
    bytes: new Uint8Array(lengths.bytes),
    starts: new Int32Array(lengths.starts),
  };
  plan.fill(tables);
  const { filter } = tables;
  const hits = new Int32Array(2 * (HITS_MAX + bucketMax));
  const kernel = {
    hits,
    resumeAt: 0,
    search(from: number, to: number, length: number): number {
      let found = 0;
      let at = from;
      for (; at < to && found <= HITS_MAX; at += stride) {
        const hash = gramHash(input, at, gram);
        const mask = filterMask(hash);
        if (((filter[hash >>> filterShift] as number) & mask) !== mask) continue;
        found = compare(plan, tables, input, length, hash, at, hits, found);
      }
      kernel.resumeAt = at;
      return found;
    },
  };
  return kernel;
}

/** Compares the patterns that share a gram with the input around it. */
function compare(
  { bucketShift, offsetBits }: GramPlan,
  { buckets, tags, entries, starts, bytes }: GramTables,
  input: Uint8Array,
  length: number,
  hash: number,
  at: number,
  hits: Int32Array,
  found: number,
): number {
  const bucket = hash >>> bucketShift;
  const tag = hash & 0xffff;
  const end = buckets[bucket + 1] as number;
  let count = found;
  for (let place = buckets[bucket] as number; place < end; place++) {
    if (tags[place] !== tag) continue;
    const entry = entries[place] as number;
    const number = entry >>> offsetBits;
    const start = at - (entry & (2 ** offsetBits - 1));
    const first = starts[number] as number;
    const size = (starts[number + 1] as number) - first;
    if (start < 0 || start + size > length) continue;
    if (!isSame(input, start, bytes, first, size)) continue;
    hits[count * 2] = number;
    hits[count * 2 + 1] = start;
    count++;
  }
  return count;
}

function isSame(input: Uint8Array, start: number, bytes: Uint8Array, first: number, size: number): boolean {
  let same = 0;
  while (same < size && input[start + same] === bytes[first + same]) same++;
  return same === size;
}
