import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KERNEL_WASM } from '../../../src/detect/scan/kernel-wasm.ts';

it('kernel-wasm.ts is what kernel.as compiles to (npm run build:kernel)', async () => {
  const root = join(import.meta.dirname, '../../..');
  const { compileKernel, moduleText } = await import(join(root, 'scripts/compile-kernel.mjs'));
  const wasm = await compileKernel();
  expect(Buffer.from(KERNEL_WASM, 'base64').equals(wasm)).toBe(true);
  expect(readFileSync(join(root, 'src/detect/scan/kernel-wasm.ts'), 'utf8')).toBe(moduleText(wasm));
});
