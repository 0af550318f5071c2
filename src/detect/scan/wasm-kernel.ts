import type { FewPlan } from './few.ts';
import { FEW_KERNEL_WASM } from './few-kernel-wasm.ts';
import type { GramPlan } from './gram-index.ts';
import { makeJsKernels } from './js-kernel.ts';
import { inputBytes, KERNEL_SLACK_BYTES, type Kernels, type MakeKernels, type Plan } from './kernel.ts';
import { KERNEL_WASM } from './kernel-wasm.ts';

interface KernelExports {
  configure(...facts: number[]): void;
  search(from: number, to: number, length: number, text: boolean): number;
  /** Of kernels for grams only. @param floor of all plans whose patterns are ASCII. */
  survey?(length: number, floor: number): void;
  readonly resumeAt: { readonly value: number };
}

/** The WebAssembly kernels where the engine has SIMD, else those in plain JavaScript. */
export const makeFastestKernels: MakeKernels = (plans) => {
  const bytes = Buffer.from(KERNEL_WASM, 'base64');
  return typeof WebAssembly === 'object' && WebAssembly.validate(bytes) ? makeWasmKernels(plans) : makeJsKernels(plans);
};

/** Hit pairs kept before the caller must fetch them. */
const HITS_MAX = 4_096;
const PAGE_BYTES = 65_536;

/** Makes the tables of all plans in one memory, with the input and the hits behind them. */
export function makeWasmKernels(plans: readonly Plan[]): Kernels {
  const layout = new Layout();
  const makers = plans.map((plan) => (plan.kind === 'few' ? placeFew(plan, layout) : placeGrams(plan, layout)));
  const input = layout.place(inputBytes(plans));
  // A number for every 64 bytes, and how many they are.
  const groups = layout.place(4 * (Math.ceil(inputBytes(plans) / 64) + 1));
  const hitsBytes = 8 * (HITS_MAX + Math.max(0, ...plans.map(hitsBeyond)) + 1);
  const hits = layout.place(hitsBytes);
  const memory = new WebAssembly.Memory({ initial: Math.ceil((layout.size + KERNEL_SLACK_BYTES) / PAGE_BYTES) });
  const found = new Int32Array(memory.buffer, hits, hitsBytes / 4);
  const instances = makers.map((make) => make(memory, input, hits, groups));
  const ofText = plans.filter((plan) => plan.kind === 'grams' && !plan.binary) as readonly GramPlan[];
  const { survey } = instances[plans.indexOf(ofText[0] as Plan)] ?? {};
  const floor = Math.min(...ofText.map((plan) => plan.floor));
  return {
    input: new Uint8Array(memory.buffer, input, inputBytes(plans)),
    survey: (length) => survey?.(length, floor),
    kernels: instances.map(({ search, resumeAt }) => {
      return {
        hits: found,
        search,
        get resumeAt() {
          return resumeAt.value;
        },
      };
    }),
  };
}

/** Whether there is room for more hits is asked once for eight or 32 positions. */
function hitsBeyond(plan: Plan): number {
  return plan.kind === 'few' ? 32 * plan.numbers.length : 8 * plan.bucketMax;
}

/** Gives out places in a memory that is not there yet. */
class Layout {
  /** Address 0 stays free: the compiler's static data would lie there. */
  size = 1024;

  /** Tables start on their own cache lines. */
  place(length: number): number {
    const at = Math.ceil(this.size / 64) * 64;
    this.size = at + length;
    return at;
  }
}

/** Makes a kernel in the memory that has its tables' places: an instance of its own, with its own variables. */
type MakeKernel = (memory: WebAssembly.Memory, input: number, hits: number, groups: number) => KernelExports;

function placeGrams(plan: GramPlan, layout: Layout): MakeKernel {
  const { lengths } = plan;
  const at = {
    filter: layout.place(4 * lengths.filter),
    buckets: layout.place(4 * lengths.buckets),
    tags: layout.place(2 * lengths.tags),
    entries: layout.place(4 * lengths.entries),
    starts: layout.place(4 * lengths.starts),
    bytes: layout.place(lengths.bytes),
    picks: layout.place(32),
  };
  return (memory, input, hits, groups) => {
    plan.fill({
      filter: new Int32Array(memory.buffer, at.filter, lengths.filter),
      buckets: new Int32Array(memory.buffer, at.buckets, lengths.buckets),
      tags: new Uint16Array(memory.buffer, at.tags, lengths.tags),
      entries: new Uint32Array(memory.buffer, at.entries, lengths.entries),
      starts: new Int32Array(memory.buffer, at.starts, lengths.starts),
      bytes: new Uint8Array(memory.buffer, at.bytes, lengths.bytes),
    });
    new Uint8Array(memory.buffer, at.picks).set(pickTables(plan));
    const kernel = instance(KERNEL_WASM, memory);
    kernel.configure(
      plan.stride,
      plan.gram,
      Number(!plan.binary),
      plan.floor,
      at.filter,
      plan.filterShift,
      at.buckets,
      plan.bucketShift,
      at.tags,
      at.entries,
      plan.offsetBits,
      at.bytes,
      at.starts,
      input,
      hits,
      HITS_MAX,
      at.picks,
      groups,
    );
    return kernel;
  };
}

function placeFew({ halves, buckets, offsets, patterns: { bytes, starts } }: FewPlan, layout: Layout): MakeKernel {
  const at = {
    halves: layout.place(halves.length),
    buckets: layout.place(4 * buckets.length),
    starts: layout.place(4 * starts.length),
    offsets: layout.place(4 * offsets.length),
    bytes: layout.place(bytes.length),
    scratch: layout.place(16),
  };
  return (memory, input, hits) => {
    new Uint8Array(memory.buffer, at.halves).set(halves);
    new Int32Array(memory.buffer, at.buckets).set(buckets);
    new Int32Array(memory.buffer, at.starts).set(starts);
    new Int32Array(memory.buffer, at.offsets).set(offsets);
    new Uint8Array(memory.buffer, at.bytes).set(bytes);
    const kernel = instance(FEW_KERNEL_WASM, memory);
    kernel.configure(at.halves, at.buckets, at.bytes, at.starts, at.offsets, input, hits, HITS_MAX, at.scratch);
    return kernel;
  };
}

const modules = new Map<string, WebAssembly.Module>();

function instance(base64: string, memory: WebAssembly.Memory): KernelExports {
  const module = modules.get(base64) ?? new WebAssembly.Module(Buffer.from(base64, 'base64'));
  modules.set(base64, module);
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
}

/** For strides below 4: which bytes of a 16-byte load make the low, then the high words of four grams. */
function pickTables({ stride, gram }: GramPlan): Uint8Array {
  const low = Array.from({ length: 16 }, (_, i) => (i >> 2) * stride + (i & 3));
  return Uint8Array.from([...low, ...low.map((byte) => byte + gram - 4)]);
}
