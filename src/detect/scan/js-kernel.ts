import { filterMask, type GramIndex, gramHash } from './gram-index.ts';
import { KERNEL_INPUT_BYTES, KERNEL_SLACK_BYTES, type Kernel } from './kernel.ts';

/** Hit pairs kept before the caller must fetch them. */
const HITS_MAX = 4_096;

/** The kernel for engines without WebAssembly SIMD. */
export function makeJsKernel(index: GramIndex): Kernel {
  const input = new Uint8Array(KERNEL_INPUT_BYTES + 4 * index.lengthMax + KERNEL_SLACK_BYTES);
  const hits = new Int32Array(2 * (HITS_MAX + index.listMax));
  const { stride, gram, filter, filterShift } = index;
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
        found = compare(index, input, length, hash, at, hits, found);
      }
      kernel.resumeAt = at;
      return found;
    },
  };
  return kernel;
}

/** Compares the patterns that share a gram with the input around it. */
function compare(
  index: GramIndex,
  input: Uint8Array,
  length: number,
  hash: number,
  at: number,
  hits: Int32Array,
  found: number,
): number {
  const { slots, slotShift, lists, starts, bytes } = index;
  const wrap = slots.length / 2 - 1;
  let count = found;
  for (let slot = hash >>> slotShift; slots[slot * 2 + 1] !== 0; slot = (slot + 1) & wrap) {
    if (slots[slot * 2] !== hash) continue;
    for (let entry = (slots[slot * 2 + 1] as number) - 1; lists[entry] !== -1; entry += 2) {
      const number = lists[entry] as number;
      const start = at - (lists[entry + 1] as number);
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
    break;
  }
  return count;
}
