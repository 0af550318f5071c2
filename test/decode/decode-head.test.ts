import { describe, expect, it } from 'vitest';
import { decodeRequestHead, decodeResponseHead } from '../../src/decode/decode-head.ts';
import type { RequestHead } from '../../src/model/exchange.ts';
import { DEFAULT_LIMITS } from '../../src/model/limits.ts';

const head: RequestHead = {
  method: 'GET',
  scheme: 'https',
  host: 'a.example',
  port: 443,
  target: '/v1/867532051234567/x%2Fy?imei=867532051234567&d=%7B%22mac%22%3A%22a4%22%7D',
  httpVersion: '1.1',
  headers: [
    ['Host', 'a.example'],
    ['X-Info', Buffer.from('{"aid":"9f8e7d6c5b4a3921"}').toString('base64')],
    ['Cookie', 'uid=9f8e7d6c5b4a3921; t="a%20b"'],
  ],
};

describe('decodeRequestHead', () => {
  const decoded = decodeRequestHead(head, DEFAULT_LIMITS);
  const text = (start: number, end: number) =>
    Buffer.from(decoded.layers[0]?.bytes ?? []).toString('latin1', start, end);

  it('joins the parts and says where each stands', () => {
    expect(decoded.parts.map(({ place, name, start, end }) => [place, name, text(start, end)])).toEqual([
      ['url', null, `https://a.example${head.target}`],
      ['header', 'Host', 'a.example'],
      ['header', 'X-Info', head.headers[1]?.[1]],
      ['cookie', 'Cookie', head.headers[2]?.[1]],
    ]);
  });

  it('names path segments, parameters, headers and cookies', () => {
    expect(
      decoded.layers[0]?.fields.map(({ syntax, path, text, start, end }) => [syntax, path, text, start < end]),
    ).toEqual([
      ['path', '0', 'v1', true],
      ['path', '1', '867532051234567', true],
      ['path', '2', 'x/y', true],
      ['query', 'imei', '867532051234567', true],
      ['query', 'd', '{"mac":"a4"}', true],
      ['header', 'Host', 'a.example', true],
      ['header', 'X-Info', head.headers[1]?.[1], true],
      ['cookie', 'uid', '9f8e7d6c5b4a3921', true],
      ['cookie', 't', 'a b', true],
    ]);
    const imei = decoded.layers[0]?.fields[3];
    expect(text(imei?.start as number, imei?.end as number)).toBe('867532051234567');
  });

  it('opens what is coded in them', () => {
    expect(decoded.layers.slice(1).map((layer) => [layer.chain, Buffer.from(layer.bytes).toString()])).toEqual([
      [['path:2', 'text'], 'x/y'],
      [['query:d', 'text'], '{"mac":"a4"}'],
      [['header:X-Info', 'base64'], '{"aid":"9f8e7d6c5b4a3921"}'],
      [['cookie:t', 'text'], 'a b'],
    ]);
    expect(decoded.layers[2]?.fields).toMatchObject([{ path: 'mac', text: 'a4' }]);
  });
});

describe('decodeResponseHead', () => {
  it('has no URL', () => {
    const decoded = decodeResponseHead(
      { status: 200, reason: 'OK', httpVersion: '1.1', headers: [['Set-Cookie', 'id=1; Path=/']] },
      DEFAULT_LIMITS,
    );
    expect(decoded.parts).toEqual([{ place: 'cookie', name: 'Set-Cookie', start: 0, end: 12 }]);
    expect(decoded.layers[0]?.fields).toMatchObject([
      { path: 'id', text: '1' },
      { path: 'Path', text: '/' },
    ]);
  });

  it.each([
    // Of the key dGhlIHNhbXBsZSBub25jZQ==, as RFC 6455 §1.3 has it.
    ['Sec-WebSocket-Accept', []],
    ['X-Accept', ['opaque-body']],
  ])('has a gap for what looks encrypted, but not where the protocol says what it is: %s', (name, kinds) => {
    const headers = [[name, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=']] as const;
    const { layers, gaps } = decodeResponseHead(
      { status: 101, reason: '', httpVersion: '1.1', headers },
      DEFAULT_LIMITS,
    );
    expect(gaps.map(({ kind }) => kind)).toEqual(kinds);
    expect(layers[0]?.fields.map(({ path }) => path)).toEqual([name]);
  });
});
