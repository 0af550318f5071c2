import { request } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { expect, it } from 'vitest';
import { startStandInServers } from '../../src/audit/demo/stand-in-servers.ts';
import { EvidenceReader } from '../../src/evidence/evidence-reader.ts';
import { startProxy } from '../kit/telltale.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

/** A phone that does not know our certificate authority shakes hands and gives up. */
async function refuse(port: number, host: string): Promise<void> {
  const socket = await new Promise<Socket>((settle, fail) => {
    request({ host: '127.0.0.1', port, method: 'CONNECT', path: `${host}:443` })
      .on('connect', (_, opened) => settle(opened as Socket))
      .on('error', fail)
      .end();
  });
  await new Promise<void>((settle) => tlsConnect({ socket, servername: host }).on('error', () => settle()));
}

it('what refuses to be looked into is attributed by its name, or says which SDKs share it', async () => {
  const folder = temporaryFolder();
  const servers = await startStandInServers(join(folder, 'stand-in'));
  const db = join(folder, 'evidence.db');
  const hosts = ['ulogs.umeng.com', 'h.trace.qq.com', 'graph.qq.com', 'www.example.com'];
  const resolve = hosts.flatMap((host) => ['--resolve', `${host}=127.0.0.1:${servers.tlsPort}`]);
  const flags = ['--db', db, '--ca-dir', join(folder, 'certs'), '--app', 'com.example.notes', '--allow-private'];
  const proxy = await startProxy(...flags, '--upstream-ca', servers.rootFile, ...resolve);
  for (const host of hosts) await refuse(proxy.port, host);
  expect((await proxy.stop()).status).toBe(0);
  servers.close();

  const reader = EvidenceReader.open(db);
  const { gaps } = reader.captureEvidence(null);
  reader.close();
  const told = gaps.map(({ host, gap, recipient, facts }) => [
    host,
    gap.kind,
    recipient?.id,
    facts['sdk_candidates'] ?? null,
  ]);
  expect(told).toEqual([
    ['ulogs.umeng.com', 'tls-rejected', 'umeng', null],
    ['h.trace.qq.com', 'tls-rejected', 'qq.com', 'tencent-bugly'],
    ['graph.qq.com', 'tls-rejected', 'qq.com', 'qq-connect'],
    ['www.example.com', 'tls-rejected', 'com.example.notes', null],
  ]);
});
