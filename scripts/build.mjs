#!/usr/bin/env node
// Compiles src/ to dist/, copies the files that are not TypeScript (SQL, CSS, HTML), and stamps the result.
// Builds into a folder of its own and swaps it in, so that a running telltale never sees half a build.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const staging = join(root, `dist.${process.pid}`);

/** Runs a tool of node_modules; its output goes to stderr, because stdout belongs to the command that asked for the build. */
function run(command, args) {
  const result = spawnSync(process.execPath, [join(root, 'node_modules', command), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
    rmSync(staging, { recursive: true, force: true });
    process.stderr.write(`The build failed in ${command}.\n`);
    process.exit(70);
  }
}

rmSync(staging, { recursive: true, force: true });
mkdirSync(staging, { recursive: true });
run('typescript/bin/tsc', ['-p', 'tsconfig.json', '--outDir', staging]);
cpSync(join(root, 'src'), staging, {
  recursive: true,
  filter: (source) => !['.ts', '.as'].includes(extname(source)),
});
chmodSync(join(staging, 'cli', 'main.js'), 0o755);
writeFileSync(join(staging, '.built'), `${new Date().toISOString()}\n`);
const target = join(root, 'dist');
const old = join(root, `dist.old.${process.pid}`);
if (existsSync(target)) renameSync(target, old);
try {
  renameSync(staging, target);
} catch (error) {
  // Another build came first: its result is as good as ours.
  if (!existsSync(join(target, '.built'))) throw error;
  rmSync(staging, { recursive: true, force: true });
}
rmSync(old, { recursive: true, force: true });
