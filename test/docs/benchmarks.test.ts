import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const path = join(root, 'docs', 'benchmarks.md');
const results = join(root, 'bench', 'results');
const page = readFileSync(path, 'utf8');

it('docs/benchmarks.md has a section for each bench, and none for a bench that is gone', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
  const benches = Object.keys(scripts).filter((name) => name.startsWith('bench:') || name === 'torture');
  const sections = [...page.matchAll(/^## `npm run ([\w:-]+)`$/gm)].map(([, name]) => name as string);
  expect(sections.sort()).toEqual(benches.sort());
});

it('docs/benchmarks.md shows the figures of the newest run in bench/results; `npm test -- -u test/docs` writes them anew', async () => {
  const fresh = page.replaceAll(
    /(<!-- measured: ([\w-]+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, start: string, name: string, end: string) => `${start}\n${measured(name)}\n${end}`,
  );
  await expect(fresh).toMatchFileSnapshot(path);
});

interface Run {
  readonly machine: string;
  readonly date: string;
  readonly targets?: readonly { what: string; target: string; measured: string; holds: boolean | null }[];
}

/** The targets of the newest run that has some. */
function measured(name: string): string {
  const runs = readdirSync(results)
    .filter((file) => /^(.*)-\d{4}-\d\d-\d\d\.json$/.exec(file)?.[1] === name)
    .sort()
    .map((file) => ({ file, ...(JSON.parse(readFileSync(join(results, file), 'utf8')) as Run) }))
    .filter(({ targets }) => targets !== undefined);
  const run = runs.at(-1);
  if (run?.targets === undefined) return 'No run is kept yet.\n';
  const rows = run.targets.map(({ what, target, measured: figure, holds }) => {
    const verdict = holds === null ? '–' : holds ? 'holds' : '**does not hold**';
    return `| ${what} | ${target} | ${figure} | ${verdict} |`;
  });
  const source = `\`bench/results/${run.file}\`: ${run.machine}; ${run.date}`;
  return [source, '', '| what | to reach | measured | |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}
