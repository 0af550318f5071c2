import { createHash } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { openAuthority } from '../../src/intercept/authority.ts';
import { PROFILE, writeProfile } from '../kit/profile.ts';
import { agentThroughProxy, send, tlsThroughProxy } from '../kit/proxied-client.ts';
import { startProxy, telltale } from '../kit/telltale.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const HOST = 'api.example.com';
const { imei, android_id: androidId, mac_address: mac } = PROFILE.identifiers;
const DOCUMENT = JSON.stringify({
  device: { imei: imei[0], id_md5: createHash('md5').update(androidId[0]).digest('hex') },
});
const FORM_DATA = `--xx\r\nContent-Disposition: form-data; name="mac"\r\n\r\n${mac[0]}\r\n--xx--\r\n`;

const REQUESTS: readonly (readonly [path: string, headers: Record<string, string>, body: string | Buffer])[] = [
  ['/json', { 'content-type': 'application/json', cookie: `aid=${androidId[0]}` }, DOCUMENT],
  ['/gzip', { 'content-type': 'application/json', 'content-encoding': 'gzip' }, gzipSync(DOCUMENT)],
  [
    '/form?m=a4501',
    { 'content-type': 'application/x-www-form-urlencoded' },
    `mac=${encodeURIComponent(mac[0])}&i=${imei[0]}`,
  ],
  ['/multipart', { 'content-type': 'multipart/form-data; boundary=xx' }, FORM_DATA],
  [
    `/binary?imei=${imei[0]}`,
    { 'x-device': androidId[0] },
    Buffer.concat([Buffer.from([255, 254, 0]), Buffer.from(imei[0])]),
  ],
  ['/chunked', { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }, DOCUMENT],
];

async function startServer(folder: string): Promise<{ readonly port: number; readonly caFile: string }> {
  const authority = openAuthority(join(folder, 'origin-ca'));
  const server = createServer(
    { SNICallback: (name, done) => done(null, authority.secureContextFor(name)) },
    (request, response) => {
      request.resume().on('end', () => {
        response.setHeader('content-type', 'application/json').setHeader('content-encoding', 'gzip');
        response.end(gzipSync(JSON.stringify({ you: androidId[0] })));
      });
    },
  );
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, caFile: join(folder, 'origin-ca', 'ca.pem') };
}

async function talkOverWebSocket(proxyPort: number, caFile: string): Promise<void> {
  const tunnel = await tlsThroughProxy(proxyPort, HOST, caFile);
  const client = new WebSocket(`wss://${HOST}/push`, { createConnection: () => tunnel as never });
  await new Promise((done, fail) => client.once('open', done).once('error', fail));
  for (const data of [DOCUMENT, Buffer.from([255, ...Buffer.from(imei[0])])]) {
    const echoed = new Promise((done) => client.once('message', done));
    client.send(data);
    await echoed;
  }
  const closed = new Promise((done) => client.once('close', done));
  client.close();
  await closed;
}

/** What a finding says, apart from when it was seen and under which numbers. */
function findingsIn(db: string): string[] {
  const { status, stdout } = telltale('findings', '--db', db, '--format', 'jsonl');
  expect(status).toBe(0);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { url, direction, place, field, decode_chain, offset, length, data_type, transform, match } =
        JSON.parse(line);
      return JSON.stringify([url, direction, place, field, decode_chain, offset, length, data_type, transform, match]);
    })
    .sort();
}

it('a capture exported as HAR and imported gives the findings of the live capture', { timeout: 120_000 }, async () => {
  const folder = temporaryFolder();
  const server = await startServer(folder);
  const device = writeProfile(folder);
  const at = (name: string) => join(folder, name);
  const proxy = await startProxy(
    ...['--db', at('live.db'), '--ca-dir', at('certs'), '--device', device, '--allow-private'],
    ...['--upstream-ca', server.caFile, '--resolve', `${HOST}=127.0.0.1:${server.port}`],
  );
  const agent = await agentThroughProxy(proxy.port, HOST, at('certs/ca.pem'));
  for (const [path, headers, body] of REQUESTS)
    expect((await send(agent, { host: HOST, path, method: 'POST', headers }, Buffer.from(body))).status).toBe(200);
  agent.destroy();
  await talkOverWebSocket(proxy.port, at('certs/ca.pem'));
  expect((await proxy.stop()).status).toBe(0);

  expect(telltale('report', '--db', at('live.db'), '--format', 'har', '-o', at('live.har')).status).toBe(0);
  expect(telltale('import', at('live.har'), '--db', at('again.db'), '--device', device).status).toBe(0);
  const live = findingsIn(at('live.db'));
  expect(findingsIn(at('again.db'))).toEqual(live);
  for (const part of [...REQUESTS.map(([path]) => path.replace(/\?.*/, '')), '/push'])
    expect(
      live.filter((line) => line.includes(`${HOST}${part}`)),
      part,
    ).not.toEqual([]);
  for (const part of ['"cookie"', '"header"', '"url"', '"websocket"', '"response"', '"gzip"', '"md5-hex"'])
    expect(live.join('\n')).toContain(part);
});
