#!/usr/bin/env node
// `npm run torture`: kills a writer with SIGKILL at random moments, again and again on one file, and checks after each kill that
// the file is whole, that its seals hold, and that it has every exchange that finished more than a second before.
// Arguments: number of kills (100), seed of the random moments.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { buildWhenStale, installPackages, root } from './set-up.mjs';

const KILLS = Number(process.argv[2] ?? 100);
const SEED = Number(process.argv[3] ?? Date.now() % 1_000_000);
installPackages();
buildWhenStale();
const { default: Database } = await import('better-sqlite3');
const { verifyEvidence } = await import('../dist/evidence/verify.js');

const folder = mkdtempSync(join(tmpdir(), 'telltale-torture-'));
const path = join(folder, 'torture.db');
let state = SEED;
let number = 0;
let latest = 0;
try {
  for (let kill = 1; kill <= KILLS; kill++) latest = Math.max(latest, await killOnce(kill));
  const { exchanges, seals } = check();
  const size = (statSync(path).size / 1e6).toFixed(1);
  const lines = [
    `${KILLS} kills (seed ${SEED}): ${exchanges} exchanges, ${seals} seals, ${size} MB, all whole`,
    `the longest that a finished exchange was not yet in the file: ${latest} ms`,
  ];
  for (const line of lines) console.log(line);
  // A short run is a test, not a measurement.
  if (KILLS >= 100) keep(lines);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Keeps the run for docs/benchmarks.md, as the benches do. */
function keep(lines) {
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const date = new Date().toISOString().slice(0, 10);
  const targets = [
    { what: 'kills after which the file is whole', target: 'all', measured: `${KILLS} of ${KILLS}`, holds: true },
    {
      what: 'longest that a finished exchange was lost for',
      target: '≤ 1,000 ms',
      measured: `${latest} ms`,
      holds: latest <= 1_000,
    },
  ];
  const results = join(root, 'bench', 'results');
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `torture-${date}.txt`), `${[machine, ...lines].join('\n')}\n`);
  const kept = { bench: 'torture', machine, date, targets };
  writeFileSync(join(results, `torture-${date}.json`), `${JSON.stringify(kept, null, 2)}\n`);
}

/** @returns how many milliseconds before the kill the last lost exchange had finished. */
async function killOnce(kill) {
  const child = spawn(process.execPath, [join(root, 'scripts', 'torture-writer.mjs'), path, String(number)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part) => {
    text += part;
  });
  await once(child.stdout, 'data');
  await new Promise((resolve) => setTimeout(resolve, 50 + random() * 1_950));
  const killedAt = Date.now();
  child.kill('SIGKILL');
  await once(child, 'close');
  const finished = text
    .split('\n')
    .filter((line) => /^\d+ \d+$/.test(line))
    .map((line) => line.split(' ').map(Number));
  check();
  const database = new Database(path, { readonly: true });
  const stored = new Set(
    database
      .prepare('SELECT p.path FROM exchanges e JOIN paths p ON p.id = e.path')
      .pluck()
      .all()
      .map((one) => Number(one.slice(9))),
  );
  database.close();
  let worst = 0;
  for (const [exchange, at] of finished) {
    if (stored.has(exchange)) continue;
    worst = Math.max(worst, killedAt - at);
    if (killedAt - at > 1_000)
      throw new Error(`kill ${kill}: exchange ${exchange} finished ${killedAt - at} ms before and is lost`);
  }
  number = finished.at(-1)?.[0] ?? number;
  return worst;
}

function check() {
  const database = new Database(path, { readonly: true });
  const [{ integrity_check: found }] = database.pragma('integrity_check');
  const stray = database.pragma('foreign_key_check');
  database.close();
  if (found !== 'ok') throw new Error(`the database is damaged: ${found}`);
  if (stray.length > 0) throw new Error(`rows refer to rows that are not there: ${JSON.stringify(stray[0])}`);
  const verification = verifyEvidence(path, { seal: null, keys: [] });
  if (verification.broken !== null) throw new Error(`the seals do not hold: ${verification.broken}`);
  return verification;
}

/** Mulberry32. */
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}
