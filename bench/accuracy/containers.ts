import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { encode as encodeMessagePack } from '@msgpack/msgpack';
import { encode as encodeCbor } from 'cborg';
import type { Headers, RequestHead } from '../../src/model/exchange.ts';

/** A request as it would go over the wire. */
export interface Sample {
  readonly head: RequestHead;
  readonly body: Uint8Array;
}

/** A place in a request that a value, dressed or not, may be put into. */
export interface Container {
  readonly name: string;
  /** Null where it cannot hold the content: bytes in text. */
  readonly hold: (content: string | Uint8Array) => Sample | null;
}

function request(target: string, headers: Headers = [], body: string | Uint8Array = ''): Sample {
  const head = {
    method: 'POST',
    scheme: 'https',
    host: 'log.example.com',
    port: 443,
    target,
    httpVersion: '1.1',
  } as const;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return {
    head: { ...head, headers: [['Host', 'log.example.com'], ['User-Agent', 'okhttp/4.9.3'], ...headers] },
    body: bytes,
  };
}

const withBody = (type: string, body: string | Uint8Array, more: Headers = []) =>
  request('/v1/report', [['Content-Type', type], ...more], body);
const text = (hold: (content: string) => Sample) => (content: string | Uint8Array) =>
  typeof content === 'string' ? hold(content) : null;
const ascii = (hold: (content: string) => Sample) => (content: string | Uint8Array) =>
  typeof content === 'string' && /^[\x20-\x7e]+$/.test(content) ? hold(content) : null;
const json = (value: unknown) => JSON.stringify({ ts: 1_700_000_123, ev: [{ name: 'open', n: 3 }], ctx: { k: value } });
/** JSON in which what is already escaped stays so. */
const rawJson = (content: string) => `{"ts":1700000123,"ctx":{"k":"${content.replace(/"/g, '\\"')}"},"z":"end"}`;
const JSON_TYPE = 'application/json; charset=utf-8';

export const CONTAINERS: readonly Container[] = [
  { name: 'query', hold: text((content) => request(`/t?ev=open&k=${encodeURIComponent(content)}&n=1`)) },
  {
    name: 'query as it is',
    hold: ascii((content) => request(`/t?ev=open&k=${content.replace(/[ #&+]/g, encodeURIComponent)}&n=1`)),
  },
  { name: 'path', hold: text((content) => request(`/device/${encodeURIComponent(content)}/open`)) },
  { name: 'header', hold: ascii((content) => request('/v1/report', [['X-K', content]])) },
  {
    name: 'cookie',
    hold: text((content) => request('/v1/report', [['Cookie', `s=1; k=${encodeURIComponent(content)}; t=2`]])),
  },
  {
    name: 'form',
    hold: text((content) =>
      withBody('application/x-www-form-urlencoded', `ev=open&k=${encodeURIComponent(content)}&n=1`),
    ),
  },
  { name: 'JSON', hold: text((content) => withBody(JSON_TYPE, json(content))) },
  { name: 'JSON with escapes', hold: text((content) => withBody(JSON_TYPE, rawJson(content))) },
  { name: 'JSON in JSON', hold: text((content) => withBody(JSON_TYPE, json(json(content)))) },
  {
    name: 'NDJSON',
    hold: text((content) => withBody('application/x-ndjson', `${json('a')}\n${json(content)}\n${json('b')}\n`)),
  },
  {
    name: 'JSON in UTF-16',
    hold: text((content) => withBody('application/json', Buffer.from(json(content), 'utf16le'))),
  },
  {
    name: 'JSON, gzip',
    hold: text((content) => withBody(JSON_TYPE, gzipSync(json(content)), [['Content-Encoding', 'gzip']])),
  },
  {
    name: 'JSON, deflate',
    hold: text((content) => withBody(JSON_TYPE, deflateSync(json(content)), [['Content-Encoding', 'deflate']])),
  },
  {
    name: 'JSON, raw deflate',
    hold: text((content) => withBody(JSON_TYPE, deflateRawSync(json(content)), [['Content-Encoding', 'deflate']])),
  },
  {
    name: 'JSON, br',
    hold: text((content) => withBody(JSON_TYPE, brotliCompressSync(json(content)), [['Content-Encoding', 'br']])),
  },
  {
    name: 'JSON, gzip not labelled',
    hold: text((content) => withBody('application/octet-stream', gzipSync(json(content)))),
  },
  {
    name: 'form, gzip + base64',
    hold: text((content) =>
      withBody(
        'application/x-www-form-urlencoded',
        `gzip=1&data_list=${encodeURIComponent(gzipSync(json(content)).toString('base64'))}`,
      ),
    ),
  },
  {
    name: 'form, base64 of JSON',
    hold: text((content) =>
      withBody(
        'application/x-www-form-urlencoded',
        `data=${encodeURIComponent(Buffer.from(json(content)).toString('base64'))}`,
      ),
    ),
  },
  {
    name: 'query, base64url of JSON',
    hold: text((content) => request(`/t?d=${Buffer.from(json(content)).toString('base64url')}`)),
  },
  {
    name: 'body, base64 of JSON',
    hold: text((content) => withBody('text/plain', Buffer.from(json(content)).toString('base64'))),
  },
  {
    name: 'body, hex of JSON',
    hold: text((content) => withBody('text/plain', Buffer.from(json(content)).toString('hex'))),
  },
  { name: 'multipart', hold: (content) => multipart(content) },
  {
    name: 'XML text',
    hold: text((content) => withBody('text/xml', `<?xml version="1.0"?><r><ev>open</ev><k>${xml(content)}</k></r>`)),
  },
  { name: 'XML attribute', hold: text((content) => withBody('text/xml', `<r><e ev="open" k="${xml(content)}"/></r>`)) },
  { name: 'plain text', hold: text((content) => withBody('text/plain', `2023-11-14 open [${content}] done\n`)) },
  { name: 'protobuf', hold: (content) => withBody('application/x-protobuf', protobuf(content)) },
  {
    name: 'protobuf, gzip',
    hold: (content) => withBody('application/x-protobuf', gzipSync(protobuf(content)), [['Content-Encoding', 'gzip']]),
  },
  { name: 'protobuf not labelled', hold: (content) => withBody('application/octet-stream', protobuf(content)) },
  {
    name: 'MessagePack',
    hold: (content) => withBody('application/msgpack', encodeMessagePack({ ts: 1_700_000_123, ctx: { k: content } })),
  },
  {
    name: 'CBOR',
    hold: (content) => withBody('application/cbor', encodeCbor({ ts: 1_700_000_123, ctx: { k: content } })),
  },
  { name: 'gRPC', hold: (content) => withBody('application/grpc', grpc(protobuf(content))) },
  {
    name: 'bytes between zeros',
    hold: (content) =>
      withBody(
        'application/octet-stream',
        Buffer.concat([Buffer.alloc(9, 1), lengthPrefixed(content), Buffer.alloc(9)]),
      ),
  },
];

function xml(value: string): string {
  return value.replace(/[<>&"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function multipart(content: string | Uint8Array): Sample {
  const part = (name: string, value: string | Uint8Array) =>
    Buffer.concat([
      Buffer.from(`--xxBOUNDARYxx\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`),
      Buffer.from(value as string),
      Buffer.from('\r\n'),
    ]);
  const body = Buffer.concat([part('ev', 'open'), part('k', content), Buffer.from('--xxBOUNDARYxx--\r\n')]);
  return withBody('multipart/form-data; boundary=xxBOUNDARYxx', body);
}

/** Fields: 1 a word, 2 a nested message with the content as its field 3, 4 a number. */
function protobuf(content: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(content as string);
  const inner = Buffer.concat([Buffer.from([0x08, 0x96, 0x01, 0x1a]), varint(bytes.length), bytes]);
  return Buffer.concat([
    Buffer.from([0x0a, 4]),
    Buffer.from('open'),
    Buffer.from([0x12]),
    varint(inner.length),
    inner,
    Buffer.from([0x20, 0x2a]),
  ]);
}

function varint(value: number): Uint8Array {
  return value < 128 ? Uint8Array.of(value) : Uint8Array.of((value & 127) | 128, value >> 7);
}

function grpc(message: Uint8Array): Uint8Array {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function lengthPrefixed(content: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(content as string);
  const head = Buffer.alloc(2);
  head.writeUInt16BE(bytes.length);
  return Buffer.concat([head, bytes]);
}
