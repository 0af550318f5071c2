#!/usr/bin/env node
// Compiles the kernels of src/ (*.as) to WebAssembly and writes each, as base64, to a module beside it (*-wasm.ts), so that the
// same bytes serve the sources, the build and the package. A test compiles them again and compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { root } from './set-up.mjs';

/** Paths of the kernels' modules, without `.as` and `-wasm.ts`. */
export const KERNELS = [
  'src/decode/byte-kernel',
  'src/detect/scan/kernel',
  'src/detect/scan/few-kernel',
  'src/detect/sieve/sieve',
];

/** A kernel's bytes. @throws Error with the compiler's own words. */
export async function compileKernel(kernel) {
  const source = readFileSync(join(root, `${kernel}.as`), 'utf8');
  let wasm = null;
  const options = ['--runtime', 'stub', '--importMemory', '--enable', 'simd', '-O3', '--noAssert', '-o', 'kernel.wasm'];
  const { error, stderr } = await asc.main(['kernel.ts', ...options], {
    readFile: (name) => (name === 'kernel.ts' ? source : null),
    writeFile: (name, content) => {
      if (name === 'kernel.wasm') wasm = content;
    },
    listFiles: () => [],
  });
  if (error !== null || wasm === null) throw new Error(`${kernel}.as does not compile:\n${stderr.toString()}`);
  return wasm;
}

/** The text of a kernel's module. */
export function moduleText(kernel, wasm) {
  const lines = Buffer.from(wasm)
    .toString('base64')
    .match(/.{1,110}/g);
  const name = basename(kernel);
  return `/** The compiled ${name}.as. Made by \`npm run build:kernel\`; do not edit. */
export const ${name.toUpperCase().replaceAll('-', '_')}_WASM =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const kernel of KERNELS) {
    const wasm = await compileKernel(kernel);
    const target = join(root, `${kernel}-wasm.ts`);
    writeFileSync(target, moduleText(kernel, wasm));
    process.stderr.write(`${wasm.length} bytes of WebAssembly written to ${target}\n`);
  }
}
