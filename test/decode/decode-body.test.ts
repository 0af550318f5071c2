import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decode, fieldsOf, layersOf, wrongSpans } from './decoding.ts';

const json = JSON.stringify({
  header: { idmd5: '29b0af7ed86cc3b0faf11cec03ad2ae0', n: 12345678901234567890n.toString() },
});

describe('decodeBody', () => {
  it.each([
    ['gzip', 'gzip', gzipSync(json)],
    ['x-gzip', 'gzip', gzipSync(json)],
    ['deflate', 'deflate', deflateSync(json)],
    ['deflate', 'deflate', deflateRawSync(json)],
    ['br', 'br', brotliCompressSync(json)],
  ])('takes off %s', (token, step, body) => {
    const decoded = decode(body, { contentEncodings: [token] });
    expect(layersOf(decoded)).toEqual({ [step]: json });
    expect(decoded.layers[1]?.fields[0]).toEqual({
      path: 'header.idmd5',
      syntax: 'json',
      start: 20,
      end: 52,
      text: '29b0af7ed86cc3b0faf11cec03ad2ae0',
    });
    expect(decoded.gaps).toEqual([]);
  });

  it('takes off several codings, the last one first', () => {
    const decoded = decode(brotliCompressSync(gzipSync(json)), { contentEncodings: ['gzip', 'br'] });
    expect(decoded.layers.map(({ chain }) => chain.join(' '))).toEqual(['', 'br', 'br gzip']);
  });

  it('recognises gzip and zlib that nobody announced', () => {
    expect(Object.keys(layersOf(decode(gzipSync(deflateSync(json)))))).toEqual(['gzip', 'gzip deflate']);
  });

  it.each(['gzip', 'deflate', 'br', 'zstd'])(
    'reads a text that is not in %s as it claims, and misses nothing of it',
    (token) => {
      const decoded = decode(json, { contentEncodings: [token] });
      expect(fieldsOf(decoded)).toHaveProperty(['header.idmd5']);
      expect(decoded.gaps).toEqual([]);
    },
  );

  it.each([
    ['bytes that are no text', Buffer.from([0x1f, 0x8b, 0xff, 0, 1, 2, 3]), true],
    ['a text that was cut', json, false],
  ])('says so when %s are not in the coding they claim', (_, body, whole) => {
    const { gaps } = decode(body, { contentEncodings: ['gzip'], whole });
    expect(gaps).toContainEqual(expect.objectContaining({ kind: 'decode-failed', at: ['gzip'] }));
  });

  it('says so when it does not know the coding', () => {
    expect(decode(json, { contentEncodings: ['compress'] }).gaps).toMatchObject([
      { kind: 'coding-unknown', detail: 'compress' },
    ]);
  });

  it('opens what is coded inside a form', () => {
    const inner = Buffer.from('{"mac":"a4:50:46:1b:2c:3d"}').toString('base64');
    const decoded = decode(`a=1&data=${encodeURIComponent(inner)}&u=http%3A%2F%2Fx%2F%3Fimei%3D867532051234567`);
    expect(layersOf(decoded)).toEqual({
      'form:data base64': '{"mac":"a4:50:46:1b:2c:3d"}',
      'form:u text': 'http://x/?imei=867532051234567',
    });
    expect(fieldsOf(decoded, 'form:data base64')).toEqual({ mac: 'a4:50:46:1b:2c:3d' });
    expect(fieldsOf(decoded, 'form:u text')).toEqual({ imei: '867532051234567' });
  });

  it('opens JSON in strings of JSON, and gzip inside base64', () => {
    const packed = gzipSync('{"imei":"867532051234567"}').toString('base64');
    const decoded = decode(JSON.stringify({ a: JSON.stringify({ b: 'x"y', c: packed }) }));
    expect(layersOf(decoded)).toMatchObject({
      'json:a text': JSON.stringify({ b: 'x"y', c: packed }),
      'json:a text json:c base64 gzip': '{"imei":"867532051234567"}',
    });
  });

  it('keeps base64 whose plus signs were not escaped', () => {
    const bytes = Buffer.from(Array.from({ length: 48 }, (_, at) => (at * 37 + 251) & 0xff));
    const text = bytes.toString('base64');
    expect(text).toContain('+');
    const decoded = decode(`d=${text}`);
    expect(Buffer.from(decoded.layers[1]?.bytes ?? []).equals(bytes)).toBe(true);
  });

  it('gives every byte that a cut body holds, at every cut', () => {
    const text = JSON.stringify(Array.from({ length: 60 }, (_, n) => ({ n, id: `x${(n * 2654435761) % 99991}` })));
    for (const [token, body] of [
      ['gzip', gzipSync(text)],
      ['deflate', deflateSync(text)],
      ['br', brotliCompressSync(text)],
    ] as const) {
      let before = 0;
      for (let cut = 0; cut < body.length; cut++) {
        const decoded = decode(body.subarray(0, cut), { contentEncodings: [token], whole: false });
        const read = Buffer.from(decoded.layers[1]?.bytes ?? []);
        expect(text.startsWith(read.toString()), `${token} cut at ${cut}`).toBe(true);
        expect(read.length).toBeGreaterThanOrEqual(before);
        before = read.length;
        if (cut > 0)
          expect(decoded.gaps.map((gap) => gap.kind)).toContain(read.length > 0 ? 'body-cut' : 'decode-failed');
      }
      expect(before).toBeGreaterThan(text.length - 300);
    }
  });

  it('gives all that stands before a damaged byte', () => {
    const text =
      'abc'.repeat(5) + Array.from({ length: 4000 }, (_, n) => ((n * 2654435761) >>> 7).toString(36)).join('');
    const body = gzipSync(text, { level: 1 });
    const damaged = Buffer.from(body);
    damaged.fill(0xff, body.length >> 1, (body.length >> 1) + 40);
    const decoded = decode(damaged, { contentEncodings: ['gzip'] });
    const read = Buffer.from(decoded.layers[1]?.bytes ?? []).toString();
    expect(decoded.gaps).toMatchObject([{ kind: 'decode-failed', at: ['gzip'] }]);
    expect(read.slice(0, text.length >> 1).length).toBeGreaterThan(text.length * 0.4);
    expect(text.startsWith(read.slice(0, Math.floor(text.length * 0.45)))).toBe(true);
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(50_000_000), { level: 9 })],
    ['br', brotliCompressSync(Buffer.alloc(50_000_000, 'ab'))],
  ])('stops a %s bomb at the limit and says how much was left', (token, bomb) => {
    const decoded = decode(bomb, { contentEncodings: [token] }, { decodedBytesMax: 2_000_000 });
    expect(decoded.layers[1]?.bytes.length).toBeLessThanOrEqual(2_000_000);
    if (token === 'gzip') expect(decoded.layers[1]?.bytes.length).toBeGreaterThan(1_700_000);
    expect(decoded.gaps).toMatchObject([{ kind: 'limit-decoded-bytes' }]);
  });

  it.each([
    [
      '{"a":[1,2,{"b":"c"}],"d":-1.50e+3,"e":null,"f":true,"":"x"}',
      { 'a.0': '1', 'a.1': '2', 'a.2.b': 'c', d: '-1.50e+3', e: 'null', f: 'true', '': 'x' },
    ],
    ['{"n":123456789012345678901234567890.10}', { n: '123456789012345678901234567890.10' }],
    ['[[],{},[[1]]]', { '2.0.0': '1' }],
    ['{"a":1}\n{"a":2}\n', { a: '1', '1.a': '2' }],
    ['{"a":1}{"a":2}', { a: '1', '1.a': '2' }],
    ['{"名":"值","b":"\\u503c\\/x"}', { 名: '值', b: '值/x' }],
    ['\ufeff{"a":1}', { a: '1' }],
    ['{"a":1,"b":"cut', { a: '1', b: 'cut' }],
  ])('names the values of %s', (body, fields) => {
    const decoded = decode(body);
    expect(fieldsOf(decoded)).toEqual(fields);
    expect(wrongSpans(decoded)).toEqual([]);
  });
});
