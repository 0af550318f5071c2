import { createCipheriv } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compactStruct } from '../../src/audit/simulators/thrift.ts';
import { decodeBody } from '../../src/decode/decode-body.ts';
import { decodeRequestHead } from '../../src/decode/decode-head.ts';
import type { CodecDefinition } from '../../src/model/codec.ts';
import type { RequestHead } from '../../src/model/exchange.ts';
import { DEFAULT_LIMITS } from '../../src/model/limits.ts';
import { loadCodecs } from '../../src/signatures/load-codecs.ts';
import { layersOf, UNDESCRIBED, wrongSpans } from './decoding.ts';

interface Sample {
  readonly variant: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly opens_to: string;
  readonly chain: readonly string[];
}

const { codecs } = loadCodecs({ extraFolder: null });
const all = [...codecs.values()] as (CodecDefinition & { readonly samples?: readonly Sample[] })[];

function headOf(url: string, headers: Readonly<Record<string, string>>): RequestHead {
  const { hostname, pathname, search, protocol } = new URL(url);
  const scheme = protocol === 'http:' ? 'http' : 'https';
  return {
    method: 'POST',
    scheme,
    host: hostname,
    port: 443,
    target: pathname + search,
    httpVersion: '1.1',
    headers: Object.entries(headers),
  };
}

function open(codec: string, url: string, headers: Readonly<Record<string, string>>, body: Uint8Array) {
  const contentType = headers['Content-Type'] ?? null;
  const contentEncodings = (headers['Content-Encoding'] ?? '')
    .split(',')
    .map((token) => token.trim())
    .filter((token) => token !== '');
  const about = { ...UNDESCRIBED, contentType, contentEncodings, codec, head: headOf(url, headers) };
  return decodeBody(body, about, DEFAULT_LIMITS, codecs);
}

const samples = all.flatMap((codec) =>
  (codec.samples ?? []).map((sample) => ({ codec: codec.name, sample, title: `${codec.name} ${sample.variant}` })),
);

describe('the codecs of signatures/codecs', () => {
  it.each(all.map((codec) => [codec.name, codec] as const))(
    '%s is sourced and has a sample of every variant but twins',
    (_, codec) => {
      expect(codec.variants.length).toBeGreaterThan(0);
      const sampled = new Set(codec.samples?.map(({ variant }) => variant.replace(/-\d$/, '')));
      for (const { name, sources, proven } of codec.variants) {
        expect(sources.length).toBeGreaterThan(0);
        if (proven === 'own-sample') expect(sampled).toContain(name.replace(/-\d$/, ''));
      }
    },
  );

  it.each(samples)('$title opens its sample, and says how', ({ codec, sample }) => {
    const decoded = open(codec, sample.url, sample.headers, Buffer.from(sample.body, 'base64'));
    expect(layersOf(decoded)).toHaveProperty([sample.chain.join(' ')], sample.opens_to);
    expect(decoded.gaps).toEqual([]);
    expect(wrongSpans(decoded)).toEqual([]);
  });

  it.each(samples)('$title stays closed when its bytes are others', ({ codec, sample }) => {
    const body = Buffer.from(sample.body, 'base64');
    for (const at of [body.length - 1, body.length - 20, body.length >> 1]) {
      const damaged = Buffer.from(body);
      damaged[at] = (damaged[at] as number) ^ 0x15;
      const decoded = open(codec, sample.url, sample.headers, damaged);
      expect(wrongSpans(decoded)).toEqual([]);
      for (const layer of decoded.layers) expect(layer.chain.length).toBeLessThan(8);
    }
  });

  it.each(
    samples.filter(
      ({ sample }) => !/^(?:json|form):/.test(sample.chain[0] as string) && !sample.variant.startsWith('envelope'),
    ),
  )('$title leaves an opaque body when the key is another', ({ codec, sample }) => {
    const body = Buffer.from(sample.body, 'base64');
    const garbled = Buffer.concat([
      body.subarray(0, 4),
      body.subarray(4).map((byte, at) => byte ^ ((at * 89 + 17) & 0xff)),
    ]);
    const decoded = open(
      codec,
      sample.url,
      sample.headers,
      sample.variant.endsWith('envelope')
        ? body.map((byte, at) => (at > 120 && at < 150 ? byte ^ 0x5a : byte))
        : garbled,
    );
    expect(layersOf(decoded)).not.toHaveProperty([sample.chain.join(' ')]);
    expect(decoded.gaps.map(({ kind }) => kind)).toContain('opaque-body');
  });

  it('open a body that is packed by HTTP as well', () => {
    const sample = samples.find(({ title }) => title === 'pangle-csj cypher-3')?.sample as Sample;
    const decoded = open(
      'pangle-csj',
      sample.url,
      { ...sample.headers, 'Content-Encoding': 'gzip' },
      gzipSync(Buffer.from(sample.body, 'base64')),
    );
    expect(layersOf(decoded)).toHaveProperty([`gzip ${sample.chain.join(' ')}`], sample.opens_to);
  });

  it('open parameters of a URL', () => {
    const sample = samples.find(({ codec }) => codec === 'start-io')?.sample as Sample;
    const value = JSON.parse(Buffer.from(sample.body, 'base64').toString()).cellScanRes as string;
    const head = headOf(`https://infoevent.startappservice.com/x?d=${encodeURIComponent(value)}`, {});
    const decoded = decodeRequestHead(head, DEFAULT_LIMITS, codecs.get('start-io'));
    expect(layersOf(decoded)).toHaveProperty(['query:d start-io/base64 start-io/xor start-io/xor'], sample.opens_to);
  });

  it('use the key that the message itself carries, whatever it is', () => {
    for (const seed of ['0', '7', 'c']) {
      const signature = `${seed}1a2b3c4d5e6f708192a3b4c5d6e7f8090a1b2c3d4e5f60718293a4b5c6d7e8f9`.slice(0, 64);
      const text = JSON.stringify({ header: { idmd5: '29b0af7ed86cc3b0faf11cec03ad2ae0', seed } });
      const iv = Buffer.from('0a010b05040f070917030106080c0d5b', 'hex');
      const cipher = createCipheriv('aes-128-cbc', Buffer.from(signature, 'hex').subarray(1, 17), iv);
      const entity = Buffer.concat([cipher.update(deflateSync(text)), cipher.final()]);
      const body = compactStruct([
        [1, '1.0'],
        [3, signature],
        [7, entity],
        [10, 1],
      ]);
      const decoded = open('umeng', 'https://ulogs.umeng.com/unify_logs', {}, body);
      expect(layersOf(decoded)).toHaveProperty(['umeng/thrift:7 umeng/aes-cbc umeng/deflate'], text);
    }
  });
});
