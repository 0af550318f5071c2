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
}

/** Bytes that the kernel takes in one go. */
export const BYTE_KERNEL_BYTES = 65_536;

interface KernelExports {
  readonly SIGNS: { readonly value: number };
  readonly COUNTS: { readonly value: number };
  readonly INPUT: { readonly value: number };
  signs(length: number): number;
  count(length: number): void;
  visible(length: number): number;
}

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
  };
}
