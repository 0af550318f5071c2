import { createSocket } from 'node:dgram';
import { expect, it, onTestFinished } from 'vitest';
import { startCapture } from '../kit/capture.ts';
import { send } from '../kit/proxied-client.ts';
import { telltale } from '../kit/telltale.ts';

const HOST = 'metrics.example.com';

function dnsName(name: string): Buffer {
  return Buffer.concat([
    ...name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);
}

/** A name server on loopback that knows a few aliases and nothing else (RFC 1035 §4). */
async function startNameServer(aliases: Readonly<Record<string, string>>): Promise<number> {
  const server = createSocket('udp4', (question, from) => {
    const labels: string[] = [];
    let at = 12;
    for (; question[at] !== 0; at += 1 + (question[at] as number)) {
      labels.push(question.toString('latin1', at + 1, at + 1 + (question[at] as number)));
    }
    const alias = aliases[labels.join('.').toLowerCase()];
    const asked = question.subarray(12, at + 5);
    const head = Buffer.from([
      question[0] as number,
      question[1] as number,
      0x81,
      alias === undefined ? 0x83 : 0x80,
      0,
      1,
      0,
      alias === undefined ? 0 : 1,
      0,
      0,
      0,
      0,
    ]);
    const name = dnsName(alias ?? '');
    // Name by pointer, type CNAME, class IN, 60 s.
    const answer = Buffer.concat([Buffer.from([0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, name.length]), name]);
    server.send(Buffer.concat([head, asked, ...(alias === undefined ? [] : [answer])]), from.port, from.address);
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((settle) => server.bind(0, '127.0.0.1', settle));
  return server.address().port;
}

it.each([
  ['--resolve-cname', 'sdk', 'umeng'],
  ['plainly', 'third-party', 'example.com'],
])('an SDK behind a name of another is named with --resolve-cname: %s', async (how, kind, id) => {
  const dns = await startNameServer({ [HOST]: 'edge.example.net', 'edge.example.net': 'ulogs.umeng.com' });
  // The answer waits for the name server, which the phone itself never would.
  const { db, proxy, connect } = await startCapture((_, response) => setTimeout(() => response.end('ok'), 300), {
    hosts: [HOST],
    options: () => (how === '--resolve-cname' ? ['--resolve-cname', `127.0.0.1:${dns}`] : []),
  });
  const agent = await connect();
  for (let turn = 0; turn < 2; turn += 1)
    await send(agent, { host: HOST, path: '/unify_logs', method: 'POST' }, Buffer.from('x'));
  agent.destroy();
  expect((await proxy.stop()).status).toBe(0);
  const exchanges = JSON.parse(telltale('exchanges', '--db', db, '--format', 'json').stdout) as {
    recipient: unknown;
  }[];
  expect(exchanges[1]).toMatchObject({ recipient: { kind, id } });
  const marks = telltale('sql', '--db', db, '--format', 'json', 'SELECT * FROM marks').stdout;
  if (kind === 'sdk') expect(marks).toContain('metrics.example.com is an alias of ulogs.umeng.com');
});
