import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { request } from 'node:http';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../dist/cli/main.js');
const full = '/dev/full';

it.skipIf(!existsSync(full))('a capture goes on when nothing can be written to stderr', async () => {
  const folder = temporaryFolder();
  const stderr = openSync(full, 'w');
  const args = ['--listen', '127.0.0.1:0', '--db', join(folder, 'a.db'), '--ca-dir', join(folder, 'ca')];
  const child = spawn(process.execPath, [main, 'proxy', ...args, '--log-level', 'debug'], {
    stdio: ['ignore', 'pipe', stderr],
  });
  closeSync(stderr);
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const [line] = await once(child.stdout as NodeJS.ReadableStream, 'data');
  const port = Number(/:(\d+)/.exec(String(line).split('//')[1] as string)?.[1]);
  // A target that is refused is logged.
  const asked = request({ host: '127.0.0.1', port, path: 'http://127.0.0.1:1/' }).end();
  const [answer] = await once(asked, 'response');
  expect(answer.statusCode).toBe(403);
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

it.skipIf(!existsSync(full)).each([
  ['signatures', 'list'],
  ['signatures', 'show', 'umeng'],
  ['ca', 'export', '--ca-dir'],
])('a result that cannot be written is told in one line, with status 2: %s %s', (...args) => {
  const folder = temporaryFolder();
  if (args[0] === 'ca') {
    spawnSync(process.execPath, [main, 'ca', 'init', '--ca-dir', folder]);
    args.push(folder);
  }
  const stdout = openSync(full, 'w');
  const { status, stderr } = spawnSync(process.execPath, [main, ...args], { stdio: ['ignore', stdout, 'pipe'] });
  closeSync(stdout);
  expect(String(stderr)).toBe(
    'telltale: Cannot write standard output: the disk is full. Choose another place or free it.\n',
  );
  expect(status).toBe(2);
});
