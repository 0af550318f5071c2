import { cpus, totalmem } from 'node:os';

/** The line every bench starts with: figures say nothing without it. */
export function machine(): string {
  const [first, ...others] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${first?.model.trim()}, ${others.length + 1} cores, ${memory} GiB, Node ${process.version}`;
}

/** The best and the median of some runs, in seconds. The best is what the machine can do; the median is what it did. */
export function timed(runs: number, work: () => void): { readonly best: number; readonly median: number } {
  const seconds = Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return (performance.now() - start) / 1000;
  }).sort((a, b) => a - b);
  return { best: seconds[0] as number, median: seconds[runs >> 1] as number };
}

/** Seconds of processor time that some work takes, the least of some runs: what counts where others use the machine too. */
export function processorSeconds(runs: number, work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1e6);
  }
  return least;
}
