import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRequestHead } from '../../src/decode/decode-head.ts';
import { replayChain } from '../../src/decode/replay.ts';
import { DEFAULT_LIMITS } from '../../src/model/limits.ts';
import { decode, UNDESCRIBED, wrongSpans } from './decoding.ts';
import { brokenRules, Mutator, SEEDS } from './hostile.ts';

const LIMITS = { decodedBytesMax: 300_000, layersMax: 60, fieldsMax: 400, depthMax: 6, decodeMsMax: 2_000 };

const contentType = fc.constantFrom(
  null,
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=b',
  'application/x-protobuf',
  'application/grpc',
  'application/cbor',
  'application/msgpack',
  'text/xml',
  'text/plain; charset=gbk',
);
const contentEncodings = fc.array(fc.constantFrom('gzip', 'deflate', 'br', 'zstd', 'rc4'), { maxLength: 3 });

describe('decodeBody under hostile input', () => {
  it('keeps its rules on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), contentType, contentEncodings, (bytes, type, encodings) => {
        const decoded = decode(bytes, { contentType: type, contentEncodings: encodings }, LIMITS);
        expect(brokenRules(decoded, bytes, LIMITS)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps its rules on any text', () => {
    const text = fc.string({ unit: fc.constantFrom(...'{}[]":,\\u0041<>/=&%?;#.ab9+-_ \n'), maxLength: 120 });
    fc.assert(
      fc.property(text, contentType, (body, type) => {
        expect(brokenRules(decode(body, { contentType: type }, LIMITS), Buffer.from(body), LIMITS)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps its rules on damaged forms of everything it opens', () => {
    const mutator = new Mutator(20_261_121);
    for (let run = 0; run < 2000; run++) {
      const seed = SEEDS[run % SEEDS.length] as (typeof SEEDS)[number];
      const bytes = mutator.mutate(seed.body);
      const decoded = decode(bytes, seed.about, LIMITS);
      expect(brokenRules(decoded, bytes, LIMITS), `run ${run}, ${seed.name}`).toEqual([]);
    }
  });

  it('reads every JSON document as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (json) => {
        if (!/^[[{]/.test(json)) return;
        const decoded = decode(json, { contentType: 'application/json' });
        const leaves: string[] = [];
        collectLeaves(JSON.parse(json), leaves);
        expect(decoded.layers[0]?.fields.map(({ text }) => text)).toEqual(leaves);
        expect(decoded.gaps.filter(({ kind, at }) => at.length === 1 && kind !== 'limit-depth')).toEqual([]);
      }),
      { numRuns: 600 },
    );
  });

  it('walks every chain that it made again, to the same bytes', () => {
    for (const { body, about } of SEEDS) {
      const decoded = decode(body, about);
      const chains = decoded.layers.map(({ chain }) => chain.join(' '));
      expect(chains.filter((chain, at) => chains.indexOf(chain) !== at)).toEqual([]);
      for (const layer of decoded.layers.slice(1)) {
        const steps = replayChain(body, layer.chain, { ...UNDESCRIBED, ...about }, DEFAULT_LIMITS);
        expect(steps.map(({ step }) => step)).toEqual(layer.chain);
        expect(Buffer.from(steps.at(-1)?.bytes ?? []).equals(layer.bytes), layer.chain.join(' ')).toBe(true);
      }
    }
  });
});

describe('decodeRequestHead under hostile input', () => {
  it('keeps its rules on any head', () => {
    const latin1 = fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
      maxLength: 60,
    });
    const headers = fc.array(fc.tuple(fc.constantFrom('Cookie', 'X-A', 'Set-Cookie', ''), latin1), { maxLength: 5 });
    fc.assert(
      fc.property(latin1, headers, (target, list) => {
        const head = {
          method: 'GET',
          scheme: 'https',
          host: 'a.example',
          port: 443,
          target: `/${target}`,
          httpVersion: '1.1',
          headers: list,
        } as const;
        const decoded = decodeRequestHead(head, { ...DEFAULT_LIMITS, ...LIMITS });
        expect(wrongSpans(decoded).filter((wrong) => !wrong.includes(' is not '))).toEqual([]);
        expect(decoded.parts.length).toBe(list.length + 1);
      }),
      { numRuns: 600 },
    );
  });
});

/** Strings, numbers and literals of a value in the order of their places in the text; numbers as `JSON.parse` would print them. */
function collectLeaves(value: unknown, leaves: string[]): void {
  if (Array.isArray(value)) for (const item of value) collectLeaves(item, leaves);
  else if (value !== null && typeof value === 'object')
    for (const item of Object.values(value)) collectLeaves(item, leaves);
  else leaves.push(String(value));
}
