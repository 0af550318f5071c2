import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const script = resolve(import.meta.dirname, '../../scripts/run.mjs');

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as it came, for commands that print bytes. */
  readonly bytes: Buffer;
}

/** Runs telltale as a user of a checkout does, to its end; builds first when src/ is newer than the build. */
export function telltale(
  args: readonly string[],
  options: { cwd?: string; input?: string | Uint8Array; env?: NodeJS.ProcessEnv } = {},
): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: options.cwd,
    input: options.input ?? '',
    // Not npm's: a test run is itself a script of npm.
    env: { ...process.env, npm_lifecycle_event: '', ...options.env },
    timeout: 120_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8'), bytes: stdout };
}
