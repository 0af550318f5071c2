import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { telltale } from '../cli/telltale.ts';

const project = resolve(import.meta.dirname, '../..');

/** Stands for a capture: works until asked to stop, takes a moment to finish, and says what happened. */
const capture = `
import { onStopRequest } from './stop-signals.js';
const working = setInterval(() => {}, 1000);
onStopRequest(
  () => { console.log('stopping'); setTimeout(() => { console.log('finished'); clearInterval(working); }, 200); },
  (code) => { console.log('cut short'); process.exit(code); },
);
console.log('ready ' + process.pid + ' ' + process.cwd());
`;

let checkout: string;
const started: ChildProcess[] = [];

beforeAll(() => {
  expect(telltale(['--version']).status).toBe(0);
  checkout = mkdtempSync(join(tmpdir(), 'telltale-launcher-'));
  for (const name of ['package.json', 'package-lock.json', 'tsconfig.json'])
    copyFileSync(join(project, name), join(checkout, name));
  cpSync(join(project, 'scripts'), join(checkout, 'scripts'), { recursive: true });
  for (const folder of ['src', 'node_modules', 'dist/cli', 'below'])
    mkdirSync(join(checkout, folder), { recursive: true });
  copyFileSync(join(project, 'node_modules/.package-lock.json'), join(checkout, 'node_modules/.package-lock.json'));
  copyFileSync(join(project, 'dist/cli/stop-signals.js'), join(checkout, 'dist/cli/stop-signals.js'));
  writeFileSync(join(checkout, 'dist/cli/main.js'), capture);
  writeFileSync(join(checkout, 'dist/.built'), '');
  // The build is as new as it gets.
  const later = new Date(Date.now() + 3_600_000);
  utimesSync(join(checkout, 'dist/.built'), later, later);
});
/** What a failed test leaves running. */
afterEach(() => {
  for (const npm of started.splice(0))
    if (npm.exitCode === null && npm.signalCode === null) process.kill(-(npm.pid as number), 'SIGKILL');
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

interface Running {
  readonly npm: ChildProcess;
  readonly pid: number;
  readonly folder: string;
  /** Everything it printed after it was ready, once all that hold its stdout have ended. */
  readonly rest: Promise<string[]>;
}

async function start(command: readonly string[], cwd = checkout): Promise<Running> {
  const [program, ...args] = command as [string, ...string[]];
  const npm = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  started.push(npm);
  const lines: string[] = [];
  const reader = createInterface({ input: npm.stdout as NonNullable<typeof npm.stdout> });
  const rest = once(reader, 'close').then(() => lines);
  const [first] = (await once(reader, 'line')) as [string];
  reader.on('line', (line) => lines.push(line));
  const [, pid, folder] = /^ready (\d+) (.*)$/.exec(first) as unknown as [string, string, string];
  return { npm, pid: Number(pid), folder, rest };
}

const byNpm = ['npm', 'run', '--silent', 'telltale', '--', 'proxy'];
const byStart = ['npm', 'start', '--silent'];
const byScript = [process.execPath, 'scripts/run.mjs', 'proxy'];

describe('A stop request', () => {
  it.each([
    // what runs, signal, to whom, exit code of what was started
    [byNpm, 'SIGINT', 'process', 0],
    [byNpm, 'SIGINT', 'group', 0],
    [byNpm, 'SIGTERM', 'process', 0],
    [byNpm, 'SIGTERM', 'group', 0],
    [byStart, 'SIGINT', 'group', 0],
    [byStart, 'SIGTERM', 'process', 0],
    [byScript, 'SIGINT', 'process', 0],
    [byScript, 'SIGINT', 'group', 0],
    [byScript, 'SIGTERM', 'process', 0],
    [byScript, 'SIGTERM', 'group', 0],
    // Whoever kills only what is in front must not leave a proxy behind.
    [byNpm, 'SIGKILL', 'process', null],
    [byScript, 'SIGKILL', 'process', null],
  ] as const)('to %j by %s to the %s ends in one clean stop', async (command, signal, target, code) => {
    const { npm, rest } = await start(command);
    const exited = once(npm, 'exit');
    process.kill(target === 'group' ? -(npm.pid as number) : (npm.pid as number), signal);
    expect(await rest).toEqual(['stopping', 'finished']);
    expect((await exited)[0]).toBe(code);
  });
});

describe('The launcher', () => {
  it('runs telltale where npm was called, so that files on the command line are found', async () => {
    const { npm, rest, folder } = await start(byNpm, join(checkout, 'below'));
    process.kill(npm.pid as number, 'SIGTERM');
    await rest;
    expect(folder).toBe(join(checkout, 'below'));
  });

  it('starts in the checkout for npm start, where certs/ and telltale.db are', async () => {
    const { npm, rest, folder } = await start(byStart, join(checkout, 'below'));
    process.kill(npm.pid as number, 'SIGTERM');
    await rest;
    expect(folder).toBe(checkout);
  });

  it('passes on the exit code, and 128 + the number of a signal that ended telltale', async () => {
    const { npm, pid, rest } = await start(byScript);
    const exited = once(npm, 'exit');
    process.kill(pid, 'SIGKILL');
    await rest;
    expect((await exited)[0]).toBe(137);
    expect(telltale(['ca', 'export', '--ca-dir', join(checkout, 'none')]).status).toBe(2);
  });
});
