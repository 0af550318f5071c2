import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const { KERNELS, compileKernel, moduleText } = await import(join(root, 'scripts/compile-kernel.mjs'));

it.each(KERNELS as readonly string[])(
  '%s-wasm.ts is what its .as compiles to (npm run build:kernel)',
  async (kernel) => {
    const wasm = await compileKernel(kernel);
    expect(readFileSync(join(root, `${kernel}-wasm.ts`), 'utf8')).toBe(moduleText(kernel, wasm));
  },
);
