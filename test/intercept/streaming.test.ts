import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { builtSource } from './built.ts';
import { answering, cleanup, openTls, RawClient, serverAuthority, startProxy, startTlsServer } from './harness.ts';

const MEGABYTE = 1024 * 1024;

/** Takes any number of requests; says how many body bytes came and their hash, or sends the number of bytes asked for. */
function originFor(pieces: Buffer): (socket: TLSSocket) => void {
  return (socket) => {
    let head = '';
    let left = -1;
    let hash = createHash('sha256');
    socket.on('data', (bytes: Buffer) => {
      let body = bytes;
      if (left < 0) {
        head += bytes.toString('latin1');
        const end = head.indexOf('\r\n\r\n');
        if (end === -1) return;
        const wanted = /^GET \/(\d+)/.exec(head);
        if (wanted !== null) {
          head = '';
          send(socket, pieces, Number(wanted[1]));
          return;
        }
        left = Number(/content-length: (\d+)/i.exec(head)?.[1]);
        body = Buffer.from(head.slice(end + 4), 'latin1');
        hash = createHash('sha256');
        head = '';
      }
      hash.update(body);
      left -= body.length;
      if (left > 0) return;
      left = -1;
      const digest = hash.digest('hex');
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${digest.length}\r\n\r\n${digest}`);
    });
  };
}

function send(socket: TLSSocket, piece: Buffer, total: number): void {
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`);
  let left = total;
  const go = () => {
    while (left > 0) {
      const part = left >= piece.length ? piece : piece.subarray(0, left);
      left -= part.length;
      if (!socket.write(part)) {
        socket.once('drain', go);
        return;
      }
    }
  };
  go();
}

/** Lines of a child's stdout, one at a time. */
function lines(child: ChildProcess): () => Promise<Record<string, unknown>> {
  const reader = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  return async () => JSON.parse((await reader.next()).value as string) as Record<string, unknown>;
}

describe('bodies', () => {
  it('of 200 MB go up and down with less than 300 MB of memory, every byte heard', { timeout: 180_000 }, async () => {
    const piece = Buffer.alloc(MEGABYTE, 'telltale ');
    const origin = await startTlsServer('big.example', originFor(piece));
    const folder = mkdtempSync(join(tmpdir(), 'telltale-streaming-'));
    const program = join(import.meta.dirname, 'fixtures', 'proxy-process.mjs');
    const child = spawn(
      process.execPath,
      [program, builtSource(), folder, serverAuthority().path, `big.example=${origin}`],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    cleanup(() => child.kill('SIGKILL'));
    const next = lines(child);
    const { port, pem } = (await next()) as { port: number; pem: string };
    const tunnel = await RawClient.open(port);
    tunnel.send('CONNECT big.example:443 HTTP/1.1\r\nHost: big.example:443\r\n\r\n');
    await tunnel.until('\r\n\r\n');
    tunnel.socket.removeAllListeners('data');
    const tls = connectTls({ socket: tunnel.socket, ca: pem, servername: 'big.example' });
    await new Promise((done) => tls.once('secureConnect', done));

    const hash = createHash('sha256');
    tls.write(`POST / HTTP/1.1\r\nHost: big.example\r\nContent-Length: ${200 * MEGABYTE}\r\n\r\n`);
    for (let sent = 0; sent < 200; sent++) {
      hash.update(piece);
      if (!tls.write(piece)) await new Promise((go) => tls.once('drain', go));
    }
    const reply = await new Promise<string>((done) => tls.once('data', (bytes: Buffer) => done(bytes.toString())));
    expect(reply).toContain(hash.digest('hex'));

    tls.write(`GET /${200 * MEGABYTE} HTTP/1.1\r\nHost: big.example\r\n\r\n`);
    let received = 0;
    await new Promise<void>((done) => {
      tls.on('data', (bytes: Buffer) => {
        received += bytes.length;
        if (received > 200 * MEGABYTE) done();
      });
    });
    child.stdin.write('now\n');
    const seen = await next();
    expect(seen).toMatchObject({ requestBytes: 200 * MEGABYTE, responseBytes: 200 * MEGABYTE + 64, errors: [] });
    expect((seen['peakRss'] as number) / MEGABYTE).toBeLessThan(300);
    tls.destroy();
  });

  it('wait for a slow phone: the server is not read on its behalf', async () => {
    const piece = Buffer.alloc(64 * 1024, 'x');
    let written = 0;
    const origin = await startTlsServer('big.example', (socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n');
        const go = () => {
          while (socket.write(piece)) written += piece.length;
          written += piece.length;
          socket.once('drain', go);
        };
        go();
      });
    });
    const proxy = await startProxy({ resolve: new Map([['big.example', { host: '127.0.0.1', port: origin }]]) });
    const phone = await openTls(proxy, 'big.example:443');
    phone.socket.pause();
    phone.send('GET / HTTP/1.1\r\nHost: big.example\r\n\r\n');
    await settled(() => written);
    // What the kernel's socket buffers hold on both legs, and no more.
    expect(written).toBeLessThan(32 * MEGABYTE);
  });

  it('wait for the audit: neither side is read while the sink is full', async () => {
    let ready = () => {};
    let heard = 0;
    const origin = await startTlsServer('big.example', originFor(Buffer.alloc(MEGABYTE)));
    const proxy = await startProxy({
      resolve: new Map([['big.example', { host: '127.0.0.1', port: origin }]]),
      sink: {
        accept: (event) => {
          if (event.type === 'response-bytes') heard += event.bytes.length;
          return event.type !== 'response-bytes';
        },
        whenReady: () =>
          new Promise((done) => {
            ready = done;
          }),
      },
    });
    const phone = await openTls(proxy, 'big.example:443');
    phone.send(`GET /${40 * MEGABYTE} HTTP/1.1\r\nHost: big.example\r\n\r\n`);
    await settled(() => heard);
    expect(heard).toBeGreaterThan(0);
    expect(heard).toBeLessThan(MEGABYTE);
    const before = heard;
    ready();
    await settled(() => heard);
    expect(heard).toBeGreaterThan(before);
  });
});

describe('a kept connection to a server', () => {
  it('is read again after an exchange that ended while the audit was behind', async () => {
    let connections = 0;
    const serve = answering(() => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    const origin = await startTlsServer('big.example', (socket) => {
      connections++;
      serve(socket);
    });
    const proxy = await startProxy({
      resolve: new Map([['big.example', { host: '127.0.0.1', port: origin }]]),
      sink: {
        accept: (event) => event.type !== 'response-bytes',
        whenReady: () => new Promise((done) => setTimeout(done, 20)),
      },
    });
    const phone = await openTls(proxy, 'big.example:443');
    for (let turn = 0; turn < 4; turn++) {
      phone.send('GET / HTTP/1.1\r\nHost: big.example\r\n\r\n');
      await phone.until('ok');
      phone.take();
    }
    expect(connections).toBe(1);
  });
});

/** Waits until a number has stopped growing for a while. */
async function settled(read: () => number): Promise<void> {
  for (let last = -1, same = 0; same < 5; ) {
    await new Promise((go) => setTimeout(go, 40));
    same = read() === last && last > 0 ? same + 1 : 0;
    last = read();
  }
}
