import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from './machine.ts';

/** One figure that telltale has to reach. A bench that could not be run says so in `measured` and holds is null. */
export interface Target {
  readonly what: string;
  /** In words with its unit: "≤ 0.50", "≥ 60 MB/s". */
  readonly target: string;
  /** In words with its unit. */
  readonly measured: string;
  readonly holds: boolean | null;
}

export function targetLine({ what, target, measured, holds }: Target): string {
  return `${what}: ${measured} (to reach: ${target}) ${holds === null ? 'not measured' : holds ? 'holds' : 'DOES NOT HOLD'}`;
}

/**
 * Keeps a run in `bench/results/`: `NAME-DATE.txt` with the lines it printed and `NAME-DATE.json` with its targets, from which
 * `docs/benchmarks.md` is made (`npm test -- -u test/docs`).
 * @param more further figures for machines, kept beside the targets.
 */
export function saveResults(
  name: string,
  lines: readonly string[],
  targets: readonly Target[],
  more: Readonly<Record<string, unknown>> = {},
): void {
  const folder = join(process.cwd(), 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(join(folder, `${name}-${date}.txt`), `${lines.join('\n')}\n`);
  const kept = { bench: name, machine: machine(), date, targets, ...more };
  writeFileSync(join(folder, `${name}-${date}.json`), `${JSON.stringify(kept, null, 2)}\n`);
}
