import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket, TlsOptions } from 'node:tls';
import forge from 'node-forge';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Answer, agentThroughProxy, send } from '../kit/proxied-client.ts';
import { startProxy, telltale } from '../kit/telltale.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** PKCS #12 of both. */
  readonly file: (password: string) => Buffer;
}

/** A certificate of its own signature; weak: as old servers have them, 1024 bits of RSA over SHA-1. */
function certificateFor(name: string, hosts: readonly string[] = [], weak = false): Certificate {
  const pair = generateKeyPairSync('rsa', { modulusLength: weak ? 1024 : 2048 });
  const privateKey = forge.pki.privateKeyFromPem(pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString());
  const publicKey = forge.pki.setRsaPublicKey(privateKey.n, privateKey.e);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 86_400_000);
  certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
  const subject = [{ name: 'commonName', value: name }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([{ name: 'subjectAltName', altNames: hosts.map((value) => ({ type: 2, value })) }]);
  certificate.sign(privateKey, weak ? forge.md.sha1.create() : forge.md.sha256.create());
  return {
    key: forge.pki.privateKeyToPem(privateKey),
    cert: forge.pki.certificateToPem(certificate),
    file: (password) => {
      const file = forge.pkcs12.toPkcs12Asn1(privateKey, [certificate], password, { algorithm: 'aes256' });
      return Buffer.from(forge.asn1.toDer(file).getBytes(), 'latin1');
    },
  };
}

/** A server that answers with the name on the client's certificate, and the TLS version that was spoken. */
async function startTlsOrigin(options: TlsOptions): Promise<number> {
  const server = createHttpsServer(options, (request, response) => {
    const socket = request.socket as TLSSocket;
    response.end(`${socket.getPeerCertificate()?.subject?.CN} over ${socket.getProtocol()}`);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** What a phone gets from each host through a proxy that is started with these options, and the gaps that are left behind. */
async function visit(
  folder: string,
  hosts: Readonly<Record<string, number>>,
  upstreamCa: string,
  options: readonly string[],
): Promise<{ answers: Answer[]; gaps: { kind: string; host: string; detail: string; facts: { cause: string } }[] }> {
  const db = join(folder, `${Object.keys(hosts).join()}${options.length}.db`);
  const places = Object.entries(hosts).flatMap(([host, port]) => ['--resolve', `${host}=127.0.0.1:${port}`]);
  writeFileSync(join(folder, 'origin.pem'), upstreamCa);
  const trust = ['--ca-dir', join(folder, 'certs'), '--upstream-ca', join(folder, 'origin.pem')];
  const proxy = await startProxy('--db', db, '--allow-private', ...trust, ...places, ...options);
  const answers: Answer[] = [];
  for (const host of Object.keys(hosts)) {
    const agent = await agentThroughProxy(proxy.port, host, join(folder, 'certs', 'ca.pem'));
    answers.push(await send(agent, { host, path: '/' }, null));
    agent.destroy();
  }
  expect((await proxy.stop()).status).toBe(0);
  return { answers, gaps: JSON.parse(telltale('gaps', '--db', db, '--format', 'json').stdout) };
}

describe('a server that asks for a client certificate', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('gets the one for its host, over %s', async (version) => {
    const folder = temporaryFolder();
    const [one, two] = [certificateFor('one'), certificateFor('two')];
    const server = certificateFor('server', ['one.example', 'two.example', 'three.example']);
    writeFileSync(join(folder, 'one.p12'), one.file('first password'));
    writeFileSync(join(folder, 'two.p12'), two.file('second'));
    const versions = { minVersion: version, maxVersion: version };
    const asking = { requestCert: true, ca: [one.cert, two.cert], key: server.key, cert: server.cert, ...versions };
    const port = await startTlsOrigin(asking);
    const open = await startTlsOrigin({ ...asking, rejectUnauthorized: false });
    const hosts = { 'one.example': port, 'two.example': port, 'three.example': open };
    const { answers, gaps } = await visit(folder, hosts, server.cert, [
      '--client-cert',
      `one.example=${join(folder, 'one.p12')}`,
      `TWO.example=${join(folder, 'two.p12')}`,
      '--client-cert-password',
      'first password',
      'second',
    ]);
    expect(answers.map(({ body }) => body.toString())).toEqual([
      `one over ${version}`,
      `two over ${version}`,
      `undefined over ${version}`,
    ]);
    expect(gaps).toEqual([]);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'is named with its wish in the answer and the ledger when there is none: %s',
    async (version) => {
      const folder = temporaryFolder();
      const { key, cert } = certificateFor('one', ['one.example']);
      const versions = { minVersion: version, maxVersion: version };
      const port = await startTlsOrigin({ requestCert: true, ca: [cert], key, cert, ...versions });
      const { answers, gaps } = await visit(folder, { 'one.example': port }, cert, []);
      expect(answers[0]?.status).toBe(502);
      expect(answers[0]?.body.toString()).toContain('one.example:443 asks for a client certificate');
      expect(gaps).toMatchObject([{ kind: 'upstream-failed', host: 'one.example' }]);
      expect(gaps[0]?.detail).toContain('--client-cert');
    },
  );

  it('is not thought of where a handshake fails over the ciphers', async () => {
    const folder = temporaryFolder();
    const { key, cert } = certificateFor('one', ['one.example']);
    const port = await startTlsOrigin({ key, cert, maxVersion: 'TLSv1.2', ciphers: 'AECDH-AES256-SHA:@SECLEVEL=0' });
    const { gaps } = await visit(folder, { 'one.example': port }, cert, []);
    expect(gaps[0]?.detail).toMatch(
      /^The TLS handshake with one\.example:443 failed \(ERR_SSL_\w*HANDSHAKE_FAILURE\)\.$/,
    );
  });

  const unfit = /^telltale: .*one\.\w+: the file: expected a certificate with its key .*--client-cert-password/;
  it.each([
    ['a file that is not there', 'nothing.p12', 'pw', /^telltale: Cannot read .*nothing\.p12: it does not exist/],
    ['a wrong password', 'one.p12', 'wrong', unfit],
    ['a file of another kind', 'one.txt', 'pw', unfit],
  ])('needs more than %s', (_, name, password, message) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'one.p12'), certificateFor('one').file('pw'));
    writeFileSync(join(folder, 'one.txt'), 'not a certificate');
    const places = ['--db', join(folder, 'e.db'), '--ca-dir', join(folder, 'certs')];
    const certificate = ['--client-cert', `one.example=${join(folder, name)}`, '--client-cert-password', password];
    const { status, stderr, stdout } = telltale('proxy', '--listen', '127.0.0.1:0', ...places, ...certificate);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('a server that speaks only old TLS', () => {
  it.each(['TLSv1', 'TLSv1.1'] as const)('is refused by default and reached with --old-tls: %s', async (version) => {
    const folder = temporaryFolder();
    const { key, cert } = certificateFor('old', ['old.example'], true);
    const versions = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    const hosts = { 'old.example': await startTlsOrigin({ key, cert, ...versions }) };
    const plain = await visit(folder, hosts, cert, []);
    expect(plain.answers[0]?.status).toBe(502);
    expect(plain.gaps).toMatchObject([{ kind: 'upstream-failed', facts: { cause: 'tls-failed' } }]);
    expect(plain.gaps[0]?.detail).toMatch(
      /^The TLS handshake with old\.example:443 failed \(ERR_SSL_.*; it may be too old, see --old-tls\)\.$/,
    );
    const allowed = await visit(folder, hosts, cert, ['--old-tls']);
    expect(allowed.answers[0]?.body.toString()).toBe(`undefined over ${version}`);
    expect(allowed.gaps).toEqual([]);
  });
});
