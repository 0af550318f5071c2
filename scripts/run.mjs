#!/usr/bin/env node
// Runs telltale from a checkout: `npm run --silent telltale -- ARGS…`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildWhenStale, installPackages, root } from './set-up.mjs';

installPackages();
buildWhenStale();
// npm changes to the checkout's folder; files named on the command line lie where npm was called.
const calledByNpm = process.env.npm_lifecycle_event === 'telltale' || process.env.npm_lifecycle_event === 'demo';
const child = spawn(process.execPath, [join(root, 'dist', 'cli', 'main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  cwd: (calledByNpm && process.env.INIT_CWD) || process.cwd(),
});
// A terminal sends Ctrl-C to both of us; a supervisor signals only us. Either way telltale decides when it is done.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
