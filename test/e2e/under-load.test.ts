import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EvidenceReader } from '../../src/evidence/evidence-reader.ts';
import { HOST, startCapture } from '../kit/capture.ts';
import { send } from '../kit/proxied-client.ts';
import { startProxy, telltale } from '../kit/telltale.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

describe('A proxy that is stopped under load', () => {
  it('ends in order: every answered exchange is stored whole, what was cut says so, and the seals hold', async () => {
    // One request is never answered: it must not keep the proxy from ending, nor be lost.
    const { db, proxy, connect } = await startCapture((request, response) => {
      if (request.url !== '/stalls') response.end(`answer to ${request.url}`);
    });
    const answered: string[] = [];
    let enough = () => {};
    const busy = new Promise<void>((settle) => {
      enough = settle;
    });
    const client = async (number: number) => {
      const agent = await connect();
      for (let turn = 0; ; turn++) {
        const path = `/load/${number}/${turn}`;
        const body = Buffer.from(`body of ${path}`);
        const answer = await send(agent, { host: HOST, path, method: 'POST' }, body).catch(() => null);
        if (answer === null) return;
        if (answer.body.toString() === `answer to ${path}`) answered.push(path);
        if (answered.length === 400) enough();
      }
    };
    const stalls = async () => {
      const agent = await connect();
      await send(agent, { host: HOST, path: '/stalls', method: 'POST' }, Buffer.from('waiting')).catch(() => null);
    };
    const clients = [stalls(), ...Array.from({ length: 16 }, (_, number) => client(number))];
    await busy;
    const { status } = await proxy.stop();
    await Promise.all(clients);

    expect(status).toBe(0);
    const reader = EvidenceReader.open(db);
    const stored = [...reader.exchanges({ capture: null, limit: null })].map(({ error, request }) => ({
      error,
      request,
    }));
    reader.close();
    const whole = new Set(stored.filter(({ error }) => error === null).map(({ request }) => request.target));
    expect(answered.filter((path) => !whole.has(path))).toEqual([]);
    expect(stored.find(({ request }) => request.target === '/stalls')?.error).toBeTruthy();
    expect(telltale('verify', '--db', db).status).toBe(0);
  });
});

describe('A burst of connections', () => {
  const CONNECTIONS = 2_000;

  it(`of ${CONNECTIONS} at a time is answered and stored, one by one`, { timeout: 60_000 }, async () => {
    const { proxy, db } = await plainProxy((request, response) => response.end(`answer to ${request.url}`));
    const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(proxy.port)));
    const answers = await Promise.all(sockets.map((socket, number) => get(socket, `/burst/${number}`)));
    expect(answers.filter((answer, number) => !answer.endsWith(`answer to /burst/${number}`))).toEqual([]);
    await proxy.stop();
    const reader = EvidenceReader.open(db);
    const stored = [...reader.exchanges({ capture: null, limit: null })].map(({ request }) => request.target);
    reader.close();
    expect(stored.length).toBe(CONNECTIONS);
    expect(new Set(stored).size).toBe(CONNECTIONS);
  });
});

describe('A phone that breaks off in the middle of a body', () => {
  it('leaves what it sent in the evidence, with a gap for the rest', async () => {
    let arrived = () => {};
    const began = new Promise<void>((settle) => {
      arrived = settle;
    });
    const { proxy, db } = await plainProxy((request) => {
      request.once('data', () => arrived());
      request.on('error', () => {});
    });
    const phone = await open(proxy.port);
    phone.write(`POST http://${HOST}/cut HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 1000\r\n\r\nthe beginning`);
    await began;
    phone.destroy();
    await proxy.stop();
    const reader = EvidenceReader.open(db);
    const [exchange] = [...reader.exchanges({ capture: null, limit: null })];
    const body = exchange?.requestBody ? reader.body(exchange.requestBody.sha256) : null;
    reader.close();
    expect(Buffer.from(body ?? []).toString()).toBe('the beginning');
    const gaps = JSON.parse(telltale('gaps', '--db', db, '--format', 'json').stdout) as { kind: string }[];
    expect(gaps.map(({ kind }) => kind)).toContain('body-cut');
  });
});

/** A proxy in front of a server without TLS. */
async function plainProxy(answer: RequestListener) {
  const folder = temporaryFolder();
  const server = createServer(answer).listen(0, '127.0.0.1', 4_096);
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const db = join(folder, 'evidence.db');
  const at = `${HOST}=127.0.0.1:${(server.address() as AddressInfo).port}`;
  const flags = ['--db', db, '--ca-dir', join(folder, 'certs'), '--allow-private', '--resolve', at];
  return { proxy: await startProxy(...flags), db };
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** @returns the whole answer, head and body: the connection is closed after it. */
async function get(socket: Socket, path: string): Promise<string> {
  let text = '';
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1');
  });
  socket.write(`GET http://${HOST}${path} HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`);
  await once(socket, 'close');
  return text;
}
