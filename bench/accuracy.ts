/**
 * How much is found, and how much is found wrongly: every identifier × dressing × container, and as many requests that hold
 * nothing of the phone; then bytes that hold nothing at all. TrackHAR sees the same requests, when it is installed
 * (npm install --prefix bench). With --write the tables go into docs/accuracy.md.
 */
import { randomFillSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { compileDetector } from '../src/detect/detector.ts';
import { DEFAULT_LIMITS } from '../src/model/limits.ts';
import { loadTaxonomy } from '../src/signatures/data-types.ts';
import { detect, isFound, negativeCases, positiveCases } from './accuracy/corpus.ts';
import { search, wholeAuditSpeed } from './accuracy/speed.ts';
import { type Peer, trackHar } from './accuracy/trackhar.ts';
import { inventedPhone } from './accuracy/values.ts';
import { machine } from './machine.ts';
import { saveResults, type Target, targetLine } from './results.ts';

const EVERY = Number(process.env['EVERY'] ?? 1);
const NOISE_SECONDS = Number(process.env['NOISE_SECONDS'] ?? 60);
const NOISE_BYTES = 1e9;

interface Tally {
  cases: number;
  telltale: number;
  peer: number;
}

const phone = inventedPhone(7);
const taxonomy = loadTaxonomy({ extraFolder: null });
const detector = compileDetector(phone, { app: 'com.example.app', taxonomy, limits: DEFAULT_LIMITS });
const peer = await trackHar(phone);
const lines: string[] = [];
const say = (text: string) => {
  lines.push(text);
  console.log(text);
};

say(`${machine()}; ${detector.patternCount} patterns of ${Object.keys(phone.identifiers).length} identifiers\n`);
const { byDressing, byContainer, all } = await recall();
say(
  `Recall on ${all.cases} requests that carry a value: telltale ${percent(all.telltale, all.cases)}` +
    (peer === null ? '' : `, TrackHAR 1.0.0 ${percent(all.peer, all.cases)}`) +
    '\n',
);
table('dressing', byDressing);
table('container', byContainer);
const wrong = await precision(all.cases);
const { found, megabytes } = noise();
const speed = wholeAuditSpeed(detector);
say(speed.line);
if (process.argv.includes('--write')) write();
const targets: Target[] = [
  {
    what: `recall on ${all.cases.toLocaleString('en')} requests that carry a value`,
    target: '≥ 0.99',
    measured: (all.telltale / all.cases).toFixed(4),
    holds: all.telltale / all.cases >= 0.99,
  },
  {
    what: 'findings in requests that hold nothing of the phone',
    target: '0',
    measured: String(wrong),
    holds: wrong === 0,
  },
  {
    what: `findings in ${megabytes} MB of noise`,
    target: '≤ 1 in 1,000 MB',
    measured: String(found),
    holds: megabytes < NOISE_BYTES / 1e6 ? null : found <= 1,
  },
  speed.target,
];
for (const target of targets) say(targetLine(target));
if (EVERY === 1) saveResults('accuracy', lines, targets);

async function recall() {
  const byDressing = new Map<string, Tally>();
  const byContainer = new Map<string, Tally>();
  const all: Tally = { cases: 0, telltale: 0, peer: 0 };
  for (const one of positiveCases(phone, EVERY)) {
    const found = isFound(one, detect(detector, one.sample));
    const peerFound = await (peer as Peer | null)?.(one.sample).then((types) => types.has(one.dataType as string));
    for (const tally of [all, tallyOf(byDressing, one.dressing), tallyOf(byContainer, one.container)]) {
      tally.cases++;
      tally.telltale += found ? 1 : 0;
      tally.peer += peerFound === true ? 1 : 0;
    }
  }
  return { byDressing, byContainer, all };
}

function tallyOf(map: Map<string, Tally>, key: string): Tally {
  const tally = map.get(key) ?? { cases: 0, telltale: 0, peer: 0 };
  map.set(key, tally);
  return tally;
}

function table(name: string, tallies: ReadonlyMap<string, Tally>): void {
  say(`| ${name} | requests | telltale | ${peer === null ? '' : 'TrackHAR |'}`);
  say(`| --- | ---: | ---: | ${peer === null ? '' : '---: |'}`);
  for (const [key, { cases, telltale, peer: found }] of tallies) {
    const other = peer === null ? '' : ` ${percent(found, cases)} |`;
    say(`| ${key.replaceAll('|', '\\|')} | ${cases} | ${percent(telltale, cases)} |${other}`);
  }
  say('');
}

async function precision(count: number): Promise<number> {
  let cases = 0;
  let wrong = 0;
  let peerWrong = 0;
  for (const { sample, dressing, container } of negativeCases(phone, count, 3)) {
    cases++;
    const found = detect(detector, sample);
    if (found.length > 0) {
      wrong++;
      say(
        `wrong: ${dressing}, ${container}: ${found.map(({ dataType, transform }) => `${dataType} ${transform}`).join(', ')}`,
      );
    }
    if (((await peer?.(sample))?.size ?? 0) > 0) peerWrong++;
  }
  const other = peer === null ? '' : `; TrackHAR in ${peerWrong}`;
  say(
    `Negatives: in ${cases} requests that hold nothing of the phone, telltale finds something in ${wrong}${other}.\n`,
  );
  return wrong;
}

/** Random bytes, random digits and letters, and base64 of random bytes, decoded and searched as bodies of 64 KB. */
function noise(): { readonly found: number; readonly megabytes: number } {
  const kinds: readonly (readonly [name: string, make: (bytes: Buffer) => Uint8Array])[] = [
    ['random bytes', (bytes) => bytes],
    ['digits', (bytes) => bytes.map((byte) => 48 + (byte % 10))],
    ['lower-case hex', (bytes) => Buffer.from(bytes.subarray(0, 32_768).toString('hex'))],
    ['words and numbers', (bytes) => bytes.map((byte) => ' 0123456789abcdefghijklmnop,=-:.'.charCodeAt(byte & 31))],
    ['base64', (bytes) => Buffer.from(bytes.subarray(0, 49_152).toString('base64'))],
  ];
  const raw = Buffer.alloc(65_536);
  let wrong = 0;
  let searched = 0;
  const end = performance.now() + NOISE_SECONDS * 1000;
  for (let i = 0; searched < NOISE_BYTES && performance.now() < end; i++) {
    const body = (kinds[i % kinds.length] as (typeof kinds)[number])[1](randomFillSync(raw));
    wrong += search(detector, body);
    searched += body.length;
  }
  const names = kinds.map(([name]) => name).join(', ');
  say(
    `Noise: ${wrong} findings in ${Math.round(searched / 1e6)} MB of ${names}, decoded and searched as bodies of 64 KB.\n`,
  );
  return { found: wrong, megabytes: Math.round(searched / 1e6) };
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(part === whole ? 0 : 2)} %`;
}

/** Replaces what stands between the two marks of the page. */
function write(): void {
  const path = 'docs/accuracy.md';
  const page = readFileSync(path, 'utf8');
  const [before] = page.split('<!-- measured -->');
  writeFileSync(path, `${before}<!-- measured -->\n\n${lines.join('\n')}\n`);
}
