/**
 * What a proxy costs: the same load through each of them, one after the other, on the same machine in one run.
 *
 * Arguments: parts to run (`load`, `hosts`, `large`, `idle`, `soak`; all by default), and the number of requests of the plain load (48,000).
 * Everything is on loopback; origin and load are processes of their own. Each run of telltale is checked: every exchange must be in
 * its evidence file and nothing may have passed unread, or the bench fails.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { machine } from './machine.ts';
import type { Part } from './proxy/part.ts';
import { newHosts } from './proxy/part-hosts.ts';
import { idleConnections } from './proxy/part-idle.ts';
import { largeBodies } from './proxy/part-large.ts';
import { plainLoad } from './proxy/part-load.ts';
import { soak } from './proxy/part-soak.ts';
import { Processes } from './proxy/processes.ts';
import { saveResults, type Target, targetLine } from './results.ts';

const PARTS: Readonly<Record<string, Part>> = {
  load: plainLoad,
  hosts: newHosts,
  large: largeBodies,
  idle: idleConnections,
  soak,
};

const typed = process.argv.slice(2);
const requests = Number(typed.find((word) => /^\d+$/.test(word)) ?? 48_000);
const chosen = typed.filter((word) => !/^\d+$/.test(word));
const unknown = chosen.find((word) => PARTS[word] === undefined);
if (unknown !== undefined) {
  console.error(`no part ${unknown}; there are ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}

// The whole of telltale, as it is shipped.
execFileSync(process.execPath, [join(process.cwd(), 'scripts', 'build.mjs')], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
const lines: string[] = [];
const print = (line: string) => {
  lines.push(line);
  console.log(line);
};
const say = (line: string) => console.error(`… ${line}`);
const targets: Target[] = [];
const figures: Record<string, unknown> = {};
print(machine());
for (const [name, part] of Object.entries(PARTS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  print('');
  const processes = new Processes();
  try {
    const outcome = await part({ processes, print, say, requests });
    figures[name] = outcome.figures;
    targets.push(...outcome.targets);
  } finally {
    await processes.end();
  }
}
print('');
for (const target of targets) print(targetLine(target));
if (chosen.length === 0) saveResults('proxy', lines, targets, { requests, figures });
else saveResults(`proxy-${chosen.join('-')}`, lines, targets, { requests, figures });
