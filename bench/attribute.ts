/**
 * What it costs to say who received an exchange, with 500 signatures, beside the list of regular expressions that others use.
 * Prints processor time an exchange: hosts seen before (every exchange of a capture but the first to a host) and hosts never seen.
 */
import { resolve } from 'node:path';
import type { AttributedHead } from '../src/attribute/conditions.ts';
import { buildRecipientIndex } from '../src/attribute/recipients.ts';
import type { Signature } from '../src/model/signature.ts';
import { loadSignatureData } from '../src/signatures/load.ts';
import { machine, processorSeconds } from './machine.ts';
import { saveResults, type Target, targetLine } from './results.ts';

const SIGNATURES = 500;
const EXCHANGES = 100_000;
const HOSTS = 2_000;
const STRANGERS = 50_000;
const RUNS = 5;

const shipped = loadSignatureData({ extraFolder: resolve('signatures') }).signatures.filter(
  ({ hosts }) => hosts.length > 0,
);
const signatures = Array.from({ length: SIGNATURES }, (_, at) => copyOf(shipped[at % shipped.length] as Signature, at));
const rules = signatures.reduce((sum, { hosts }) => sum + hosts.length, 0);
const requests = corpus(EXCHANGES, HOSTS);

const lines: string[] = [];
say(machine());
say(
  `${SIGNATURES} signatures, ${rules} host rules; ${EXCHANGES} exchanges to ${HOSTS} hosts; the least of ${RUNS} runs\n`,
);

const options = { app: 'com.example.app', firstPartyHosts: ['api.example.org'] };
const index = buildRecipientIndex(signatures, options);
let matched = 0;
for (const request of requests) if (index.attribute(request).signature !== null) matched++;
const before = report('hosts seen before', requests.length, () => {
  for (const request of requests) index.attribute(request);
});

// An index of its own for each run, so that no host was seen by it before. The JIT has seen the code, as in any capture but its first second.
const strangers = corpus(STRANGERS, STRANGERS);
const fresh = Array.from({ length: RUNS }, () => buildRecipientIndex(signatures, options));
let run = 0;
const first = report(`hosts never seen (${STRANGERS} of them)`, strangers.length, () => {
  const cold = fresh[run++] as typeof index;
  for (const request of strangers) cold.attribute(request);
});
const grownKb = Math.max(
  0,
  Math.round(heapGrowth(() => strangers.forEach((request) => void index.attribute(request))) / 1024),
);
say(`${`memory kept after ${STRANGERS} hosts never seen`.padEnd(56)} ${String(grownKb).padStart(9)} KB`);
report('building the index (each time)', 1, () => buildRecipientIndex(signatures, options));

const list = asRegularExpressions();
const sample = requests.slice(0, 2_000);
report('baseline: one regular expression a rule, first match', sample.length, () => {
  for (const { scheme, host, target } of sample) {
    const url = `${scheme}://${host}${target}`;
    list.find((pattern) => pattern.test(url));
  }
});
say(`\n${((100 * matched) / requests.length).toFixed(0)} % of the exchanges belong to an SDK.`);

const targets: Target[] = [
  microseconds('an exchange to a host seen before, 500 signatures', before),
  microseconds('an exchange to a host never seen, 500 signatures', first),
  {
    what: `memory kept of ${STRANGERS} hosts never seen`,
    target: '≤ 1,024 KB',
    measured: `${grownKb} KB`,
    holds: grownKb <= 1_024,
  },
];
for (const target of targets) say(targetLine(target));
saveResults('attribute', lines, targets);

function say(line: string): void {
  lines.push(line);
  console.log(line);
}

/** @returns processor time of one, in microseconds. */
function report(name: string, count: number, work: () => void): number {
  const micros = (processorSeconds(RUNS, work) * 1e6) / count;
  say(`${name.padEnd(56)} ${micros.toFixed(count === 1 ? 0 : 3).padStart(9)} µs`);
  return micros;
}

function microseconds(what: string, measured: number): Target {
  return { what, target: '≤ 2 µs', measured: `${measured.toFixed(2)} µs`, holds: measured <= 2 };
}

function heapGrowth(work: () => void): number {
  globalThis.gc?.();
  const used = process.memoryUsage().heapUsed;
  work();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed - used;
}

/** A signature of its own kind under other domains, so that 500 of them fill the index as 500 real ones would. */
function copyOf(signature: Signature, at: number): Signature {
  const round = Math.floor(at / shipped.length);
  if (round === 0) return signature;
  const rename = (host: string) => (host === '*' ? host : host.replace(/\.(?=[^.]+$)/, `${round}.`));
  const hosts = signature.hosts
    .filter(({ host }) => host !== '*')
    .map((rule) => ({ ...rule, host: rename(rule.host), except: rule.except?.map(rename) ?? [] }));
  return { ...signature, id: `${signature.id}-${round}`, hosts };
}

/** Half of the hosts are SDKs', with and without the paths that tell them; half are others, of one to five labels. */
function corpus(exchanges: number, hosts: number): AttributedHead[] {
  const claimed = signatures.flatMap(({ hosts }) => hosts.map(({ host, paths }) => ({ host, path: paths[0] })));
  const targets = Array.from({ length: hosts }, (_, at) => {
    const { host, path } = claimed[(at * 7919) % claimed.length] as { host: string; path: string | undefined };
    if (at % 2 === 1 || host === '*')
      return {
        host: `h${at}.${['a.', 'b.c.', ''][at % 3]}site${at % 97}.${['com', 'com.cn', 'net'][at % 3]}`,
        target: '/v1/items?id=1',
      };
    const target = path === undefined || path.startsWith('^') ? '/v1/report?x=1' : `${path}?x=1`;
    return { host: host.replace('*', `n${at}`), target };
  });
  const headers = [
    ['Host', 'x'],
    ['User-Agent', 'okhttp/4.9.3'],
    ['Content-Type', 'application/json'],
  ] as const;
  return Array.from({ length: exchanges }, (_, at) => {
    const { host, target } = targets[(at * 31) % hosts] as { host: string; target: string };
    return { scheme: 'https', host, port: 443, method: 'POST', target, headers };
  });
}

function asRegularExpressions(): RegExp[] {
  const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  return signatures.flatMap(({ hosts }) =>
    hosts
      .filter(({ host }) => host !== '*')
      .map(({ host, paths }) => {
        const name = host.startsWith('*.') ? `(?:[^/]+\\.)${escaped(host.slice(2))}` : escaped(host);
        const path =
          paths.length === 0
            ? '/'
            : `(?:${paths.map((one) => (one.startsWith('^') ? one.slice(1) : escaped(one))).join('|')})`;
        return new RegExp(`^https?://${name}(?::\\d+)?${path}`);
      }),
  );
}
