import type { GramPlan } from './gram-index.ts';
import { makeJsKernel } from './js-kernel.ts';
import { KERNEL_INPUT_BYTES, KERNEL_SLACK_BYTES, type Kernel, type MakeKernel } from './kernel.ts';
import { KERNEL_WASM } from './kernel-wasm.ts';

interface KernelExports {
  configure(...facts: number[]): void;
  search(from: number, to: number, length: number): number;
  readonly resumeAt: { readonly value: number };
}

let compiled: WebAssembly.Module | null = null;

/** The WebAssembly kernel where the engine has SIMD, else the one in plain JavaScript. */
export const makeFastestKernel: MakeKernel = (plan) => {
  const bytes = Buffer.from(KERNEL_WASM, 'base64');
  return typeof WebAssembly === 'object' && WebAssembly.validate(bytes) ? makeWasmKernel(plan) : makeJsKernel(plan);
};

/** Hit pairs kept before the caller must fetch them. */
const HITS_MAX = 4_096;
const PAGE_BYTES = 65_536;
/** Tables start on their own cache lines. */
const ALIGNMENT = 64;

/** Makes the tables in the kernel's own memory, with the input and the hits behind them. */
export function makeWasmKernel(plan: GramPlan): Kernel {
  const { lengths } = plan;
  const inputBytes = KERNEL_INPUT_BYTES + 4 * plan.lengthMax + KERNEL_SLACK_BYTES;
  // The buffer is checked once for eight positions.
  const hitsBytes = 8 * (HITS_MAX + 8 * plan.bucketMax + 1);
  const picks = pickTables(plan);
  // Address 0 stays free: the compiler's static data would lie there.
  let size = 1024;
  const place = (length: number): number => {
    const at = Math.ceil(size / ALIGNMENT) * ALIGNMENT;
    size = at + length;
    return at;
  };
  const at = {
    filter: place(4 * lengths.filter),
    buckets: place(4 * lengths.buckets),
    tags: place(2 * lengths.tags),
    entries: place(4 * lengths.entries),
    starts: place(4 * lengths.starts),
    bytes: place(lengths.bytes),
    picks: place(picks.length),
    input: place(inputBytes),
    hits: place(hitsBytes),
  };
  const memory = new WebAssembly.Memory({ initial: Math.ceil((size + KERNEL_SLACK_BYTES) / PAGE_BYTES) });
  plan.fill({
    filter: new Int32Array(memory.buffer, at.filter, lengths.filter),
    buckets: new Int32Array(memory.buffer, at.buckets, lengths.buckets),
    tags: new Uint16Array(memory.buffer, at.tags, lengths.tags),
    entries: new Uint32Array(memory.buffer, at.entries, lengths.entries),
    starts: new Int32Array(memory.buffer, at.starts, lengths.starts),
    bytes: new Uint8Array(memory.buffer, at.bytes, lengths.bytes),
  });
  new Uint8Array(memory.buffer, at.picks).set(picks);
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_WASM, 'base64'));
  const kernel = new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as KernelExports;
  kernel.configure(
    plan.stride,
    plan.gram,
    at.filter,
    plan.filterShift,
    at.buckets,
    plan.bucketShift,
    at.tags,
    at.entries,
    plan.offsetBits,
    at.bytes,
    at.starts,
    at.input,
    at.hits,
    HITS_MAX,
    at.picks,
  );
  return {
    name: 'wasm',
    input: new Uint8Array(memory.buffer, at.input, inputBytes),
    hits: new Int32Array(memory.buffer, at.hits, hitsBytes / 4),
    search: kernel.search,
    get resumeAt() {
      return kernel.resumeAt.value;
    },
  };
}

/** For strides below 4: which bytes of a 16-byte load make the low, then the high words of four grams. */
function pickTables({ stride, gram }: GramPlan): Uint8Array {
  const low = Array.from({ length: 16 }, (_, i) => (i >> 2) * stride + (i & 3));
  return Uint8Array.from([...low, ...low.map((byte) => byte + gram - 4)]);
}
