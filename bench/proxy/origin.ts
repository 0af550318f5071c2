import { type ChildProcess, spawn } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { openAuthority } from '../../src/intercept/authority.ts';
import { distinguishedName, encodeCertificate, leafExtensions } from '../../src/intercept/certificate.ts';

/** nginx on loopback, over TLS, with one kilobyte of JSON for every request. */
export async function startOrigin(folder: string): Promise<{ readonly port: number; readonly process: ChildProcess }> {
  const { certificate, key } = leaf(folder);
  const port = await freePort();
  const body = JSON.stringify({ ok: true, filler: 'x'.repeat(1_000) });
  mkdirSync(join(folder, 'nginx'), { recursive: true });
  const config = join(folder, 'nginx', 'nginx.conf');
  writeFileSync(
    config,
    `daemon off; worker_processes 1; pid ${folder}/nginx/pid; error_log ${folder}/nginx/error.log;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000; client_max_body_size 0;
  client_body_temp_path ${folder}/nginx/body; proxy_temp_path ${folder}/nginx/p; fastcgi_temp_path ${folder}/nginx/f;
  uwsgi_temp_path ${folder}/nginx/u; scgi_temp_path ${folder}/nginx/s;
  server {
    listen 127.0.0.1:${port} ssl; ssl_certificate ${certificate}; ssl_certificate_key ${key};
    location / { default_type application/json; return 200 '${body}'; }
  }
}
`,
  );
  const child = spawn('/usr/sbin/nginx', ['-p', join(folder, 'nginx'), '-c', config], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await listening(port);
  return { port, process: child };
}

function leaf(folder: string): { readonly certificate: string; readonly key: string } {
  openAuthority(join(folder, 'origin-ca'));
  const signing = createPrivateKey(readFileSync(join(folder, 'origin-ca', 'ca.key')));
  const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const name = distinguishedName('bench', 'origin');
  const der = encodeCertificate(
    {
      subject: name,
      issuer: name,
      notBefore: Date.now() - 86_400_000,
      notAfter: Date.now() + 86_400_000,
      publicKey: pair.publicKey,
      extensions: leafExtensions('127.0.0.1', pair.publicKey, createPublicKey(signing)),
    },
    signing,
  );
  const certificate = join(folder, 'origin.pem');
  const key = join(folder, 'origin.key');
  writeFileSync(
    certificate,
    `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  );
  writeFileSync(key, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return { certificate, key };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

async function listening(port: number): Promise<void> {
  const { connect } = await import('node:net');
  for (let turn = 0; turn < 100; turn++) {
    const open = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1', () => done(true));
      socket.on('error', () => done(false));
      socket.on('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise((go) => setTimeout(go, 50));
  }
  throw new Error('nginx does not listen');
}
