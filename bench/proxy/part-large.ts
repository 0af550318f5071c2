import { Audited, bare } from './contestants.ts';
import { startOwnOrigin } from './origin.ts';
import { cell, load, median, type Part, ratioTarget } from './part.ts';
import { cpuMicros, idle, megabytes, type Running, stopped } from './processes.ts';

const BYTES = 2 ** 30;
const ROUNDS = 3;

/**
 * One gigabyte up and one down, through a bare tunnel and through telltale with everything on, in turns: what else the machine does
 * meets both. Both live through all rounds, so that telltale's memory is that of all six bodies.
 */
export const largeBodies: Part = async ({ processes, print, say }) => {
  const origin = await startOwnOrigin(processes);
  const tunnel = await bare(processes, 'tunnel').start();
  const audited = new Audited(processes);
  const running = await audited.start();
  const rounds = { up: [] as Round[], down: [] as Round[] };
  for (let round = 1; round <= ROUNDS; round++) {
    for (const kind of ['up', 'down'] as const) {
      const through = async (proxy: Running, name: string) => {
        say(`round ${round}, 1 GB ${kind}, ${name}`);
        return passed(proxy, kind, origin);
      };
      rounds[kind].push({ tunnel: await through(tunnel, 'tunnel'), telltale: await through(running, 'telltale') });
    }
  }
  const peak = megabytes(running.pid, 'VmHWM');
  await stopped(tunnel.child, 'SIGKILL');
  await audited.close(running, 2 * ROUNDS, Array(2 * ROUNDS).fill(BYTES));
  const of = (name: keyof Round, what: keyof Passed) => ({
    up: median(rounds.up.map((round) => round[name][what])),
    down: median(rounds.down.map((round) => round[name][what])),
  });
  const figures = {
    tunnel: of('tunnel', 'rate'),
    telltale: of('telltale', 'rate'),
    tunnelCpu: of('tunnel', 'cpu'),
    telltaleCpu: of('telltale', 'cpu'),
    peakMegabytes: peak,
  };
  print(`1 GB, median of ${ROUNDS} rounds:   MB/s up     down   CPU ms/MB up     down`);
  const line = (name: string, rate: { up: number; down: number }, cpu: { up: number; down: number }) =>
    print(`  ${name}${cell(rate.up, 15)}${cell(rate.down, 9)}${cell(cpu.up, 15, 2)}${cell(cpu.down, 9, 2)}`);
  line('tunnel           ', figures.tunnel, figures.tunnelCpu);
  line('telltale, audited', figures.telltale, figures.telltaleCpu);
  print(`  telltale, audited: peak ${peak.toFixed(0)} MB`);
  const { up, down } = figures.telltale;
  const targets = [
    ratioTarget('1 GB up, throughput of telltale audited ÷ bare tunnel', up / figures.tunnel.up, '≥', 0.6),
    ratioTarget('1 GB down, throughput of telltale audited ÷ bare tunnel', down / figures.tunnel.down, '≥', 0.6),
    ratioTarget('resident memory at most while 1 GB goes up and down', peak, '<', 250, ' MB', 0),
  ];
  return { targets, figures };
};

/** MB/s, and ms of CPU a megabyte. */
interface Passed {
  readonly rate: number;
  readonly cpu: number;
}

interface Round {
  readonly tunnel: Passed;
  readonly telltale: Passed;
}

async function passed({ port, pid }: Running, kind: 'up' | 'down', origin: number): Promise<Passed> {
  const before = cpuMicros(pid);
  const { seconds } = await load({ kind, proxy: port, origin, count: BYTES, connections: 1 });
  // What still waits for the audit belongs to this body, and must not slow down the next.
  await idle(pid);
  return { rate: BYTES / 1e6 / seconds, cpu: (cpuMicros(pid) - before) / 1e3 / (BYTES / 1e6) };
}
