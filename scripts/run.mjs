#!/usr/bin/env node
// Runs telltale from a checkout: `npm run --silent telltale -- ARGS…`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildWhenStale, installPackages, root } from './set-up.mjs';

installPackages();
buildWhenStale();
const child = spawn(process.execPath, [join(root, 'dist', 'cli', 'main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// A terminal sends Ctrl-C to both of us; a supervisor signals only us. Either way telltale decides when it is done.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
