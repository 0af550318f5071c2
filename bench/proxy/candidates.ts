/**
 * Proxies to be measured, each run in a process of its own: node candidates.js NAME FOLDER ROOT.
 * Prints `port NUMBER` when it listens.
 */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { Agent } from 'node:https';
import { createRequire } from 'node:module';
import { connect, type LookupFunction } from 'node:net';
import { join } from 'node:path';
import { Proxy as MitmProxy } from 'http-mitm-proxy';
import { openAuthority } from '../../src/intercept/authority.ts';
import { InterceptProxy } from '../../src/intercept/intercept-proxy.ts';

const [name, folder = '.', root = process.cwd()] = process.argv.slice(2);

/** What is passed on unread: the floor for any proxy in Node. */
async function tunnel(): Promise<number> {
  const server = createServer();
  server.on('connect', (request, phone) => {
    const [host, port] = (request.url ?? '').split(':');
    const server = connect(Number(port), host, () => {
      phone.write('HTTP/1.1 200 OK\r\n\r\n');
      phone.pipe(server).pipe(phone);
    });
    for (const socket of [phone, server]) socket.on('error', () => phone.destroy());
  });
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port));
  });
}

/** telltale's relay with an audit that listens and does nothing. */
async function relay(): Promise<number> {
  const proxy = new InterceptProxy({
    listeners: [{ host: '127.0.0.1', port: 0, device: null }],
    authority: openAuthority(join(folder, 'ca')),
    sink: { accept: () => true, whenReady: () => Promise.resolve() },
    localPages: async () => ({ status: 404, headers: [], body: new Uint8Array() }),
    resolve: new Map(),
    upstreamCa: [],
    insecureUpstream: true,
    allow: [],
    allowPrivate: true,
    clock: Date.now,
    log: () => {},
  });
  const [address] = await proxy.start();
  return address?.port ?? 0;
}

async function httpMitmProxy(): Promise<number> {
  mkdirSync(join(folder, 'mitm'), { recursive: true });
  const proxy = new MitmProxy();
  proxy.onError(() => {});
  // Every name is the origin's: one address, as many hosts as a part asks for.
  const lookup: LookupFunction = (_, options, done) =>
    options.all === true ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
  const httpsAgent = new Agent({ keepAlive: true, rejectUnauthorized: false, lookup });
  const options = { host: '127.0.0.1', port: 0, sslCaDir: join(folder, 'mitm'), keepAlive: true, httpsAgent };
  await new Promise<void>((done, fail) => {
    proxy.listen(options, (error?: Error | null) => (error ? fail(error) : done()));
  });
  return proxy.httpPort;
}

interface Mockttp {
  generateCACertificate(): Promise<{ key: string; cert: string }>;
  getLocal(options: object): {
    start(): Promise<void>;
    readonly port: number;
    forUnmatchedRequest(): { thenPassThrough(options: object): Promise<unknown> };
  };
}

async function mockttp(): Promise<number> {
  const load = createRequire(join(root, 'bench', 'package.json'));
  const { getLocal, generateCACertificate } = load('mockttp') as Mockttp;
  const server = getLocal({ https: await generateCACertificate(), recordTraffic: false });
  await server.start();
  await server.forUnmatchedRequest().thenPassThrough({ ignoreHostHttpsErrors: true });
  return server.port;
}

const CANDIDATES: Readonly<Record<string, () => Promise<number>>> = {
  tunnel,
  relay,
  'http-mitm-proxy': httpMitmProxy,
  mockttp,
};

const start = CANDIDATES[name ?? ''];
if (start === undefined) throw new RangeError(`no candidate ${name}`);
process.stdout.write(`port ${await start()}\n`);
