#!/usr/bin/env node
// `npm test`: installs what is missing, builds, then checks types, lint, and runs every test.
// Arguments go to vitest: `npm test -- test/declare`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildWhenStale, installPackages, root } from './set-up.mjs';

installPackages();
buildWhenStale();
const bin = (name) => join(root, 'node_modules', name);
const steps = [
  ['types', bin('typescript/bin/tsc'), ['--noEmit', '-p', 'tsconfig.test.json']],
  ['lint', bin('@biomejs/biome/bin/biome'), ['check', '--error-on-warnings', '.']],
  ['tests', bin('vitest/vitest.mjs'), ['run', ...process.argv.slice(2)]],
];
for (const [name, script, args] of steps) {
  process.stderr.write(`── ${name}\n`);
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
