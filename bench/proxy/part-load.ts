import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Audited, type Contestant, contestants } from './contestants.ts';
import type { LoadResult } from './load.ts';
import { startOrigin } from './origin.ts';
import { cell, load, median, type Part, type PartContext, ratioTarget } from './part.ts';
import { report } from './payloads.ts';
import { cpuMicros, idle, megabytes, stopped } from './processes.ts';

const CONNECTIONS = 32;
/**
 * V8 goes on compiling for long: a request through telltale took 466 µs in the first 3,200, 203 in the next, 188 up to the 12,800th and
 * 178 behind it; one through http-mitm-proxy 1,397, then 300, then 266 to 322.
 */
const WARM_UP = 12_800;
const GOALS: Readonly<Record<string, number>> = { 'http-mitm-proxy': 0.5, mockttp: 0.3, mitmdump: 0.18 };
const ROUNDS = 3;

interface Figures extends Omit<LoadResult, 'seconds' | 'failed'> {
  readonly name: string;
  readonly perSecond: number;
  /** µs of CPU of the proxy for each request, all threads, the median round; null without a proxy. */
  readonly cpuMicros: number | null;
  readonly peakMegabytes: number | null;
}

/**
 * The plain load: HTTPS, keep-alive, 32 connections, a 600-byte JSON POST, a kilobyte of JSON back; no two requests are alike, as no
 * two reports of an app are. CPU is that of the whole proxy process, all threads, until it is idle again: the median of three rounds.
 *
 * hey's load is no more than a line beside it: hey repeats one body, and now and then it opens a connection a request or two (up to
 * 3,978 for 4,800 requests) where 32 should stay, so that handshakes are measured; on one core (`-cpus 1`) it does so seldom.
 */
export const plainLoad: Part = async (context) => {
  const { processes, print, say, requests } = context;
  const origin = await startOrigin(processes);
  const send: Send = (count, proxy) => load({ kind: 'requests', proxy, origin, count, connections: CONNECTIONS });
  const names = ['req/s', 'p50 ms', 'p99 ms', 'CPU µs', 'peak MB'];
  print(`${requests} requests each, no two alike, ${CONNECTIONS} connections, ${WARM_UP} to warm up`);
  print(`${''.padEnd(26)}${names.map((name) => name.padStart(9)).join('')}`);
  const all: Figures[] = [];
  const note = (figures: Figures) => {
    all.push(figures);
    const { name, perSecond, p50Ms, p99Ms, cpuMicros: spent, peakMegabytes } = figures;
    print(
      `${name.padEnd(26)}${cell(perSecond, 9)}${cell(p50Ms, 9, 1)}${cell(p99Ms, 9, 1)}${cell(spent, 9)}${cell(peakMegabytes, 9)}`,
    );
  };
  note({ name: 'no proxy', ...perSecond(await send(requests, null), requests), cpuMicros: null, peakMegabytes: null });
  const list = contestants(processes, print);
  for (const contestant of list) {
    say(`plain load: ${contestant.name}`);
    note(await measured(contestant, send, requests));
  }
  if (hasHey()) {
    const repeat = heySender(context, origin);
    for (const contestant of list.filter(({ name }) => name === 'telltale, audited' || name === 'http-mitm-proxy')) {
      say(`hey's load: ${contestant.name}`);
      note({ ...(await measured(contestant, repeat, requests)), name: `${contestant.name}, hey` });
    }
  } else print('hey: left out, it is not on this machine');
  return { targets: targets(all), figures: all };
};

async function measured(contestant: Contestant, send: Send, requests: number): Promise<Figures> {
  const running = await contestant.start();
  await send(WARM_UP, running.port);
  await idle(running.pid);
  const spent: number[] = [];
  const share = Math.ceil(requests / ROUNDS / CONNECTIONS) * CONNECTIONS;
  let seconds = 0;
  let last: LoadResult | null = null;
  for (let round = 0; round < ROUNDS; round++) {
    const before = cpuMicros(running.pid);
    last = await send(share, running.port);
    seconds += last.seconds;
    await idle(running.pid);
    spent.push((cpuMicros(running.pid) - before) / share);
  }
  const peakMegabytes = megabytes(running.pid, 'VmHWM');
  if (contestant instanceof Audited) await contestant.close(running, WARM_UP + share * ROUNDS);
  else await stopped(running.child, 'SIGKILL');
  const { p50Ms, p99Ms } = last as LoadResult;
  return {
    name: contestant.name,
    perSecond: (share * ROUNDS) / seconds,
    p50Ms,
    p99Ms,
    cpuMicros: median(spent),
    peakMegabytes,
  };
}

function targets(all: readonly Figures[]) {
  const ours = all.find(({ name }) => name === 'telltale, audited')?.cpuMicros ?? Number.NaN;
  return Object.entries(GOALS).map(([name, goal]) => {
    const what = `CPU a request, telltale audited ÷ ${name} bare`;
    const theirs = all.find((one) => one.name === name)?.cpuMicros;
    if (theirs === undefined || theirs === null)
      return { what, target: `≤ ${goal.toFixed(2)}`, measured: 'not installed', holds: null };
    return ratioTarget(what, ours / theirs, '≤', goal);
  });
}

type Send = (requests: number, proxy: number | null) => Promise<LoadResult>;

function perSecond({ seconds, p50Ms, p99Ms }: LoadResult, requests: number) {
  return { perSecond: requests / seconds, p50Ms, p99Ms };
}

function hasHey(): boolean {
  return spawnSync('hey', ['-h']).error === undefined;
}

function heySender({ processes }: PartContext, origin: number): Send {
  const body = join(processes.folder, 'body.json');
  writeFileSync(body, report(1));
  const run = promisify(execFile);
  return async (requests, proxy) => {
    const through = proxy === null ? [] : ['-x', `http://127.0.0.1:${proxy}`];
    const args = [
      '-cpus',
      '1',
      '-n',
      String(requests),
      '-c',
      String(CONNECTIONS),
      '-m',
      'POST',
      '-T',
      'application/json',
      '-D',
      body,
    ];
    const { stdout } = await run('hey', [...args, ...through, `https://127.0.0.1:${origin}/collect?v=1`]);
    const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1] ?? Number.NaN);
    const good = number(/\[200\]\s+(\d+) responses/);
    if (good !== requests) throw new Error(`${good} of ${requests} requests were answered with 200`);
    return {
      seconds: number(/Total:\s+([\d.]+) secs/),
      p50Ms: number(/50%+ in ([\d.]+) secs/) * 1_000,
      p99Ms: number(/99%+ in ([\d.]+) secs/) * 1_000,
      failed: 0,
    };
  };
}
