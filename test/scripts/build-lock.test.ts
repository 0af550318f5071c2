import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const project = resolve(import.meta.dirname, '../..');
let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'telltale-build-'));
  for (const name of ['package.json', 'package-lock.json', 'tsconfig.json'])
    copyFileSync(join(project, name), join(checkout, name));
  cpSync(join(project, 'scripts'), join(checkout, 'scripts'), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(checkout, 'node_modules'));
  mkdirSync(join(checkout, 'src/cli'), { recursive: true });
  writeFileSync(join(checkout, 'src/cli/main.ts'), "process.stdout.write('built\\n');\n");
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

const run = () =>
  spawnSync(process.execPath, ['scripts/run.mjs'], { cwd: checkout, encoding: 'utf8', timeout: 60_000 });

async function outcomeOf(child: ChildProcess): Promise<{ code: unknown; text: string }> {
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += String(chunk);
  });
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, text };
}

describe('The build of a checkout', () => {
  it('is made when missing, silently, and once by commands that start together', async () => {
    const start = () =>
      spawn(process.execPath, ['scripts/run.mjs'], { cwd: checkout, stdio: ['ignore', 'pipe', 'inherit'] });
    const outcomes = await Promise.all([start(), start(), start()].map(outcomeOf));
    expect(outcomes).toEqual(Array(3).fill({ code: 0, text: 'built\n' }));
    const stamp = readFileSync(join(checkout, 'dist/.built'), 'utf8');
    expect(run()).toMatchObject({ status: 0, stdout: 'built\n', stderr: '' });
    expect(readFileSync(join(checkout, 'dist/.built'), 'utf8')).toBe(stamp);
  });

  it('that fails says why, ends with 70, and keeps nobody waiting', () => {
    writeFileSync(join(checkout, 'src/cli/main.ts'), 'const wrong: number = "text";\n');
    for (let time = 0; time < 2; time++) {
      const { status, stdout, stderr } = run();
      expect([status, stdout]).toEqual([70, '']);
      expect(stderr).toContain("Type 'string' is not assignable to type 'number'");
    }
    expect(existsSync(join(checkout, '.build-lock'))).toBe(false);
  });

  it('takes over from one that was killed', () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(join(checkout, '.build-lock'), String(gone));
    expect(run()).toMatchObject({ status: 0, stdout: 'built\n' });
  });
});
