import { describe, expect, it } from 'vitest';
import { type Frame, FrameReader } from '../../../src/intercept/websocket/frame-reader.ts';

function frame(opcode: number, payload: string | Buffer, { fin = true, mask = false, rsv = 0 } = {}): Buffer {
  const body = Buffer.from(payload);
  const size = body.length < 126 ? 2 : body.length < 65536 ? 4 : 10;
  const head = Buffer.alloc(size);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = (mask ? 0x80 : 0) | (size === 2 ? body.length : size === 4 ? 126 : 127);
  if (size === 4) head.writeUInt16BE(body.length, 2);
  if (size === 10) head.writeBigUInt64BE(BigInt(body.length), 2);
  if (!mask) return Buffer.concat([head, body]);
  const key = Buffer.from([1, 2, 3, 4]);
  return Buffer.concat([head, key, body.map((byte, index) => byte ^ (key[index % 4] as number))]);
}

function read(pieces: readonly Buffer[], bytesMax = 1_000_000): string[] {
  const seen: string[] = [];
  const reader = new FrameReader(
    {
      message: ({ opcode, compressed, payload }: Frame) =>
        seen.push(`${opcode}${compressed ? '*' : ''}:${payload.toString('latin1')}`),
      tooLarge: (bytes) => seen.push(`too large:${bytes}`),
      broken: (reason) => seen.push(`broken:${reason}`),
    },
    bytesMax,
  );
  for (const piece of pieces) reader.feed(piece);
  return seen;
}

const conversation = Buffer.concat([
  frame(1, 'hello', { mask: true }),
  frame(2, 'frag', { fin: false, mask: true }),
  frame(9, 'ping', { mask: true }),
  frame(0, 'ment', { fin: false, mask: true }),
  frame(0, 's', { mask: true }),
  frame(1, '', { mask: true }),
  frame(1, 'squeezed', { rsv: 4 }),
  frame(2, 'x'.repeat(300)),
  frame(8, '\x03\xe8bye'),
]);
const heard = ['text:hello', 'ping:ping', 'binary:fragments', 'text:', 'text*:squeezed', `binary:${'x'.repeat(300)}`];

describe('FrameReader', () => {
  it('reads the same messages wherever the bytes are cut', () => {
    const whole = read([conversation]);
    expect(whole.slice(0, -1)).toEqual(heard);
    expect(whole.at(-1)).toMatch(/^close:/);
    for (let at = 0; at <= conversation.length; at++) {
      expect(read([conversation.subarray(0, at), conversation.subarray(at)]), `cut at ${at}`).toEqual(whole);
    }
    expect(read([...conversation].map((byte) => Buffer.from([byte])))).toEqual(whole);
  });

  it('reads a message whose length needs eight bytes', () => {
    const large = 'y'.repeat(70_000);
    expect(read([frame(1, large, { mask: true })])).toEqual([`text:${large}`]);
  });

  it('passes over a message beyond the limit and reads the next', () => {
    const bytes = Buffer.concat([
      frame(1, 'z'.repeat(50), { fin: false, mask: true }),
      frame(0, 'z'.repeat(60), { mask: true }),
      frame(1, 'next', { mask: true }),
    ]);
    expect(read([bytes], 100)).toEqual(['too large:110', 'text:next']);
    expect(read([frame(1, 'z'.repeat(100))], 100)).toEqual([`text:${'z'.repeat(100)}`]);
  });

  it.each([
    ['reserved bits', frame(1, 'a', { rsv: 1 })],
    ['an unknown opcode', frame(3, 'a')],
    ['an unknown control opcode', frame(11, 'a')],
    ['a fragmented ping', frame(9, 'a', { fin: false })],
    ['a long ping', frame(9, 'a'.repeat(126))],
    ['a continuation of nothing', frame(0, 'a')],
    ['a message inside a message', Buffer.concat([frame(1, 'a', { fin: false }), frame(1, 'b')])],
  ])('stops at %s', (_, bytes) => {
    const seen = read([bytes, frame(1, 'never read')]);
    expect(seen).toEqual([expect.stringMatching(/^broken:/)]);
  });
});
