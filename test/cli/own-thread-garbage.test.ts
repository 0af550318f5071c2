import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeProfile } from '../kit/profile.ts';
import { startProxyUnder } from '../kit/telltale.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

/** Has V8 write a line for each scavenge and each task of one, and for each step of a marking; they begin with `[process:isolate]`. */
const TRACE = ['--trace-gc', '--trace-parallel-scavenge', '--trace-incremental-marking'];
const LINE = /^\[\d+:(0x[0-9a-f]+)\] .*?(scavenge\[|: Scavenge |Step in v8|on background threads)/;

it('collects the garbage of a capture on the thread that made it', async () => {
  const folder = temporaryFolder();
  const args = ['--db', join(folder, 'a.db'), '--ca-dir', join(folder, 'ca'), '--device', writeProfile(folder)];
  const proxy = await startProxyUnder(TRACE, ...args);
  const { stdout } = await proxy.stop();
  const traced = stdout.split('\n').flatMap((line) => {
    const [, isolate, what] = LINE.exec(line) ?? [];
    return isolate === undefined || what === undefined ? [] : { isolate, what };
  });
  // The main thread has collected before the command was known; the audit's isolate is the one that came later.
  const audit = traced.filter(({ isolate }) => isolate !== traced[0]?.isolate);
  const count = (wanted: string) => audit.filter(({ what }) => what === wanted).length;
  expect(count(': Scavenge ')).toBeGreaterThan(5);
  expect(count('scavenge[')).toBe(count(': Scavenge '));
  expect(count('Step in v8')).toBeGreaterThan(5);
  expect(count('on background threads')).toBe(0);
});
