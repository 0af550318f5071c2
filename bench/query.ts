/**
 * How long the ten queries of docs/queries.md take on a file of 1,000,000 exchanges and 500,000 findings.
 * Each runs once to warm up and then 20 times; the figure is the 95th percentile.
 * Arguments: number of exchanges (1,000,000); a file to keep and use again.
 */
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgeCapture } from '../src/audit/judge.ts';
import { EvidenceReader } from '../src/evidence/evidence-reader.ts';
import { EvidenceWriter } from '../src/evidence/evidence-writer.ts';
import { verifyEvidence } from '../src/evidence/verify.ts';
import { distinct, exchangeOf, jsonBodies, random, START } from './evidence-corpus.ts';
import { machine } from './machine.ts';
import { saveResults, type Target, targetLine } from './results.ts';

const COUNT = Number(process.argv[2] ?? 1_000_000);
const RUNS = 20;
const folder = mkdtempSync(join(tmpdir(), 'telltale-bench-'));
const path = process.argv[3] ?? join(folder, 'query.db');

const POLICY = `示例App隐私政策
我们收集您的手机号，用于注册账号。
第三方SDK目录
SDK名称：友盟+SDK
收集个人信息类型：IMEI、MAC地址
`;

type Query = readonly [name: string, run: (reader: EvidenceReader, run: number) => number];

const all = { capture: null, limit: null };
const QUERIES: readonly Query[] = [
  [
    '1 an SDK, a data type, a phase',
    (reader) =>
      count(reader.findings({ ...all, filter: 'sdk=sdk3 and type=imei and phase=before-consent', limit: 50 })),
  ],
  [
    '2 a host, newest first',
    (reader) => count(reader.exchanges({ ...all, filter: 'host~sdk7', sort: '-time', limit: 50 })),
  ],
  ['3 server errors', (reader) => count(reader.exchanges({ ...all, filter: 'status>=500', limit: 50 }))],
  ['4 all hosts', (reader) => reader.hosts(all).length],
  ['5 all SDKs with their data types', (reader) => reader.recipients(all).length],
  [
    '6 exchanges with a data type',
    (reader) => count(reader.exchanges({ ...all, filter: 'type=imei and party=sdk', limit: 50 })),
  ],
  [
    '7 findings of half a minute',
    (reader, run) => count(reader.findings({ ...all, from: START + run * 60_000, to: START + run * 60_000 + 30_000 })),
  ],
  [
    '8 a path, newest first',
    (reader) => count(reader.exchanges({ ...all, filter: 'path~"/collect/7"', sort: '-time', limit: 50 })),
  ],
  ['9 refused TLS', (reader) => count(reader.gaps({ ...all, filter: 'gap=tls-rejected' }))],
  ['10 one exchange with all it has', (reader, run) => show(reader, 1 + ((run * 7_919) % COUNT))],
];

const lines: string[] = [];
const targets: Target[] = [];

try {
  print(machine());
  if (!existsSync(path)) write();
  const bytes = statSync(path).size;
  print(
    `${COUNT.toLocaleString('en')} exchanges, ${(COUNT / 2).toLocaleString('en')} findings, ${Math.round(bytes / 1e6)} MB\n`,
  );
  askAll();
  judge();
  let broken: string | null = '';
  const checked = timed(() => {
    broken = verifyEvidence(path, { seal: null, keys: [] }).broken;
  });
  if (broken !== null) throw new Error(broken);
  note('verify', checked, 30_000);
  saveResults('query', [...lines, '', ...targets.map(targetLine)], targets);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function print(line: string): void {
  lines.push(line);
  console.log(line);
}

function note(what: string, ms: number, msMax: number, more = ''): void {
  print(`${what.padEnd(36)} ${figure(ms)}   ${more}`.trimEnd());
  targets.push({ what, target: `< ${figure(msMax).trim()}`, measured: figure(ms).trim(), holds: ms < msMax });
}

function askAll(): void {
  const opened = Array.from({ length: RUNS }, () => timed(() => EvidenceReader.open(path).close()));
  note('opening', p95(opened), 50);
  const reader = EvidenceReader.open(path);
  for (const [name, run] of QUERIES) {
    run(reader, RUNS);
    let rows = 0;
    const times = Array.from({ length: RUNS }, (_, index) =>
      timed(() => {
        rows = run(reader, index);
      }),
    );
    note(name, p95(times), 100, `${rows} rows`);
  }
  reader.close();
}

/** The whole of `telltale compare`: the middle of three. */
function judge(): void {
  const policy = join(folder, 'policy.txt');
  writeFileSync(policy, POLICY);
  let verdicts = 0;
  const times = Array.from({ length: 3 }, () =>
    timed(() => {
      verdicts = judgeCapture({ db: path, capture: null, policy }).comparison.verdicts.length;
    }),
  );
  note('compare', times.sort((a, b) => a - b)[1] as number, 5_000, `${verdicts} verdicts`);
}

function write(): void {
  const next = random(1);
  const pool = jsonBodies(1_000, 300, next);
  const writer = EvidenceWriter.open(path);
  const capture = writer.beginCapture({ name: 'bench', startedAt: START, app: null, deviceName: null, facts: {} });
  for (let index = 0; index < COUNT; index++) {
    const requestBody = writer.putBody(distinct(pool[index % 1_000] as Buffer, index));
    writer.addExchange(exchangeOf(index, capture, index % 2, next, { requestBody, responseBody: null }));
    if (index % 1_000 === 0)
      writer.addGap({
        capture,
        connection: null,
        exchange: null,
        at: START + index * 10,
        host: 'pinned.example',
        port: 443,
        recipient: null,
        gap: { kind: 'tls-rejected', at: [], bytesUnread: null, detail: 'unknown_ca' },
        facts: {},
      });
  }
  writer.addMark(capture, { kind: 'consent', at: START + COUNT * 5, note: null });
  writer.close();
}

function show(reader: EvidenceReader, id: number): number {
  const exchange = reader.exchange(id);
  const body = exchange?.requestBody;
  return (
    reader.findingsOf(id).length +
    (body ? (reader.body(body.sha256)?.length ?? 0) : 0) +
    (exchange?.request.headers.length ?? 0)
  );
}

function count(rows: Iterable<unknown>): number {
  let found = 0;
  for (const _ of rows) found += 1;
  return found;
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function p95(times: readonly number[]): number {
  return [...times].sort((one, other) => one - other)[Math.ceil(times.length * 0.95) - 1] as number;
}

function figure(ms: number): string {
  return `${ms.toLocaleString('en', { maximumFractionDigits: 1 }).padStart(10)} ms`;
}
