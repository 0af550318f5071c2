import { spawn } from 'node:child_process';
import type { Outcome } from './telltale.ts';

/** Runs a program to its end without blocking: servers of the test go on answering meanwhile. */
export function run(command: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((settle, fail) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', fail);
    child.on('close', (status) => settle({ status, stdout, stderr }));
  });
}
