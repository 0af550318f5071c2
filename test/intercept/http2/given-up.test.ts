import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { GivenUp } from '../../../src/intercept/http2/given-up.ts';
import { cleanup, startServer } from '../harness.ts';

const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
/** A frame of a type that nobody knows, which is passed over (RFC 9113 §4.1). */
const UNKNOWN = Buffer.concat([Buffer.from([0, 0, 91, 0xee, 0, 0, 0, 0, 0]), Buffer.alloc(91)]);

/** A session with a server that never acknowledges anything. */
async function open(): Promise<{ session: ClientHttp2Session; socket: Socket; server: Socket; givenUp: GivenUp }> {
  let accepted = (_: Socket) => {};
  const accepting = new Promise<Socket>((done) => {
    accepted = done;
  });
  const port = await startServer((socket) => accepted(socket.resume()));
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const session = connectHttp2('http://a.example', { createConnection: () => socket });
  session.on('error', () => {});
  cleanup(() => session.destroy());
  const server = await accepting;
  const givenUp = new GivenUp(session, socket, 1_000);
  return { session, socket, server, givenUp };
}

/** The server says this, and it is heard. */
async function say(server: Socket, socket: Socket, bytes: Buffer): Promise<void> {
  const wanted = socket.bytesRead + bytes.length;
  server.write(bytes);
  while (socket.bytesRead < wanted) await new Promise((go) => setImmediate(go));
}

const settled = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise((go) => setImmediate(go));
};

describe('GivenUp', () => {
  it('asks once for each silence, and waits longer while little is heard', async () => {
    const { socket, server, givenUp } = await open();
    await say(server, socket, SETTINGS);
    const looks = [];
    for (let turn = 0; turn < 8; turn++) {
      const before = socket.bytesWritten;
      const againMs = givenUp.look();
      await settled();
      looks.push(`${againMs} ${socket.bytesWritten - before}`);
      // As long as an acknowledgement, then longer.
      if (turn === 3) await say(server, socket, SETTINGS);
      if (turn === 5) await say(server, socket, UNKNOWN);
    }
    expect(looks).toEqual(['1000 0', '1000 9', '4000 0', '4000 0', '4000 0', '4000 0', '1000 0', '1000 9']);
  });

  it('leaves a server alone that says much and acknowledges nothing', async () => {
    const { session, socket, server, givenUp } = await open();
    await say(server, socket, SETTINGS);
    for (let turn = 0; turn < 30; turn++) {
      await say(server, socket, UNKNOWN);
      for (let look = 0; look < 3; look++) {
        expect(givenUp.look()).not.toBe(null);
        await settled();
      }
    }
    expect(session.destroyed).toBe(false);
  });

  it('tells of a connection that was given up', async () => {
    const { socket, server, givenUp } = await open();
    await say(server, socket, SETTINGS);
    await say(server, socket, Buffer.alloc(64, 255));
    const looks = [];
    for (let look = 0; look < 3; look++) {
      looks.push(givenUp.look());
      await settled();
    }
    expect(looks).toEqual([1_000, 1_000, null]);
  });
});
