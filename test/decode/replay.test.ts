import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { BodyDescription } from '../../src/decode/decode-body.ts';
import { replayChain } from '../../src/decode/replay.ts';
import { DEFAULT_LIMITS } from '../../src/model/limits.ts';

const about: BodyDescription = {
  contentType: 'application/json',
  contentEncodings: ['gzip'],
  whole: true,
  codec: null,
  head: null,
};
const inner = '{"mac":"a4:50:46:1b:2c:3d"}';
const packed = Buffer.from(inner).toString('base64');
const outer = JSON.stringify({ data: packed, idmd5: '29b0af7ed86cc3b0', list: ['a=1&b=2&b=3'], auth: `v1:${packed}` });
const body = gzipSync(outer);

describe('replayChain', () => {
  it.each([
    [['gzip'], [outer]],
    [
      ['gzip', 'json:idmd5'],
      [outer, '29b0af7ed86cc3b0'],
    ],
    [
      ['gzip', 'json:data', 'base64', 'json:mac'],
      [outer, Buffer.from(inner).toString('base64'), inner, 'a4:50:46:1b:2c:3d'],
    ],
    [['gzip', 'json:nothing'], [outer]],
    [
      ['gzip', 'json:list.0', 'text', 'form:b#2'],
      [outer, 'a=1&b=2&b=3', 'a=1&b=2&b=3', '3'],
    ],
    [
      ['gzip', 'json:auth', 'part:0', 'base64', 'json:mac'],
      [outer, `v1:${packed}`, packed, inner, 'a4:50:46:1b:2c:3d'],
    ],
    [['br'], []],
  ])('walks %j', (chain, texts) => {
    const steps = replayChain(body, chain, about, DEFAULT_LIMITS);
    expect(steps.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(texts);
    expect(steps.map(({ step }) => step)).toEqual(chain.slice(0, texts.length));
  });
});
