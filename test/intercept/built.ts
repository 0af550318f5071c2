import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/**
 * Compiles src/ for tests that need telltale in a process of its own, into a folder where its packages are found.
 * @returns the folder that holds the compiled rooms; it is removed after the test file.
 */
export function builtSource(): string {
  const folder = join(root, 'node_modules', '.telltale-test', String(process.pid));
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.json'), '--outDir', folder], { cwd: root });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
  }
  return folder;
}
