/**
 * What a proxy costs: the same load through each of them, one after the other, on the same machine in one run.
 *
 * Load: HTTPS, keep-alive, 32 connections, a 600-byte JSON POST, a 1-KB JSON answer. The origin (nginx) and the load (hey) are
 * processes of their own. CPU is that of the whole proxy process, all threads, until it is idle again.
 * Arguments: requests for each (10,000), names of candidates (all).
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { machine } from './machine.ts';
import { startOrigin } from './proxy/origin.ts';

const REQUESTS = Number(process.argv[2] ?? 10_000);
const ONLY = process.argv.slice(3);
const CONNECTIONS = 32;
const WARM_UP = 2_000;
const root = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'telltale-bench-proxy-'));
const children: ChildProcess[] = [];

interface Figures {
  readonly name: string;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** µs of CPU of the proxy for each request, all threads; null without a proxy. */
  readonly cpuMicros: number | null;
  readonly peakMegabytes: number | null;
  readonly failed: number;
}

interface Candidate {
  readonly name: string;
  start(): Promise<{ readonly port: number; readonly pid: number }>;
}

function compiled(file: string): string {
  return join(root, '.bench', file);
}

async function inNode(args: readonly string[], ready: RegExp): Promise<{ port: number; pid: number }> {
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const port = ready.exec(line)?.[1];
    if (port !== undefined) {
      child.stdout.resume();
      return { port: Number(port), pid: child.pid as number };
    }
  }
  throw new Error(`${args.join(' ')} ended before it listened`);
}

const bare = (name: string): Candidate => ({
  name,
  start: () => inNode([compiled('bench/proxy/candidates.js'), name, folder, root], /^port (\d+)/),
});

const audited: Candidate = {
  name: 'telltale, audited',
  start: () => {
    const device = join(folder, 'device.json');
    writeFileSync(device, JSON.stringify({ name: 'bench', platform: 'android', identifiers: IDENTIFIERS }));
    const flags = ['--listen', '127.0.0.1:0', '--db', join(folder, 'bench.db'), '--ca-dir', join(folder, 'certs')];
    const more = [
      '--device',
      device,
      '--insecure-upstream',
      '--allow-private',
      '--upstream',
      'none',
      '--log-level',
      'silent',
    ];
    return inNode(
      [join(root, 'dist', 'cli', 'main.js'), 'proxy', ...flags, ...more],
      /listening on http:\/\/127\.0\.0\.1:(\d+)/,
    );
  },
};

/** Twelve identifiers, as many as a careful tester types in. */
const IDENTIFIERS = {
  imei: ['867532051234567', '867532051234575'],
  android_id: ['9f8e7d6c5b4a3921'],
  mac_address: ['a4:50:46:1b:2c:3d', 'a4:50:46:1b:2c:3e'],
  oaid: ['2e66865617a9bf39'],
  serial_number: ['R58M45ABCDE'],
  phone_number: ['13812345678'],
  imsi: ['460001234567890'],
  iccid: ['89860012345678901234'],
  gaid: ['38400000-8cf0-11bd-b23e-10b96e40000d'],
  email: ['someone@mail.example'],
};

const mitmdump: Candidate = {
  name: 'mitmdump',
  start: async () => {
    const child = spawn('mitmdump', ['-q', '--listen-host', '127.0.0.1', '-p', '18099', '--ssl-insecure'], {
      stdio: 'ignore',
    });
    children.push(child);
    await new Promise((go) => setTimeout(go, 4_000));
    return { port: 18_099, pid: child.pid as number };
  },
};

function candidates(): Candidate[] {
  const list = [bare('tunnel'), bare('relay'), audited, bare('http-mitm-proxy')];
  if (existsSync(join(root, 'bench', 'node_modules', 'mockttp'))) list.push(bare('mockttp'));
  else console.log('mockttp: left out, it is not installed (npm install --prefix bench)');
  if (spawnSync('mitmdump', ['--version']).status === 0) list.push(mitmdump);
  else console.log('mitmdump: left out, it is not on this machine');
  return list.filter(({ name }) => ONLY.length === 0 || ONLY.some((wanted) => name.includes(wanted)));
}

/** Runs hey and reads its figures. */
function load(
  requests: number,
  origin: number,
  proxy: number | null,
): Omit<Figures, 'name' | 'cpuMicros' | 'peakMegabytes'> {
  const body = join(folder, 'body.json');
  writeFileSync(
    body,
    JSON.stringify({ event: 'start', idmd5: 'd41d8cd98f00b204e9800998ecf8427e', filler: 'y'.repeat(530) }),
  );
  const through = proxy === null ? [] : ['-x', `http://127.0.0.1:${proxy}`];
  const text = execFileSync(
    'hey',
    [
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
      ...through,
      `https://127.0.0.1:${origin}/collect?v=1`,
    ],
    { encoding: 'utf8' },
  );
  const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? Number.NaN);
  const good = number(/\[200\]\s+(\d+) responses/);
  return {
    perSecond: number(/Requests\/sec:\s+([\d.]+)/),
    p50Ms: number(/50%+ in ([\d.]+) secs/) * 1000,
    p99Ms: number(/99%+ in ([\d.]+) secs/) * 1000,
    failed: Math.floor(requests / CONNECTIONS) * CONNECTIONS - (Number.isNaN(good) ? 0 : good),
  };
}

const TICK_MICROS = 1_000_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** µs of CPU of a process so far, all threads: fields 14 and 15 of /proc/PID/stat. */
function cpuMicros(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS;
}

/** Waits until a process has worked off what it took. */
async function idle(pid: number): Promise<void> {
  for (let before = cpuMicros(pid), turn = 0; turn < 120; turn++) {
    await new Promise((go) => setTimeout(go, 500));
    const now = cpuMicros(pid);
    if (now - before <= 2 * TICK_MICROS) return;
    before = now;
  }
}

async function measure(candidate: Candidate, origin: number): Promise<Figures> {
  const { port, pid } = await candidate.start();
  load(WARM_UP, origin, port);
  await idle(pid);
  const before = cpuMicros(pid);
  const figures = load(REQUESTS, origin, port);
  await idle(pid);
  const spent = (cpuMicros(pid) - before) / REQUESTS;
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  process.kill(pid, 'SIGKILL');
  return { name: candidate.name, ...figures, cpuMicros: spent, peakMegabytes: peak };
}

function line(figures: Figures): string {
  const cell = (value: number | null, width: number, digits = 0) =>
    (value === null ? '–' : value.toFixed(digits)).padStart(width);
  return `${figures.name.padEnd(20)}${cell(figures.perSecond, 8)}${cell(figures.p50Ms, 8, 1)}${cell(figures.p99Ms, 8, 1)}${cell(figures.cpuMicros, 10)}${cell(figures.peakMegabytes, 9)}${cell(figures.failed, 8)}`;
}

function ratios(all: readonly Figures[]): string[] {
  const ours = all.find(({ name }) => name === audited.name)?.cpuMicros;
  if (ours === undefined || ours === null) return [];
  const goals: Readonly<Record<string, number>> = { 'http-mitm-proxy': 0.5, mockttp: 0.3, mitmdump: 0.18 };
  return all.flatMap(({ name, cpuMicros: theirs }) => {
    const goal = goals[name];
    if (goal === undefined || theirs === null) return [];
    return [`CPU a request, telltale audited ÷ ${name}: ${(ours / theirs).toFixed(2)} (to reach: ${goal})`];
  });
}

// The whole of telltale, as it is shipped.
execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { stdio: ['ignore', 'ignore', 'inherit'] });
try {
  const origin = await startOrigin(folder);
  children.push(origin.process);
  const lines = [machine(), `${REQUESTS} requests each, ${CONNECTIONS} connections, ${WARM_UP} to warm up`, ''];
  lines.push(
    `${''.padEnd(20)}${'req/s'.padStart(8)}${'p50 ms'.padStart(8)}${'p99 ms'.padStart(8)}${'CPU µs'.padStart(10)}${'peak MB'.padStart(9)}${'failed'.padStart(8)}`,
  );
  for (const text of lines) console.log(text);
  const all: Figures[] = [
    { name: 'no proxy', ...load(REQUESTS, origin.port, null), cpuMicros: null, peakMegabytes: null },
  ];
  lines.push(line(all[0] as Figures));
  console.log(lines.at(-1));
  for (const candidate of candidates()) {
    const figures = await measure(candidate, origin.port);
    all.push(figures);
    lines.push(line(figures));
    console.log(lines.at(-1));
  }
  for (const text of ['', ...ratios(all)]) {
    lines.push(text);
    console.log(text);
  }
  const results = join(root, 'bench', 'results');
  mkdirSync(results, { recursive: true });
  const stamp = new Date().toISOString().slice(0, 10);
  writeFileSync(join(results, `proxy-${stamp}.txt`), `${lines.join('\n')}\n`);
  writeFileSync(
    join(results, `proxy-${stamp}.json`),
    `${JSON.stringify({ machine: machine(), requests: REQUESTS, figures: all }, null, 2)}\n`,
  );
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
