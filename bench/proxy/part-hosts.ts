import { Audited, bare } from './contestants.ts';
import { startOwnOrigin } from './origin.ts';
import { cell, failingLoad, load, type Part, ratioTarget } from './part.ts';
import { stopped } from './processes.ts';

const HOSTS = 200;

/** New TLS connections, each to a host not seen before: the proxy has to make a certificate for every one. */
export const newHosts: Part = async ({ processes, print, say }) => {
  const origin = await startOwnOrigin(processes);
  const plan = { kind: 'hosts', origin, count: HOSTS, connections: 8 } as const;
  const names = Array.from({ length: HOSTS }, (_, index) => `h${index + 1}.bench.example:${origin}`);
  const audited = new Audited(processes);
  say(`${HOSTS} hosts: ${audited.name}`);
  const ours = await audited.start(names);
  const { seconds: ourSeconds } = await load({ ...plan, proxy: ours.port });
  await audited.close(ours, HOSTS);
  say(`${HOSTS} hosts: http-mitm-proxy, which makes a key pair for each`);
  const theirs = await bare(processes, 'http-mitm-proxy').start();
  const { seconds: theirSeconds, failed } = await failingLoad({ ...plan, proxy: theirs.port });
  await stopped(theirs.child, 'SIGKILL');
  const rates = { telltale: HOSTS / ourSeconds, 'http-mitm-proxy': (HOSTS - failed) / theirSeconds };
  print(`new TLS connections to ${HOSTS} hosts a second:`);
  for (const [name, rate] of Object.entries(rates)) print(`  ${name.padEnd(18)}${cell(rate, 9, 1)}`);
  if (failed > 0) print(`  http-mitm-proxy answered ${HOSTS - failed} of ${HOSTS}; only these count`);
  const what = `new TLS connections to ${HOSTS} hosts, rate of telltale audited ÷ http-mitm-proxy bare`;
  return { targets: [ratioTarget(what, rates.telltale / rates['http-mitm-proxy'], '≥', 10, '', 1)], figures: rates };
};
