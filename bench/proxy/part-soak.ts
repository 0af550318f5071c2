import { Audited } from './contestants.ts';
import { startOrigin } from './origin.ts';
import { load, type Part, ratioTarget } from './part.ts';
import { cpuMicros, idle, megabytes } from './processes.ts';

const EXCHANGES = 300_000;
const FIRST = 30_000;
/** Memory goes up and down with each collection of garbage: the mean over so many exchanges is compared. */
const SPAN = 10_000;

/** Many exchanges, no two alike: does memory stay? */
export const soak: Part = async ({ processes, print, say }) => {
  const origin = await startOrigin(processes);
  const audited = new Audited(processes);
  const running = await audited.start();
  const early: number[] = [];
  const late: number[] = [];
  const before = cpuMicros(running.pid);
  const plan = { kind: 'requests', proxy: running.port, origin, count: EXCHANGES, connections: 32 } as const;
  const { seconds, p50Ms, p99Ms } = await load(plan, (done) => {
    const now = megabytes(running.pid, 'VmRSS');
    if (done > FIRST - SPAN / 2 && done <= FIRST + SPAN / 2) early.push(now);
    if (done > EXCHANGES - SPAN) late.push(now);
    if (done % FIRST === 0) say(`soak: ${done} of ${EXCHANGES} exchanges, ${now.toFixed(0)} MB`);
  });
  await idle(running.pid);
  const micros = (cpuMicros(running.pid) - before) / EXCHANGES;
  await audited.close(running, EXCHANGES);
  const [atFirst, atEnd] = [mean(early), mean(late)];
  print(
    `soak of ${EXCHANGES} exchanges, no two bodies alike: ${(EXCHANGES / seconds).toFixed(0)} a second, ${micros.toFixed(0)} µs of CPU each,`,
  );
  print(
    `  p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms; ${atFirst.toFixed(0)} MB after ${FIRST}, ${atEnd.toFixed(0)} MB at the end`,
  );
  const what = `memory after ${EXCHANGES} exchanges ÷ after ${FIRST}`;
  return { targets: [ratioTarget(what, atEnd / atFirst, '≤', 1.2)], figures: { atFirst, atEnd, micros, seconds } };
};

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
