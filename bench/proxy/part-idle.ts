import { Audited } from './contestants.ts';
import { startOwnOrigin } from './origin.ts';
import { load, type Part, ratioTarget, startLoad } from './part.ts';
import { idle, megabytes, pause } from './processes.ts';

const HELD = 2_000;
const WARM_UP = 2_000;

/** Connections of phones that lie idle after one request, as between an app's reports. */
export const idleConnections: Part = async ({ processes, print, say }) => {
  const origin = await startOwnOrigin(processes);
  const audited = new Audited(processes);
  const running = await audited.start();
  const proxy = running.port;
  await load({ kind: 'requests', proxy, origin, count: WARM_UP, connections: 32 });
  await idle(running.pid);
  const before = megabytes(running.pid, 'VmRSS');
  const held = await startLoad({ kind: 'hold', proxy, origin, count: HELD, connections: 32 }, (done) =>
    say(`idle connections: ${done} of ${HELD}`),
  );
  if (held.result.failed > 0) throw new Error(`${held.result.failed} of ${HELD} connections failed`);
  // Connections to the server that nobody uses are closed meanwhile.
  await pause(6_000);
  await idle(running.pid);
  const after = megabytes(running.pid, 'VmRSS');
  held.end();
  await audited.close(running, WARM_UP + HELD);
  print(`${HELD} idle connections: ${before.toFixed(0)} MB without, ${after.toFixed(0)} MB with them`);
  const what = `memory for ${HELD} idle phone connections`;
  return { targets: [ratioTarget(what, after - before, '<', 150, ' MB', 0)], figures: { before, after } };
};
