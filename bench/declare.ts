/**
 * What it costs to read a policy: 100 KB of text in a process that has read none before, the lexicon built on the way; then the same
 * and its HTML in a warm one.
 * Baseline: searching the text once for each surface of the lexicon, as a loop over words would.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readPolicy } from '../src/declare/read-policy.ts';
import { loadTaxonomy } from '../src/signatures/data-types.ts';
import { machine, timed } from './machine.ts';

const BYTES = 100 * 1024;
const RUNS = 7;
/** Asks this bench to read one policy and to print what that took: a process is cold only once. */
const COLD = '--cold';

const folder = resolve('test/fixtures/policies');
const texts = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => readFileSync(join(folder, name), 'utf8'));
const text = filled(texts);
const html = `<html><body>${text.replace(/[^\n]+/g, (line) => `<p>${line.replaceAll('<', '&lt;')}</p>`)}</body></html>`;
const surfaces = [...loadTaxonomy({ extraFolder: null }).values()].flatMap(({ surfaces: { zh, en } }) => [
  ...zh,
  ...en,
]);

if (process.argv.includes(COLD)) {
  readCold();
  process.exit(0);
}

console.log(machine());
console.log(`${surfaces.length} surfaces; best and median of ${RUNS} runs\n`);

reportCold('first policy of a process, lexicon built (wall)', 'wall');
reportCold('the same, CPU of the thread that reads', 'thread');
reportCold('the same, CPU of all threads', 'cpu');
const taxonomy = loadTaxonomy({ extraFolder: null });
report('lexicon built again, in a warm process', () => {
  readPolicy(Buffer.from(text), { name: 'bench', taxonomy: new Map(taxonomy) });
});
report('100 KB of text', () => {
  readPolicy(Buffer.from(text), { name: 'bench', taxonomy });
});
report('the same as HTML', () => {
  readPolicy(Buffer.from(html), { name: 'bench', taxonomy });
});
report('baseline: a search for each surface, nothing else', () => {
  for (const surface of surfaces) for (let at = text.indexOf(surface); at !== -1; at = text.indexOf(surface, at + 1));
});

function filled(parts: readonly string[]): string {
  let whole = '';
  for (let index = 0; Buffer.byteLength(whole) < BYTES; index++) whole += `${parts[index % parts.length]}\n`;
  return whole;
}

function readCold(): void {
  const cold = loadTaxonomy({ extraFolder: null });
  const bytes = Buffer.from(text);
  const thread = threadMs();
  const cpu = process.cpuUsage();
  const start = performance.now();
  readPolicy(bytes, { name: 'bench', taxonomy: cold });
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  console.log(JSON.stringify({ wall, thread: threadMs() - thread, cpu: (user + system) / 1000 }));
}

/** Milliseconds that the main thread has run, as Linux counts them; NaN elsewhere. What the garbage collector's threads do is not in it. */
function threadMs(): number {
  const file = `/proc/self/task/${process.pid}/schedstat`;
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6 : Number.NaN;
}

function reportCold(name: string, what: 'wall' | 'thread' | 'cpu'): void {
  const times = Array.from({ length: RUNS }, () => {
    const { stdout } = spawnSync(process.execPath, [...process.execArgv, process.argv[1] as string, COLD], {
      encoding: 'utf8',
    });
    return (JSON.parse(stdout) as Record<typeof what, number>)[what];
  }).sort((one, other) => one - other);
  print(name, times[0] as number, times[Math.floor(RUNS / 2)] as number);
}

function report(name: string, work: () => void): void {
  const { best, median } = timed(RUNS, work);
  print(name, best * 1000, median * 1000);
}

function print(name: string, bestMs: number, medianMs: number): void {
  console.log(`${name.padEnd(52)} ${bestMs.toFixed(0).padStart(6)} ms  ${medianMs.toFixed(0).padStart(6)} ms`);
}
