#!/usr/bin/env node
// Runs telltale from a checkout: `npm run --silent telltale -- ARGS…`.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { buildWhenStale, installPackages, root } from './set-up.mjs';

installPackages();
buildWhenStale();

const script = process.env.npm_lifecycle_event;
const child = spawn(process.execPath, [join(root, 'dist', 'cli', 'main.js'), ...process.argv.slice(2)], {
  // The channel carries nothing: its end tells telltale that this launcher was killed.
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  // npm changes to the checkout's folder; files named on the command line lie where npm was called.
  cwd: ((script === 'telltale' || script === 'demo') && process.env.INIT_CWD) || process.cwd(),
});

// A terminal's Ctrl-C reaches telltale by itself; a supervisor, and npm, signal only us. What comes twice, from the group and from
// npm, is passed on once.
const passedOn = new Map();
function passOn(signal) {
  if (performance.now() - (passedOn.get(signal) ?? -Infinity) < 500) return;
  passedOn.set(signal, performance.now());
  child.kill(signal);
}
process.on('SIGINT', () => process.stdin.isTTY || passOn('SIGINT'));
process.on('SIGTERM', () => passOn('SIGTERM'));
process.on('SIGHUP', () => passOn('SIGHUP'));

// Killed with SIGKILL, npm passes nothing on. What is left is ours to end.
const parent = process.ppid;
if (script !== undefined) setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 1_000).unref();

child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
