/**
 * Random patterns, inputs and cuts through both kernels against a naive search: `npm run bench:scan-fuzz -- 1000000`.
 * Stops at the first difference and prints its seed. Every set of patterns is tried on twenty inputs.
 */
import { bytePatterns } from '../src/detect/scan/byte-patterns.ts';
import { makeJsKernels } from '../src/detect/scan/js-kernel.ts';
import { Scanner } from '../src/detect/scan/scanner.ts';
import { makeWasmKernels } from '../src/detect/scan/wasm-kernel.ts';
import { naiveHits, randomCase } from './scan-cases.ts';
import { random } from './scan-corpus.ts';

const INPUTS = 20;
const cases = Number(process.argv[2] ?? 1_000_000);
const secondsMax = Number(process.env['FUZZ_SECONDS'] ?? Number.POSITIVE_INFINITY);
const from = Number(process.env['FUZZ_SEED'] ?? 1);
const end = performance.now() + secondsMax * 1000;

let done = 0;
let hits = 0;
for (let seed = from; done < cases && performance.now() < end; seed++) {
  const below = random(seed);
  const { patterns, input, chunks } = randomCase(below);
  const packed = bytePatterns(patterns);
  const scanners = [makeWasmKernels, makeJsKernels].map((kernel) => new Scanner(packed, undefined, kernel));
  compare(scanners, patterns, input, chunks, seed);
  for (let i = 1; i < INPUTS; i++) {
    const other = randomCase(below, patterns);
    compare(scanners, patterns, other.input, other.chunks, seed);
  }
}
console.log(`${done} cases, ${hits} hits: both kernels agree with the naive search.`);

function compare(
  scanners: readonly Scanner[],
  patterns: readonly Uint8Array[],
  input: Uint8Array,
  chunks: readonly Uint8Array[],
  seed: number,
): void {
  const expected = naiveHits(patterns, input)
    .map(({ pattern, start }) => `${pattern}@${start}`)
    .sort();
  hits += expected.length;
  done++;
  for (const scanner of scanners) {
    const found: string[] = [];
    const stream = scanner.open((pattern, start) => found.push(`${pattern}@${start}`));
    for (const chunk of chunks) stream.write(chunk);
    stream.end();
    if (found.sort().join() !== expected.join()) throw new Error(`seed ${seed}: found ${found}, expected ${expected}`);
  }
}
