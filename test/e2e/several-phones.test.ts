import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startOrigin } from '../kit/origin.ts';
import { startProxy, telltale } from '../kit/telltale.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const IMEIS = { one: '867532051234569', two: '356938035643809', three: '490154203237518' };
const EVERYTHING = JSON.stringify(IMEIS);

function writeProfiles(folder: string): Record<keyof typeof IMEIS, string> {
  const paths = Object.entries(IMEIS).map(([name, imei]) => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify({ name, platform: 'android', identifiers: { imei: [imei] } }));
    return [name, path];
  });
  return Object.fromEntries(paths);
}

/** Posts the IMEIs of all phones through one port of the proxy. */
function post(proxyPort: number, originPort: number, path: string, user: string | null): Promise<number> {
  const authorization = user === null ? {} : { 'Proxy-Authorization': `Basic ${Buffer.from(user).toString('base64')}` };
  return new Promise((settle, fail) => {
    const sent = request({
      host: '127.0.0.1',
      port: proxyPort,
      method: 'POST',
      path: `http://127.0.0.1:${originPort}/${path}`,
      headers: { 'Content-Type': 'application/json', ...authorization },
      agent: false,
    });
    sent.on('response', (response) => response.resume().on('end', () => settle(response.statusCode ?? 0)));
    sent.on('error', fail);
    sent.end(EVERYTHING);
  });
}

function listed<Row>(db: string, list: string, ...filter: string[]): Row[] {
  return JSON.parse(telltale(list, '--db', db, '--format', 'json', ...filter).stdout);
}

it('phones on ports of their own are judged by their own profiles, all at once', async () => {
  const folder = temporaryFolder();
  const profiles = writeProfiles(folder);
  const origin = await startOrigin(folder, (_, response) => response.end('ok'), false);
  const db = join(folder, 'evidence.db');
  const places = ['--db', db, '--ca-dir', join(folder, 'certs'), '--allow-private', '--device', profiles.one];
  const proxy = await startProxy(...places, '--device-port', `0=${profiles.two}`, `0=${profiles.three}`);
  // What people read comes right behind the line that scripts wait for.
  while (!proxy.stderr().includes('Ctrl-C')) await new Promise((go) => setImmediate(go));
  const port = (name: string) => Number(new RegExp(`port (\\d+) for ${name}\\n`).exec(proxy.stderr())?.[1]);
  const ports = { one: proxy.port, two: port('two'), three: port('three') };
  const turns = Object.entries(ports).flatMap(([name, at]) =>
    [1, 2, 3].map((turn) => [`${name}/${turn}`, at] as const),
  );
  const statuses = await Promise.all(turns.map(([path, at]) => post(at, origin.port, path, null)));
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect((await proxy.stop()).status).toBe(0);

  const exchanges = listed<{ id: number; url: string; device: string }>(db, 'exchanges');
  expect(exchanges).toHaveLength(9);
  for (const { url, device } of exchanges) expect(url).toContain(`/${device}/`);
  const findings = listed<{ exchange: number; field: string; data_type: string }>(db, 'findings');
  const device = new Map(exchanges.map((exchange) => [exchange.id, exchange.device]));
  expect(findings.filter(({ data_type }) => data_type === 'imei')).toHaveLength(9);
  // The field is named after the phone whose IMEI it carries.
  for (const { exchange, field } of findings) expect(field).toBe(device.get(exchange));
  expect(listed(db, 'findings', '--filter', 'device=two')).toHaveLength(3);
  expect(listed(db, 'exchanges', '--filter', 'device=one,three')).toHaveLength(6);
});

it('users carry their devices, and a stranger carries none', async () => {
  const folder = temporaryFolder();
  const profiles = writeProfiles(folder);
  const origin = await startOrigin(folder, (_, response) => response.end('ok'), false);
  const db = join(folder, 'evidence.db');
  const places = ['--db', db, '--ca-dir', join(folder, 'certs'), '--allow-private', '--device', profiles.one];
  const users = [
    '--auth',
    'ann:a',
    'bob:b',
    'carol:c',
    '--user-device',
    `ann=${profiles.two}`,
    `bob=${profiles.three}`,
  ];
  const proxy = await startProxy(...places, ...users);
  const statuses = await Promise.all([
    post(proxy.port, origin.port, 'two/1', 'ann:a'),
    post(proxy.port, origin.port, 'three/1', 'bob:b'),
    post(proxy.port, origin.port, 'one/1', 'carol:c'),
    post(proxy.port, origin.port, 'none/1', 'ann:b'),
    post(proxy.port, origin.port, 'none/2', null),
  ]);
  expect(statuses).toEqual([200, 200, 200, 407, 407]);
  expect((await proxy.stop()).status).toBe(0);
  const exchanges = listed<{ url: string; device: string }>(db, 'exchanges');
  expect(exchanges.map(({ device }) => device).sort()).toEqual(['one', 'three', 'two']);
  for (const { url, device } of exchanges) expect(url).toContain(`/${device}/`);
  expect(listed(db, 'findings')).toHaveLength(3);
});

it('two profiles of one name are refused', () => {
  const folder = temporaryFolder();
  const profiles = writeProfiles(folder);
  const twin = join(folder, 'twin.json');
  writeFileSync(twin, JSON.stringify({ name: 'two', platform: 'ios', identifiers: {} }));
  const places = ['--listen', '127.0.0.1:0', '--db', join(folder, 'e.db'), '--ca-dir', join(folder, 'certs')];
  const { status, stderr } = telltale('proxy', ...places, '--device-port', `0=${profiles.two}`, `0=${twin}`);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^telltale: .*twin\.json: name: expected a name of its own: .*two\.json is "two" too\.\n$/);
});
