#!/usr/bin/env node
// `npm test`: installs what is missing, builds, then checks types and lint, and runs every test, whatever failed before.
// Arguments go to vitest: `npm test -- test/declare`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildWhenStale, installPackages, root } from './set-up.mjs';

installPackages();
const bin = (name) => join(root, 'node_modules', name);
const steps = [
  ['types', bin('typescript/bin/tsc'), ['--noEmit', '-p', 'tsconfig.test.json']],
  ['lint', bin('@biomejs/biome/bin/biome'), ['check', '--error-on-warnings', '.']],
  ['tests', bin('vitest/vitest.mjs'), ['run', ...process.argv.slice(2)]],
];
const failed = [];
for (const [name, script, args] of steps) {
  process.stderr.write(`── ${name}\n`);
  // Types first: a build of broken types ends this program, and its own messages are less clear.
  if (name === 'tests' && !failed.includes('types')) buildWhenStale();
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) process.stderr.write(`failed: ${failed.join(', ')}\n`);
process.exit(failed.length > 0 ? 1 : 0);
