import { BYTE_KERNEL_WASM } from './byte-kernel-wasm.ts';

/** How often each byte value occurs, and how many bytes stand in runs of four printable ones and more. */
export interface Measures {
  readonly counts: Uint32Array;
  readonly visible: number;
}

/** The loops of byte-kernel.as. It has one input and one table of counts: an answer holds until the next question. */
export interface ByteKernel {
  /** The signs (see characters.ts) of all bytes between two offsets together. */
  signs(bytes: Uint8Array, start: number, end: number): number;
  /** Of up to {@link BYTE_KERNEL_BYTES} bytes. */
  measure(bytes: Uint8Array): Measures;
  /** Where, from an offset on, the first {@link RUN_BYTES_MIN} bytes in a row are ASCII without control characters; the length when none are. */
  firstRun(bytes: Uint8Array, from: number): number;
}

/**
 * Of the runs that {@link ByteKernel.firstRun} finds: chance makes one so long once in ten million random bytes. Keep in step with
 * byte-kernel.as.
 */
export const RUN_BYTES_MIN = 16;

/** Bytes that the kernel takes in one go. */
export const BYTE_KERNEL_BYTES = 65_536;

interface KernelExports {
  readonly SIGNS: { readonly value: number };
  readonly COUNTS: { readonly value: number };
  readonly INPUT: { readonly value: number };
  signs(length: number): number;
  count(length: number): void;
  visible(length: number): number;
  firstRun(length: number): number;
}

/** Bytes that are looked through for a run in one go: where runs are many, those behind each are copied again. */
const RUN_BLOCK_BYTES = 4_096;

/** The kernel, with the signs of each byte value; null where the engine has no WebAssembly with SIMD. */
export function makeByteKernel(signsOfBytes: Uint32Array): ByteKernel | null {
  const code = Buffer.from(BYTE_KERNEL_WASM, 'base64');
  if (typeof WebAssembly !== 'object' || !WebAssembly.validate(code)) return null;
  const memory = new WebAssembly.Memory({ initial: 2 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
  const kernel = instance.exports as unknown as KernelExports;
  new Uint32Array(memory.buffer, kernel.SIGNS.value, 256).set(signsOfBytes);
  const input = new Uint8Array(memory.buffer, kernel.INPUT.value, BYTE_KERNEL_BYTES);
  const counts = new Uint32Array(memory.buffer, kernel.COUNTS.value, 256);
  return {
    signs(bytes, start, end) {
      let signs = 0;
      for (let from = start; from < end; from += BYTE_KERNEL_BYTES) {
        const length = Math.min(BYTE_KERNEL_BYTES, end - from);
        input.set(bytes.subarray(from, from + length));
        signs |= kernel.signs(length);
      }
      return signs;
    },
    measure(bytes) {
      input.set(bytes);
      kernel.count(bytes.length);
      return { counts, visible: kernel.visible(bytes.length) };
    },
    firstRun(bytes, from) {
      for (let at = from; at + RUN_BYTES_MIN <= bytes.length; at += RUN_BLOCK_BYTES - RUN_BYTES_MIN + 1) {
        const length = Math.min(RUN_BLOCK_BYTES, bytes.length - at);
        input.set(bytes.subarray(at, at + length));
        const found = kernel.firstRun(length);
        if (found < length) return at + found;
      }
      return bytes.length;
    },
  };
}
