import { Audited, bare } from './contestants.ts';
import { startOwnOrigin } from './origin.ts';
import { cell, load, type Part, ratioTarget } from './part.ts';
import { megabytes, stopped } from './processes.ts';

const BYTES = 2 ** 30;

/** One gigabyte up and one down, through a bare tunnel and through telltale with everything on. */
export const largeBodies: Part = async ({ processes, print, say }) => {
  const origin = await startOwnOrigin(processes);
  const both = async (proxy: number) => {
    const rate = async (kind: 'up' | 'down') => {
      say(`1 GB ${kind}`);
      const { seconds } = await load({ kind, proxy, origin, count: BYTES, connections: 1 });
      return BYTES / 1e6 / seconds;
    };
    return { up: await rate('up'), down: await rate('down') };
  };
  const tunnel = await bare(processes, 'tunnel').start();
  const bareRates = await both(tunnel.port);
  await stopped(tunnel.child, 'SIGKILL');
  const audited = new Audited(processes);
  const running = await audited.start();
  const rates = await both(running.port);
  const peak = megabytes(running.pid, 'VmHWM');
  await audited.close(running, 2, [BYTES, BYTES]);
  print('1 GB, MB/s:               up     down');
  print(`  tunnel             ${cell(bareRates.up, 8)}${cell(bareRates.down, 9)}`);
  print(`  telltale, audited  ${cell(rates.up, 8)}${cell(rates.down, 9)}   peak ${peak.toFixed(0)} MB`);
  const targets = [
    ratioTarget('1 GB up, throughput of telltale audited ÷ bare tunnel', rates.up / bareRates.up, '≥', 0.6),
    ratioTarget('1 GB down, throughput of telltale audited ÷ bare tunnel', rates.down / bareRates.down, '≥', 0.6),
    ratioTarget('resident memory at most while 1 GB goes up and down', peak, '<', 250, ' MB', 0),
  ];
  return { targets, figures: { tunnel: bareRates, telltale: rates, peakMegabytes: peak } };
};
