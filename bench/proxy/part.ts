import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Target } from '../results.ts';
import type { LoadPlan, LoadResult } from './load.ts';
import type { Processes } from './processes.ts';

/** What every part of the bench gets. */
export interface PartContext {
  readonly processes: Processes;
  /** A line of the result: to stdout, and into the file that is kept. */
  readonly print: (line: string) => void;
  /** How far it is, for who waits: to stderr. */
  readonly say: (line: string) => void;
  /** Requests of the plain load. */
  readonly requests: number;
}

/** One question put to the proxies. @returns its targets, and figures for machines. */
export type Part = (context: PartContext) => Promise<{ readonly targets: Target[]; readonly figures: unknown }>;

const script = join(import.meta.dirname, 'load.js');

/** Runs the load in its own process; `progress` hears how many are done. @throws Error when anything failed. */
export async function load(plan: LoadPlan, progress: (done: number) => void = () => {}): Promise<LoadResult> {
  const result = await failingLoad(plan, progress);
  if (result.failed > 0) throw new Error(`${result.failed} of ${plan.count} failed (${plan.kind})`);
  return result;
}

/** Like {@link load}, for proxies that fail some of the requests. */
export async function failingLoad(plan: LoadPlan, progress: (done: number) => void = () => {}): Promise<LoadResult> {
  const { result, end } = await startLoad(plan, progress);
  end();
  return result;
}

/** Like {@link failingLoad}, but the process stays, with its connections open, until it is ended. */
export async function startLoad(
  plan: LoadPlan,
  progress: (done: number) => void,
): Promise<{ readonly result: LoadResult; readonly end: () => void }> {
  const child = spawn(process.execPath, [script, JSON.stringify(plan)], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('progress ')) progress(Number(line.slice(9)));
    if (!line.startsWith('result ')) continue;
    const result = JSON.parse(line.slice(7)) as LoadResult;
    return { result, end: () => child.kill('SIGTERM') };
  }
  throw new Error(`the load ended early (${plan.kind})`);
}

/** The middle of an odd number of values. */
export function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
}

export function cell(value: number | null, width: number, digits = 0): string {
  return (value === null ? '–' : value.toFixed(digits)).padStart(width);
}

export function ratioTarget(
  what: string,
  measured: number,
  comparison: '≤' | '≥' | '<',
  goal: number,
  unit = '',
  digits = 2,
): Target {
  const holds = comparison === '≥' ? measured >= goal : comparison === '≤' ? measured <= goal : measured < goal;
  return {
    what,
    target: `${comparison} ${goal.toFixed(digits)}${unit}`,
    measured: `${measured.toFixed(digits)}${unit}`,
    holds,
  };
}
