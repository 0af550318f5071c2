import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { telltale } from '../cli/telltale.ts';

const project = resolve(import.meta.dirname, '../..');
let folder: string;
const started: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-stopping-'));
  // Builds before the clock of a test runs.
  expect(telltale(['ca', 'init'], { cwd: folder }).status).toBe(0);
});
/** What a failed test leaves running. */
afterEach(() => {
  for (const npm of started.splice(0))
    if (npm.exitCode === null && npm.signalCode === null) process.kill(-(npm.pid as number), 'SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Started {
  readonly firstLine: string;
  stop(signal: NodeJS.Signals, target: 'process' | 'group'): Promise<{ code: number | null; stderr: string }>;
}

/** Starts a command as a user of a checkout does, and waits for its first line. */
async function start(...args: string[]): Promise<Started> {
  const npm = spawn('npm', ['--prefix', project, 'run', '--silent', 'telltale', '--', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  started.push(npm);
  let stderr = '';
  npm.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const lines = createInterface({ input: npm.stdout });
  const [firstLine] = (await once(lines, 'line')) as [string];
  return {
    firstLine,
    async stop(signal, target) {
      const closed = once(npm, 'close');
      process.kill(target === 'group' ? -(npm.pid as number) : (npm.pid as number), signal);
      const [code] = (await closed) as [number | null];
      return { code, stderr };
    },
  };
}

describe('telltale proxy', () => {
  it.each([
    ['SIGINT', 'group'],
    ['SIGTERM', 'process'],
  ] as const)(
    'stopped by %s to the %s writes everything down, seals it and says what to run next',
    async (signal, target) => {
      const db = `${signal}.db`;
      const proxy = await start('proxy', '--listen', '127.0.0.1:0', '--db', db, '--capture', 'night-1');
      expect(proxy.firstLine).toMatch(/^telltale proxy listening on http:\/\/127\.0\.0\.1:\d+$/);
      const { code, stderr } = await proxy.stop(signal, target);
      expect(code).toBe(0);
      expect(stderr).toMatch(
        new RegExp(`^Next: (?:telltale|npm run --silent telltale --) compare --db ${db} --capture night-1`, 'm'),
      );
      expect(stderr).not.toContain('Stopped before everything was written');
      expect(telltale(['verify', '--db', db], { cwd: folder }).status).toBe(0);
      expect(telltale(['exchanges', '--db', db, '--format', 'json'], { cwd: folder }).stdout.trim()).toBe('[]');
    },
  );
});

describe('a capture whose name is taken', () => {
  it('is told, and shown next, by the name that it got', async () => {
    for (const name of ['again', 'again-2']) {
      const proxy = await start('proxy', '--listen', '127.0.0.1:0', '--db', 'twice.db', '--capture', 'again');
      const { stderr } = await proxy.stop('SIGINT', 'group');
      expect(stderr).toContain(`twice.db, capture ${name}\n`);
      expect(stderr).toMatch(new RegExp(`^capture ${name}: 0 exchanges`, 'm'));
      expect(stderr).toMatch(new RegExp(`^Next: .* --capture ${name} `, 'm'));
    }
  });
});

describe('telltale console', () => {
  it('prints a link that opens it, and ends with status 0 when stopped', async () => {
    const proxy = await start('proxy', '--listen', '127.0.0.1:0', '--db', 'shown.db');
    const console = await start('console', '--db', 'shown.db');
    expect(console.firstLine).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
    const [answer] = (await once(get(console.firstLine), 'response')) as [{ statusCode: number; resume(): void }];
    answer.resume();
    expect(answer.statusCode).toBe(303);
    expect((await console.stop('SIGINT', 'group')).code).toBe(0);
    expect((await proxy.stop('SIGINT', 'group')).code).toBe(0);
  });

  it.each([
    [['--db', 'none.db'], /^telltale: There is no evidence file at none\.db/],
    [['--db', 'shown.db', '--listen', '0.0.0.0:0'], /loopback only/],
    [['--db', 'shown.db', '--listen', 'nonsense'], /--listen: expected HOST:PORT/],
    [[], /required option/],
  ])('refuses %j with one line and status 2', (args, message) => {
    const { status, stdout, stderr } = telltale(['console', ...args], { cwd: folder });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});
