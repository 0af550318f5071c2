import { once } from 'node:events';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { MessageWriter } from '../../../src/intercept/http1/message-writer.ts';
import { cleanup, startServer } from '../harness.ts';

/** A connection whose far end reads nothing until it is told to. */
async function slowConnection(): Promise<{ socket: Socket; far: Socket }> {
  let accept = (_: Socket) => {};
  const accepted = new Promise<Socket>((done) => {
    accept = done;
  });
  const port = await startServer((one) => accept(one.pause()));
  const socket = connect({ port, host: '127.0.0.1', highWaterMark: 256 * 1024 } as NetConnectOpts);
  cleanup(() => socket.destroy());
  await once(socket, 'connect');
  return { socket, far: await accepted };
}

it.each([
  ['large pieces only', []],
  ['a small piece behind them', [100]],
  ['many small ones', Array(40).fill(3_000)],
])('tells that the other side has caught up: %s', async (_, small) => {
  const { socket, far } = await slowConnection();
  let drained = 0;
  const writer = new MessageWriter(socket, () => {
    drained++;
  });
  const piece = Buffer.alloc(16 * 1024, 'x');
  let sent = 0;
  for (let full = 0; full < 3; ) {
    full = writer.body(piece, false) ? 0 : full + 1;
    sent += piece.length;
    // What the kernel takes comes off again.
    await new Promise(setImmediate);
  }
  for (const size of small) {
    writer.body(piece.subarray(0, size), false);
    sent += size;
  }
  const before = drained;
  let received = 0;
  far.on('data', (bytes) => {
    received += bytes.length;
  });
  far.resume();
  while (received < sent || drained === before) await new Promise(setImmediate);
  expect(received).toBe(sent);
  expect(drained).toBeGreaterThan(before);
});
