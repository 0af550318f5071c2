import type { FewPlan } from './few.ts';
import type { GramPlan } from './gram-index.ts';

/** How some patterns are looked for. */
export type Plan = GramPlan | FewPlan;

/**
 * The inner loop of the scanner for the patterns of one plan. One implementation in WebAssembly, one in plain JavaScript; both find
 * the same hits.
 */
export interface Kernel {
  /** Pairs of a pattern's number and the position of its first byte in the input; filled by {@link search}. */
  readonly hits: Int32Array;
  /**
   * Looks at the positions `from`, `from + stride`, … below `to`, and reports patterns that lie wholly within the first
   * `length` bytes of the input.
   *
   * @param text whether they are ASCII.
   * @returns hits written. When the hit buffer is full before `to`, {@link resumeAt} says where to go on, else it is `to` or above.
   */
  search(from: number, to: number, length: number, text: boolean): number;
  readonly resumeAt: number;
}

/** The kernels of several plans, which read the same input: bytes are put there once. Not reentrant. */
export interface Kernels {
  /** Callers put bytes here before they search: {@link inputBytes} of room. */
  readonly input: Uint8Array;
  /** In the order of the plans. */
  readonly kernels: readonly Kernel[];
  /** Looks over the first bytes of the input for all kernels; before they search what is not text. */
  survey(length: number): void;
}

/** Bytes that a kernel takes in one go: small enough that they are still in the second-level cache when they are searched. */
export const KERNEL_INPUT_BYTES = 64 * 1024;

/** Room after the input that kernels may read, never report. */
export const KERNEL_SLACK_BYTES = 64;

/** Room for a block, and for what a stream carries over from the one before: a little more than twice the longest pattern. */
export function inputBytes(plans: readonly Plan[]): number {
  return KERNEL_INPUT_BYTES + 4 * Math.max(0, ...plans.map(({ lengthMax }) => lengthMax)) + KERNEL_SLACK_BYTES;
}

export type MakeKernels = (plans: readonly Plan[]) => Kernels;
