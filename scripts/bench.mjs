#!/usr/bin/env node
// `npm run bench:NAME`: compiles src/ and bench/ to .bench/ and runs bench/NAME.ts from there; arguments go to it.
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, symlinkSync } from 'node:fs';
import { extname, join } from 'node:path';
import { installPackages, root } from './set-up.mjs';

const [name, ...rest] = process.argv.slice(2);
const target = join(root, '.bench');
installPackages();
rmSync(target, { recursive: true, force: true });
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const options = ['-p', 'tsconfig.bench.json', '--outDir', target];
const built = spawnSync(process.execPath, [compiler, ...options], { cwd: root, stdio: ['ignore', 2, 2] });
if (built.status !== 0) process.exit(built.status ?? 70);
// What the code reads beside itself: SQL, styles.
cpSync(join(root, 'src'), join(target, 'src'), { recursive: true, filter: (path) => extname(path) !== '.ts' });
// The sources look for their data beside the folder they lie in.
symlinkSync(join(root, 'signatures'), join(target, 'signatures'));
const bench = join(target, 'bench', `${name}.js`);
process.exit(
  spawnSync(process.execPath, ['--expose-gc', bench, ...rest], { cwd: root, stdio: 'inherit' }).status ?? 70,
);
