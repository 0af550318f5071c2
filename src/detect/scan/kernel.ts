import type { GramPlan } from './gram-index.ts';

/**
 * The inner loop of the scanner. One implementation in WebAssembly, one in plain JavaScript; both find the same hits.
 * A kernel is not reentrant: it owns one input buffer and one hit buffer.
 */
export interface Kernel {
  readonly name: 'wasm' | 'js';
  /** Callers put bytes here before {@link search}. */
  readonly input: Uint8Array;
  /** Pairs of a pattern's number and the position of its first byte in {@link input}; filled by {@link search}. */
  readonly hits: Int32Array;
  /**
   * Looks at the positions `from`, `from + stride`, … below `to`, and reports patterns that lie wholly within the first
   * `length` bytes of the input.
   *
   * @returns hits written. When the hit buffer is full before `to`, {@link resumeAt} says where to go on, else it is `to` or above.
   */
  search(from: number, to: number, length: number): number;
  readonly resumeAt: number;
}

/** Bytes that a kernel takes in one go: small enough that they are still in the second-level cache when they are searched. */
export const KERNEL_INPUT_BYTES = 64 * 1024;

/** Room after the input that kernels may read, never report. */
export const KERNEL_SLACK_BYTES = 64;

export type MakeKernel = (plan: GramPlan) => Kernel;
