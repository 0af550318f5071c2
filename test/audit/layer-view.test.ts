import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bodyView, headView, type LayerView } from '../../src/audit/layer-view.ts';
import { decodeBody } from '../../src/decode/decode-body.ts';
import { decodeRequestHead } from '../../src/decode/decode-head.ts';
import { describeBody } from '../../src/decode/describe.ts';
import type { Headers } from '../../src/model/exchange.ts';
import type { Finding } from '../../src/model/finding.ts';
import { DEFAULT_LIMITS } from '../../src/model/limits.ts';

function finding(changes: Partial<Finding>): Finding {
  return {
    id: 1,
    dataType: 'imei',
    transform: 'plain',
    place: 'body',
    field: null,
    decodeChain: [],
    ...changes,
  } as Finding;
}

function viewBody(bytes: Uint8Array, headers: Headers, findings: readonly Finding[]) {
  return bodyView(decodeBody(bytes, describeBody(headers, true), DEFAULT_LIMITS), findings);
}

function marked({ text, spans }: LayerView): string[] {
  return spans.map(({ start, end }) => text.slice(start, end));
}

describe('bodyView', () => {
  it('shows the layer that a finding was made in, with its bytes marked', () => {
    const json = '{"名":"é","imei":"867532051234569"}';
    const offset = Buffer.byteLength(json.slice(0, json.indexOf('8675')));
    const found = finding({ decodeChain: ['gzip', 'json:imei'], offset, length: 15 });
    const { layers } = viewBody(
      gzipSync(json),
      [
        ['Content-Encoding', 'gzip'],
        ['Content-Type', 'application/json'],
      ],
      [found],
    );
    expect(layers.map(({ chain, binary }) => [chain, binary])).toEqual([
      [[], true],
      [['gzip'], false],
    ]);
    expect(marked(layers[1] as LayerView)).toEqual(['867532051234569']);
  });

  it('marks bytes of a body that is no text', () => {
    const bytes = Buffer.concat([Buffer.from([0, 0xff, 0xfe]), Buffer.from('9f8e7d6c5b4a3921'), Buffer.from([0x80])]);
    const { layers } = viewBody(bytes, [], [finding({ offset: 3, length: 16 })]);
    expect(layers[0]?.binary).toBe(true);
    expect(marked(layers[0] as LayerView)).toEqual(['9f8e7d6c5b4a3921']);
  });

  it('takes a text that is cut inside a character for text', () => {
    const { layers } = viewBody(Buffer.from('汉'.repeat(40_000)), [['Content-Type', 'text/plain']], []);
    expect(layers[0]).toMatchObject({ binary: false, left: 120_000 - 65_536 });
  });

  it('does not mark what lies beyond the bytes shown', () => {
    const bytes = Buffer.from(`${'x'.repeat(70_000)}867532051234569`);
    const { layers } = viewBody(bytes, [], [finding({ offset: 70_000, length: 15 })]);
    expect(layers[0]?.spans).toEqual([]);
  });
});

describe('headView', () => {
  const head = {
    method: 'GET',
    scheme: 'https',
    host: 'a.example.com',
    port: 443,
    target: '/x?imei=867532051234569',
    httpVersion: '1.1',
    headers: [
      ['X-Device', 'id=9f8e7d6c5b4a3921;'],
      ['Accept', '*/*'],
    ],
  } as const;

  it('shows a head as it is written, each finding marked in its own line', () => {
    const findings = [
      finding({
        place: 'url',
        field: 'imei',
        decodeChain: ['query:imei'],
        offset: 'https://a.example.com/x?imei='.length,
        length: 15,
      }),
      finding({ id: 2, place: 'header', field: 'X-Device', decodeChain: ['header:X-Device'], offset: 3, length: 16 }),
    ];
    const { layers } = headView(decodeRequestHead(head, DEFAULT_LIMITS), findings);
    expect(layers[0]?.text).toBe(
      'https://a.example.com/x?imei=867532051234569\nX-Device: id=9f8e7d6c5b4a3921;\nAccept: */*\n',
    );
    expect(marked(layers[0] as LayerView)).toEqual(['867532051234569', '9f8e7d6c5b4a3921']);
  });
});
