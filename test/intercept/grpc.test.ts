import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { grpcReaderFor } from '../../src/intercept/grpc.ts';

function frame(payload: Buffer, flags = 0): Buffer {
  const head = Buffer.alloc(5);
  head[0] = flags;
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

function read(pieces: readonly Buffer[], encoding = 'gzip', bytesMax = 1_000): string[] {
  const seen: string[] = [];
  const reader = grpcReaderFor(
    'request',
    [
      ['Content-Type', 'application/grpc+proto'],
      ['grpc-encoding', encoding],
    ],
    bytesMax,
    {
      grpcMessage: (direction, bytes) => seen.push(`${direction}:${Buffer.from(bytes).toString()}`),
      grpcGap: (_, kind, __, bytesUnread) => seen.push(`${kind}:${bytesUnread}`),
    },
  );
  for (const piece of pieces) reader?.feed(piece);
  return seen;
}

const call = Buffer.concat([
  frame(Buffer.from('one')),
  frame(gzipSync('two'), 1),
  frame(Buffer.alloc(0)),
  frame(Buffer.from('grpc-status:0'), 0x80),
  frame(Buffer.from('three')),
]);
const messages = ['request:one', 'request:two', 'request:', 'request:three'];

describe('GrpcReader', () => {
  it('reads the same messages wherever the bytes are cut', () => {
    expect(read([call])).toEqual(messages);
    for (let at = 0; at <= call.length; at++)
      expect(read([call.subarray(0, at), call.subarray(at)]), `cut at ${at}`).toEqual(messages);
    expect(read([...call].map((byte) => Buffer.from([byte])))).toEqual(messages);
  });

  it.each([
    [
      'a message beyond the limit',
      Buffer.concat([frame(Buffer.alloc(1_001)), frame(Buffer.from('next'))]),
      'gzip',
      ['limit-decoded-bytes:1001', 'request:next'],
    ],
    [
      'one that unpacks to more',
      Buffer.concat([frame(gzipSync(Buffer.alloc(2_000)), 1), frame(Buffer.from('next'))]),
      'gzip',
      [expect.stringMatching(/^decode-failed:/), 'request:next'],
    ],
    ['a coding that is not known', frame(Buffer.from('x'), 1), 'snappy', ['decode-failed:1']],
    ['a message that is cut', frame(Buffer.from('never whole')).subarray(0, 9), 'gzip', []],
  ])('goes on after %s', (_, bytes, encoding, expected) => {
    expect(read([bytes], encoding)).toEqual(expected);
  });

  it.each([
    ['application/grpc', true],
    ['application/grpc-web+proto', true],
    ['application/grpc-web-text', false],
    ['application/json', false],
  ])('is there for %s: %s', (type, there) => {
    const handler = { grpcMessage: () => {}, grpcGap: () => {} };
    expect(grpcReaderFor('response', [['content-type', type]], 1, handler) !== null).toBe(there);
  });
});
