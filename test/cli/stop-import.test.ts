import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../kit/temporary-folder.ts';
import { telltale } from './telltale.ts';

const main = resolve(import.meta.dirname, '../../dist/cli/main.js');

const entry = (number: number) => ({
  startedDateTime: new Date(1_700_000_000_000 + number).toISOString(),
  request: { method: 'GET', url: `https://a${number}.example/`, headers: [] },
  response: { status: 204, headers: [], content: {} },
});

it('an import that is stopped keeps what it read, says so in a gap, and does not end as one that is whole', async () => {
  const folder = temporaryFolder();
  const [har, db] = [join(folder, 'long.har'), join(folder, 'a.db')];
  const count = 20_000;
  writeFileSync(har, JSON.stringify({ log: { entries: Array.from({ length: count }, (_, number) => entry(number)) } }));
  telltale(['--version']);

  // The evidence file is made when the first entry was read.
  const begun = new Promise<void>((settle) => {
    const watcher = watch(folder, (_, name) => {
      if (name === 'a.db-wal') settle();
    });
    onTestFinished(() => watcher.close());
  });
  const child = spawn(process.execPath, [main, 'import', har, '--db', db], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += String(text);
  });
  const ended = once(child, 'close');
  await begun;
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  expect(stderr).toMatch(/^Stopped: the rest of the recording was not read; a gap in the capture says so\.$/m);

  const gaps = JSON.parse(telltale(['gaps', '--db', db, '--format', 'json']).stdout) as {
    kind: string;
    detail: string;
  }[];
  expect(gaps.map(({ kind }) => kind)).toEqual(['import-cut']);
  expect(gaps[0]?.detail).toMatch(/^the import was stopped after \d+ events/);
  const stored = telltale(['sql', 'SELECT count(*) AS n FROM exchanges', '--db', db, '--format', 'csv']).stdout;
  expect(Number(stored.split('\r\n')[1])).toBeLessThan(count);
  expect(telltale(['verify', '--db', db]).status).toBe(0);
});
