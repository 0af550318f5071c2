import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The processes of a run and the folder they write to; everything is gone after {@link Processes.end}. */
export class Processes {
  readonly folder = mkdtempSync(join(tmpdir(), 'telltale-bench-proxy-'));
  readonly #children: ChildProcess[] = [];

  /** Starts a program and waits for the line that says where it listens. */
  async listening(command: string, args: readonly string[], ready: RegExp): Promise<Running> {
    const child = spawn(command, args, { cwd: this.folder, stdio: ['ignore', 'pipe', 'ignore'] });
    this.#children.push(child);
    for await (const line of createInterface({ input: child.stdout })) {
      const port = ready.exec(line)?.[1];
      if (port === undefined) continue;
      child.stdout.resume();
      return { port: Number(port), pid: child.pid as number, child };
    }
    throw new Error(`${command} ${args.join(' ')} ended before it listened`);
  }

  /** Starts a program that says nothing. */
  started(command: string, args: readonly string[]): ChildProcess {
    const child = spawn(command, args, { cwd: this.folder, stdio: ['ignore', 'ignore', 'inherit'] });
    this.#children.push(child);
    return child;
  }

  async end(): Promise<void> {
    for (const child of this.#children) await stopped(child, 'SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Running {
  readonly port: number;
  readonly pid: number;
  readonly child: ChildProcess;
}

/** Ends a process with a signal and waits until it is gone. */
export async function stopped(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
  await gone;
  clearTimeout(timer);
}

const TICK_MICROS = 1_000_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** µs of CPU of a process so far, all threads: fields 14 and 15 of /proc/PID/stat. */
export function cpuMicros(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS;
}

/** Megabytes of a process: now, or at the most so far. */
export function megabytes(pid: number, which: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${which}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
}

/** Waits until a process has worked off what it took. */
export async function idle(pid: number): Promise<void> {
  for (let before = cpuMicros(pid), turn = 0; turn < 120; turn++) {
    await pause(500);
    const now = cpuMicros(pid);
    if (now - before <= 2 * TICK_MICROS) return;
    before = now;
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((go) => setTimeout(go, ms));
}
