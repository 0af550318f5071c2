import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { openAuthority } from '../../src/intercept/authority.ts';
import { distinguishedName, encodeCertificate, leafExtensions } from '../../src/intercept/certificate.ts';
import { ANSWER } from './payloads.ts';
import { type Processes, pause } from './processes.ts';

const NGINX = '/usr/sbin/nginx';

/** The origin of the plain load: nginx when it is there. @returns its port. */
export async function startOrigin(processes: Processes): Promise<number> {
  return existsSync(NGINX) ? startNginx(processes) : startOwnOrigin(processes);
}

/** Our own origin, which also takes and sends bodies of any length. @returns its port. */
export async function startOwnOrigin(processes: Processes): Promise<number> {
  const { certificate, key } = leaf(processes.folder);
  const script = join(import.meta.dirname, 'own-origin.js');
  return (await processes.listening(process.execPath, [script, certificate, key], /^port (\d+)/)).port;
}

async function startNginx(processes: Processes): Promise<number> {
  const { folder } = processes;
  const { certificate, key } = leaf(folder);
  const port = await freePort();
  const own = join(folder, 'nginx');
  mkdirSync(own, { recursive: true });
  const config = join(own, 'nginx.conf');
  writeFileSync(
    config,
    `daemon off; worker_processes 1; pid ${own}/pid; error_log ${own}/error.log;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000; client_max_body_size 0;
  client_body_temp_path ${own}/body; proxy_temp_path ${own}/p; fastcgi_temp_path ${own}/f;
  uwsgi_temp_path ${own}/u; scgi_temp_path ${own}/s;
  server {
    listen 127.0.0.1:${port} ssl; ssl_certificate ${certificate}; ssl_certificate_key ${key};
    location / { default_type application/json; return 200 '${ANSWER}'; }
  }
}
`,
  );
  processes.started(NGINX, ['-p', own, '-c', config]);
  await listening(port);
  return port;
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
  for (let turn = 0; turn < 100; turn++) {
    const open = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        done(true);
      });
      socket.on('error', () => done(false));
    });
    if (open) return;
    await pause(50);
  }
  throw new Error(`nothing listens on port ${port}`);
}
