import { filterMask, type GramPlan, type GramTables, gramHash } from './gram-index.ts';
import { KERNEL_INPUT_BYTES, KERNEL_SLACK_BYTES, type Kernel } from './kernel.ts';

/** Hit pairs kept before the caller must fetch them. */
const HITS_MAX = 4_096;

/** The kernel for engines without WebAssembly SIMD. */
export function makeJsKernel(plan: GramPlan): Kernel {
  const { stride, gram, filterShift, lengths, lengthMax, bucketMax } = plan;
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
  const input = new Uint8Array(KERNEL_INPUT_BYTES + 4 * lengthMax + KERNEL_SLACK_BYTES);
  const hits = new Int32Array(2 * (HITS_MAX + bucketMax));
  const kernel = {
    name: 'js' as const,
    input,
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
    let same = 0;
    while (same < size && input[start + same] === bytes[first + same]) same++;
    if (same < size) continue;
    hits[count * 2] = number;
    hits[count * 2 + 1] = start;
    count++;
  }
  return count;
}
