/**
 * The load: node load.js JSON, a process of its own. Prints `progress NUMBER` lines, then `result JSON`.
 * It opens HTTPS through a proxy's CONNECT, checks no certificate, and fails on any answer but 200.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type RequestOptions, request } from 'node:https';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { KeptConnection } from './kept-connection.ts';
import { report } from './payloads.ts';

export interface LoadPlan {
  /** `requests`: reports over kept connections. `hosts`: one request to each host over a new connection. `up`, `down`: one long body. `hold`: connections that stay open after one request, until the process is ended. */
  readonly kind: 'requests' | 'hosts' | 'up' | 'down' | 'hold';
  readonly proxy: number | null;
  readonly origin: number;
  /** Requests, hosts, bytes or connections. */
  readonly count: number;
  readonly connections: number;
}

export interface LoadResult {
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

const block = randomBytes(1024 * 1024);
const plan = JSON.parse(process.argv[2] ?? '{}') as LoadPlan;
const held: TLSSocket[] = [];
const times: number[] = [];
let failed = 0;
let begun = 0;

const agent = new Agent({ keepAlive: true, maxSockets: plan.connections, maxFreeSockets: plan.connections });
// Over a proxy every connection is made through CONNECT first.
agent.createConnection = ((_: RequestOptions, done: (error: Error | null, socket?: Socket) => void) => {
  open('127.0.0.1').then(
    (socket) => done(null, socket),
    (error: Error) => done(error),
  );
}) as typeof agent.createConnection;

const started = performance.now();
await {
  requests,
  hosts: () => crowd(plan.count, freshHost),
  up: () => exchange({ method: 'POST', path: '/up' }, plan.count),
  down: () => exchange({ method: 'GET', path: `/down?bytes=${plan.count}` }, ''),
  hold: () => crowd(plan.count, hold),
}[plan.kind]();
const seconds = (performance.now() - started) / 1_000;
times.sort((one, other) => one - other);
const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
const result: LoadResult = { seconds, p50Ms: at(0.5), p99Ms: at(0.99), failed };
process.stdout.write(`result ${JSON.stringify(result)}\n`);
if (plan.kind === 'hold') setInterval(() => {}, 1_000_000);
else process.exit(0);

/** Reports over connections that stay, exactly as many as the plan says; no two reports are alike. */
async function requests(): Promise<void> {
  const opened = await Promise.all(Array.from({ length: plan.connections }, () => open('127.0.0.1')));
  const kept = opened.map((socket) => new KeptConnection(socket));
  await crowd(plan.count, (number, worker) => {
    const body = report(number);
    const lines = [
      'POST /collect?v=1 HTTP/1.1',
      `Host: 127.0.0.1:${plan.origin}`,
      'User-Agent: okhttp/4.12.0',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Accept-Encoding: gzip',
    ];
    return (kept[worker] as KeptConnection).exchange(`${lines.join('\r\n')}\r\n\r\n${body}`);
  });
}

/** As many at a time as there are connections. */
async function crowd(count: number, work: (number: number, worker: number) => Promise<void>): Promise<void> {
  const one = async (worker: number) => {
    while (begun < count) {
      begun += 1;
      const number = begun;
      const from = performance.now();
      await work(number, worker).catch(() => {
        failed += 1;
      });
      times.push(performance.now() - from);
      if (times.length % 1_000 === 0) process.stdout.write(`progress ${times.length}\n`);
    }
  };
  await Promise.all(Array.from({ length: plan.connections }, (_, worker) => one(worker)));
}

/** @param body a text, or a number of random bytes. */
async function exchange(options: RequestOptions, body: string | number): Promise<void> {
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body;
  const headers = { 'Content-Type': 'application/json', 'Content-Length': length, 'User-Agent': 'okhttp/4.12.0' };
  const outgoing = request({ agent, host: '127.0.0.1', port: plan.origin, headers, ...options });
  const answered = once(outgoing, 'response');
  if (typeof body === 'string') outgoing.end(body);
  else {
    for (let left = body; left > 0; left -= block.length)
      if (!outgoing.write(left < block.length ? block.subarray(0, left) : block)) await once(outgoing, 'drain');
    outgoing.end();
  }
  const [incoming] = await answered;
  incoming.resume();
  await once(incoming, 'end');
  if (incoming.statusCode !== 200) throw new Error(`status ${incoming.statusCode}`);
}

async function freshHost(number: number): Promise<void> {
  const socket = await open(`h${number}.bench.example`);
  await plainRequest(socket, `h${number}.bench.example`);
  socket.destroy();
}

async function hold(): Promise<void> {
  const socket = await open('127.0.0.1');
  await plainRequest(socket, '127.0.0.1');
  held.push(socket);
}

/** One GET, and the answer up to its last byte. */
function plainRequest(socket: TLSSocket, host: string): Promise<void> {
  return new Promise((done, fail) => {
    let text = '';
    const broke = () => fail(new Error(`closed after ${text.slice(0, 40)}`));
    socket.once('close', broke);
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      // The answer is one JSON object with spaces behind it.
      if (!/\}\s*(?:0\r\n\r\n)?$/.test(text)) return;
      socket.off('close', broke);
      if (text.startsWith('HTTP/1.1 200')) done();
      else fail(new Error(text.slice(0, 40)));
    });
    socket.write(`GET / HTTP/1.1\r\nHost: ${host}:${plan.origin}\r\nUser-Agent: okhttp/4.12.0\r\n\r\n`);
  });
}

async function closed(socket: Socket): Promise<never> {
  await once(socket, 'close');
  throw new Error('closed');
}

/** TLS to the origin, through the proxy when there is one. */
async function open(host: string): Promise<TLSSocket> {
  const tcp = connectTcp({ port: plan.proxy ?? plan.origin, host: '127.0.0.1', noDelay: true });
  tcp.on('error', () => {});
  await Promise.race([once(tcp, 'connect'), closed(tcp)]);
  if (plan.proxy !== null) {
    tcp.write(`CONNECT ${host}:${plan.origin} HTTP/1.1\r\nHost: ${host}:${plan.origin}\r\n\r\n`);
    let answer = '';
    // http-mitm-proxy writes the empty line by itself, and it may come by itself.
    while (!answer.includes('\r\n\r\n')) {
      const [bytes] = (await Promise.race([once(tcp, 'data'), closed(tcp)])) as [Buffer];
      answer += bytes.toString('latin1');
    }
    if (!answer.startsWith('HTTP/1.1 200')) throw new Error(answer);
  }
  const name = /^[\d.]+$/.test(host) ? {} : { servername: host };
  const tls = connectTls({ socket: tcp, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'], ...name });
  tls.on('error', () => {});
  await Promise.race([once(tls, 'secureConnect'), closed(tls)]);
  return tls;
}
