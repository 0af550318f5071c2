/**
 * What it costs to read a policy: 100 KB of text, the same as HTML, and the lexicon once.
 * Baseline: searching the text once for each surface of the lexicon, as a loop over words would.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readPolicy } from '../src/declare/read-policy.ts';
import { loadTaxonomy } from '../src/signatures/data-types.ts';
import { machine, timed } from './machine.ts';

const BYTES = 100 * 1024;
const RUNS = 7;

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

console.log(machine());
console.log(`${surfaces.length} surfaces; best and median of ${RUNS} runs\n`);

const taxonomy = loadTaxonomy({ extraFolder: null });
report('first policy, with the lexicon built', () => {
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

function report(name: string, work: () => void): void {
  const { best, median } = timed(RUNS, work);
  console.log(
    `${name.padEnd(52)} ${(best * 1000).toFixed(0).padStart(6)} ms  ${(median * 1000).toFixed(0).padStart(6)} ms`,
  );
}
