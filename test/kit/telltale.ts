import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';

const main = resolve(import.meta.dirname, '../../dist/cli/main.js');

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one telltale command to its end. */
export function telltale(...args: string[]): Outcome {
  return telltaleUnder([], ...args);
}

/** As {@link telltale}, with options for Node itself. */
export function telltaleUnder(nodeOptions: readonly string[], ...args: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeOptions, main, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr };
}

export interface RunningProxy {
  readonly port: number;
  readonly process: ChildProcess;
  readonly stderr: () => string;
  /** Sends SIGTERM and waits for the end. */
  readonly stop: () => Promise<Outcome>;
}

/** Starts `telltale proxy` on a free port and waits for the line that says it listens. */
export function startProxy(...args: string[]): Promise<RunningProxy> {
  return startProxyUnder([], ...args);
}

/** As {@link startProxy}, with options for Node itself. */
export async function startProxyUnder(nodeOptions: readonly string[], ...args: string[]): Promise<RunningProxy> {
  const child = spawn(process.execPath, [...nodeOptions, main, 'proxy', '--listen', '127.0.0.1:0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Outcome>((settle) => child.on('close', (status) => settle({ status, stdout, stderr })));
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const port = await new Promise<number>((settle, fail) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const match = /listening on http:\/\/\S+:(\d+)/.exec(stdout);
      if (match !== null) settle(Number(match[1]));
    });
    void ended.then((outcome) => fail(new Error(`the proxy ended with ${outcome.status}: ${outcome.stderr}`)));
  });
  return {
    port,
    process: child,
    stderr: () => stderr,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
