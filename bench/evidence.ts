/**
 * How many exchanges a second the evidence writer takes alone, and how large the file grows.
 * Each exchange has a request and a response body of 2 KB of JSON, all different, and three findings.
 * Arguments: number of exchanges (100,000), folder for the file.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { EvidenceWriter } from '../src/evidence/evidence-writer.ts';
import { verifyEvidence } from '../src/evidence/verify.ts';
import { distinct, exchangeOf, jsonBodies, random } from './evidence-corpus.ts';
import { machine } from './machine.ts';
import { saveResults, type Target, targetLine } from './results.ts';

const COUNT = Number(process.argv[2] ?? 100_000);
const BODY_BYTES = 2_000;
const folder = mkdtempSync(join(process.argv[3] ?? tmpdir(), 'telltale-bench-'));

try {
  console.log(machine());
  run();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(): void {
  const path = join(folder, 'bench.db');
  const next = random(1);
  const pool = jsonBodies(2_000, BODY_BYTES, next);
  const gzipped = pool.slice(0, 200).reduce((sum, body) => sum + gzipSync(body).length, 0) / 200;
  const writer = EvidenceWriter.open(path);
  const capture = writer.beginCapture({ name: 'bench', startedAt: 0, app: null, deviceName: null, facts: {} });
  const cpu = process.cpuUsage();
  const began = performance.now();
  let slowest = 0;
  for (let index = 0; index < COUNT; index++) {
    const at = performance.now();
    const requestBody = writer.putBody(distinct(pool[index % pool.length] as Buffer, index * 2));
    const responseBody = writer.putBody(distinct(pool[(index * 7 + 1) % pool.length] as Buffer, index * 2 + 1));
    writer.addExchange(exchangeOf(index, capture, 3, next, { requestBody, responseBody }));
    slowest = Math.max(slowest, performance.now() - at);
  }
  writer.flush();
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  writer.close();
  const bytes = statSync(path).size;
  const allowed = COUNT * (1.2 * 2 * gzipped + 400);
  const checked = performance.now();
  const { broken } = verifyEvidence(path, { seal: null, keys: [] });
  if (broken !== null) throw new Error(broken);
  const verifySeconds = (performance.now() - checked) / 1_000;
  const figure = (value: number, digits = 0) => value.toLocaleString('en', { maximumFractionDigits: digits });
  const perSecond = COUNT / seconds;
  const lines = [
    machine(),
    `${figure(COUNT)} exchanges, two bodies of ${BODY_BYTES} bytes and three findings each`,
    `  ${figure(perSecond)} exchanges/s; ${figure((user + system) / COUNT, 1)} µs of CPU each (all threads)`,
    `  longest stop (a batch and its checkpoint): ${figure(slowest)} ms`,
    `  file: ${figure(bytes / COUNT)} bytes an exchange; bodies by gzip alone: ${figure(2 * gzipped)}`,
    `  verify: ${figure(verifySeconds, 2)} s`,
  ];
  const targets: Target[] = [
    {
      what: 'exchanges written a second',
      target: '≥ 8,000',
      measured: figure(perSecond),
      holds: perSecond >= 8_000,
    },
    {
      what: 'bytes of the file an exchange',
      target: `≤ ${figure(allowed / COUNT)} (1.2 × gzip of its bodies + 400)`,
      measured: figure(bytes / COUNT),
      holds: bytes <= allowed,
    },
  ];
  for (const line of [...lines.slice(1), ...targets.map(targetLine)]) console.log(line);
  saveResults('evidence', [...lines, '', ...targets.map(targetLine)], targets);
}
