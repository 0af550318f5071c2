import { decodeBody } from '../src/decode/decode-body.ts';
import type { CodecDefinition } from '../src/model/codec.ts';
import type { RequestHead } from '../src/model/exchange.ts';
import { DEFAULT_LIMITS } from '../src/model/limits.ts';
import { loadCodecs } from '../src/signatures/load-codecs.ts';
import { UNDESCRIBED } from '../test/decode/decoding.ts';
import { brokenRules, Mutator, SEEDS } from '../test/decode/hostile.ts';
import { machine } from './machine.ts';

/**
 * Damages one body of every form that is opened, over and over, and holds each result against the rules that no input may break.
 * `npm run fuzz -- --seconds 60 --seed 7`. Ends with exit status 1 and the damaged body in base64 at the first broken rule.
 */
const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? otherwise : Number(process.argv[at + 1]);
};
const seconds = option('seconds', 600);
const seed = option('seed', Date.now() % 1_000_000);
const LIMITS = { ...DEFAULT_LIMITS, decodedBytesMax: 2_000_000, layersMax: 200, fieldsMax: 2_000, decodeMsMax: 1_000 };
/** Decoding stops between two layers, so the slowest single reader comes on top of the limit. */
const MILLISECONDS_MAX = LIMITS.decodeMsMax + 1_000;

interface CodecSample {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const { codecs } = loadCodecs({ extraFolder: null });
const ofCodecs = [...codecs.values()].flatMap((codec) =>
  ((codec as CodecDefinition & { readonly samples?: readonly CodecSample[] }).samples ?? []).map((sample) => ({
    name: `codec ${codec.name}`,
    body: Buffer.from(sample.body, 'base64'),
    about: { codec: codec.name, head: headOf(sample) },
  })),
);
const seeds = [...SEEDS, ...ofCodecs];

function headOf({ url, headers }: CodecSample): RequestHead {
  const { hostname, pathname, search } = new URL(url);
  const target = pathname + search;
  return {
    method: 'POST',
    scheme: 'https',
    host: hostname,
    port: 443,
    target,
    httpVersion: '1.1',
    headers: Object.entries(headers),
  };
}

function check(name: string, body: Uint8Array, about: object): void {
  const start = process.cpuUsage();
  let broken: readonly string[];
  try {
    const decoded = decodeBody(body, { ...UNDESCRIBED, ...about }, LIMITS, codecs);
    broken = brokenRules(decoded, body, LIMITS);
  } catch (error) {
    broken = [`threw ${(error as Error).stack}`];
  }
  // Processor time: what others do on the machine is no fault of a body's.
  const { user, system } = process.cpuUsage(start);
  const took = (user + system) / 1000;
  slowest = Math.max(slowest, took);
  if (took > MILLISECONDS_MAX) broken = [...broken, `took ${took.toFixed(0)} ms`];
  if (broken.length === 0) return;
  console.log(`${name}: ${broken.join('; ')}\n${Buffer.from(body).toString('base64')}`);
  process.exit(1);
}

let slowest = 0;
let bodies = 0;
const mutator = new Mutator(seed);
const end = performance.now() + seconds * 1000;
while (performance.now() < end) {
  // Node frees what a failed decompression held only when the event loop comes round.
  await new Promise(setImmediate);
  for (const { name, body, about } of seeds) {
    let damaged = mutator.mutate(body);
    // One body damaged further and further reaches states that one blow does not.
    for (let blow = 0; blow < 4; blow++, damaged = mutator.mutate(damaged)) {
      check(name, damaged, about);
      check(`${name}, undescribed`, damaged, {});
      bodies += 2;
    }
  }
}
const memory = (process.memoryUsage().rss / 2 ** 20).toFixed(0);
console.log(machine());
console.log(
  `${bodies} damaged bodies in ${seconds} s, seed ${seed}: no rule broken, slowest ${slowest.toFixed(0)} ms, ${memory} MiB resident`,
);
