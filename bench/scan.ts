/**
 * How fast the scanner is, beside what we would otherwise have used.
 * Prints MB/s (10^6 bytes a second) over 64 MB of JSON, form, base64 and binary bodies, one thread, best of some runs.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytePatterns } from '../src/detect/scan/byte-patterns.ts';
import { makeJsKernels } from '../src/detect/scan/js-kernel.ts';
import type { MakeKernels } from '../src/detect/scan/kernel.ts';
import { Scanner } from '../src/detect/scan/scanner.ts';
import { makeWasmKernels } from '../src/detect/scan/wasm-kernel.ts';
import { denseAhoCorasick } from './dense-aho-corasick.ts';
import { machine, timed } from './machine.ts';
import { saveResults, type Target, targetLine } from './results.ts';
import { BODY_KINDS, bodies, realPatterns } from './scan-corpus.ts';

const MEGABYTES = Number(process.env['SCAN_MB'] ?? 64);
const RUNS = 5;
/** Patterns, and the megabytes a second to reach with so many. */
const SIZES = [
  [1_049, 1_000],
  [10_000, 700],
  [100_000, 400],
] as const;
const COMPILE_MS_MAX = 2_000;
const MEMORY_MB_MAX = 256;

const lines: string[] = [];
const say = (text: string) => {
  lines.push(text);
  console.log(text);
};
const targets: Target[] = [];

say(machine());
say(`${MEGABYTES} MB, a quarter each of ${BODY_KINDS.join(', ')}; patterns of 9 to 128 bytes; best of ${RUNS}\n`);
for (const [size, toReach] of SIZES) compareWith(size, toReach);
for (const target of targets) say(targetLine(target));
saveResults('scan', lines, targets);

function compareWith(size: number, toReach: number): void {
  const patterns = realPatterns(size, size);
  const perKind = (MEGABYTES * 1_000_000) / BODY_KINDS.length;
  const corpus = BODY_KINDS.map((kind, i) => bodies(kind, perKind, patterns, i + 1));
  say(`${size} patterns, ${Math.round(patterns.reduce((sum, { length }) => sum + length, 0) / size)} bytes on average`);
  const fast = telltale('telltale, WebAssembly SIMD', makeWasmKernels, patterns, corpus);
  const plain = telltale('telltale, plain JavaScript', makeJsKernels, patterns, corpus);
  if (fast.hits !== plain.hits) throw new Error(`the kernels disagree: ${fast.hits} and ${plain.hits} hits`);
  aimAt(size, toReach, fast);
  if (size <= 10_000) ahoCorasick(patterns, corpus, fast.hits);
  indexOfEach(patterns, corpus);
  ripgrep(patterns, corpus);
  say('');
}

interface Figures {
  readonly hits: number;
  readonly rate: number;
  readonly compileMs: number;
  readonly memoryMb: number;
}

function aimAt(size: number, toReach: number, { rate, compileMs, memoryMb }: Figures): void {
  const count = `${size.toLocaleString('en')} patterns`;
  targets.push({
    what: `64 MB, ${count}`,
    target: `≥ ${toReach.toLocaleString('en')} MB/s`,
    measured: `${Math.round(rate)} MB/s`,
    holds: rate >= toReach,
  });
  if (size < 100_000) return;
  targets.push(
    {
      what: `compiling ${count}`,
      target: `< ${COMPILE_MS_MAX} ms`,
      measured: `${Math.round(compileMs)} ms`,
      holds: compileMs < COMPILE_MS_MAX,
    },
    {
      what: `memory for ${count}`,
      target: `< ${MEMORY_MB_MAX} MB`,
      measured: `${Math.round(memoryMb)} MB`,
      holds: memoryMb < MEMORY_MB_MAX,
    },
  );
}

function telltale(
  name: string,
  kernel: MakeKernels,
  patterns: readonly Uint8Array[],
  corpus: readonly Uint8Array[],
): Figures {
  globalThis.gc?.();
  const before = memoryInUse();
  const start = performance.now();
  const scanner = new Scanner(bytePatterns(patterns), undefined, kernel);
  const compileMs = performance.now() - start;
  globalThis.gc?.();
  const memory = memoryInUse() - before;
  let hits = 0;
  const perKind = corpus.map((body) => {
    const { best } = timed(RUNS, () => {
      const stream = scanner.open(() => hits++);
      for (let at = 0; at < body.length; at += 65_536) stream.write(body.subarray(at, at + 65_536));
      stream.end();
    });
    return { best, size: body.length };
  });
  const seconds = perKind.reduce((sum, { best }) => sum + best, 0);
  const each = perKind.map(({ best, size }, i) => `${BODY_KINDS[i]} ${speed(size, best)}`).join(', ');
  const facts = `compiled in ${Math.round(compileMs)} ms, ${Math.round(memory / 1e6)} MB, ${hits / RUNS} hits`;
  line(name, MEGABYTES * 1e6, seconds, `${each}; ${facts}`);
  return { hits: hits / RUNS, rate: (MEGABYTES * 1e6) / seconds / 1e6, compileMs, memoryMb: memory / 1e6 };
}

function ahoCorasick(patterns: readonly Uint8Array[], corpus: readonly Uint8Array[], expected: number): void {
  const count = denseAhoCorasick(patterns);
  if (count === null) {
    say(`  ${'dense Aho–Corasick, JavaScript'.padEnd(34)} table over 2 GB`);
    return;
  }
  let hits = 0;
  const { best } = timed(2, () => {
    hits = corpus.reduce((sum, body) => sum + count(body), 0);
  });
  line('dense Aho–Corasick, JavaScript', MEGABYTES * 1e6, best, hits === expected ? 'same hits' : `${hits} hits!`);
}

/** On a part of the corpus and of the patterns, and scaled: whole, it would take minutes. */
function indexOfEach(patterns: readonly Uint8Array[], corpus: readonly Uint8Array[]): void {
  const some = patterns.slice(0, 200);
  const sample = Buffer.concat(corpus.map((body) => body.subarray(0, 250_000)));
  const { best } = timed(3, () => {
    for (const pattern of some) for (let at = sample.indexOf(pattern); at !== -1; at = sample.indexOf(pattern, at + 1));
  });
  line(
    'Buffer.indexOf for each pattern',
    sample.length,
    (best * patterns.length) / some.length,
    'scaled from 200 patterns',
  );
}

function ripgrep(patterns: readonly Uint8Array[], corpus: readonly Uint8Array[]): void {
  if (spawnSync('rg', ['--version']).status !== 0) {
    say(`  ${'ripgrep -F -f'.padEnd(34)} not installed`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'telltale-bench-'));
  const text = patterns.filter((pattern) => pattern.every((byte) => byte >= 32 && byte < 127));
  writeFileSync(join(folder, 'patterns'), Buffer.concat(text.flatMap((pattern) => [pattern, Buffer.from('\n')])));
  writeFileSync(join(folder, 'corpus'), Buffer.concat(corpus));
  const args = [
    '-F',
    '-a',
    '-c',
    '--no-unicode',
    '--threads',
    '1',
    '-f',
    join(folder, 'patterns'),
    join(folder, 'corpus'),
  ];
  const { best } = timed(2, () => {
    const { status, stderr } = spawnSync('rg', args, { maxBuffer: 2 ** 28 });
    if (status !== 0) throw new Error(`ripgrep ended with ${status}: ${stderr}`);
  });
  line('ripgrep -F -f', MEGABYTES * 1e6, best, `${text.length} patterns, start and file reading included`);
  rmSync(folder, { recursive: true });
}

function line(name: string, bytes: number, seconds: number, more: string): void {
  say(`  ${name.padEnd(34)} ${speed(bytes, seconds).padStart(7)} MB/s   ${more}`);
}

function speed(bytes: number, seconds: number): string {
  const rate = bytes / seconds / 1e6;
  return rate < 100 ? rate.toFixed(1) : String(Math.round(rate));
}

function memoryInUse(): number {
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + Math.max(external, arrayBuffers);
}
