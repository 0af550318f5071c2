#!/usr/bin/env node
// Compiles src/detect/scan/kernel.as to WebAssembly and writes it, as base64, to src/detect/scan/kernel-wasm.ts, so that the same
// bytes serve the sources, the build and the package. A test compiles it again and compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { root } from './set-up.mjs';

const source = join(root, 'src', 'detect', 'scan', 'kernel.as');
const target = join(root, 'src', 'detect', 'scan', 'kernel-wasm.ts');

/** The module's bytes. @throws Error with the compiler's own words. */
export async function compileKernel() {
  let wasm = null;
  const options = ['--runtime', 'stub', '--importMemory', '--enable', 'simd', '-O3', '--noAssert', '-o', 'kernel.wasm'];
  const { error, stderr } = await asc.main(['kernel.ts', ...options], {
    readFile: (name) => (name === 'kernel.ts' ? readFileSync(source, 'utf8') : null),
    writeFile: (name, content) => {
      if (name === 'kernel.wasm') wasm = content;
    },
    listFiles: () => [],
  });
  if (error !== null || wasm === null) throw new Error(`kernel.as does not compile:\n${stderr.toString()}`);
  return wasm;
}

/** The text of kernel-wasm.ts. */
export function moduleText(wasm) {
  const lines = Buffer.from(wasm)
    .toString('base64')
    .match(/.{1,110}/g);
  return `/** The compiled kernel.as. Made by \`npm run build:kernel\`; do not edit. */
export const KERNEL_WASM =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wasm = await compileKernel();
  writeFileSync(target, moduleText(wasm));
  process.stderr.write(`${wasm.length} bytes of WebAssembly written to ${target}\n`);
}
