import { execFileSync, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkServerIdentity, connect, TLSSocket } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { openAuthority } from '../../src/intercept/authority.ts';
import { builtSource } from './built.ts';

const root = mkdtempSync(join(tmpdir(), 'telltale-authority-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
})();

/** Shakes hands under the certificate for a host, and returns what the other side was shown. */
async function handshake(authority: ReturnType<typeof openAuthority>, host: string) {
  const server = createServer((socket) => {
    new TLSSocket(socket, { isServer: true, secureContext: authority.secureContextFor(host) }).on('error', () => {});
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const port = (server.address() as AddressInfo).port;
  try {
    return await new Promise<{ authorized: boolean; error: Error | undefined; raw: Buffer }>((done, fail) => {
      const socket = connect({
        port,
        host: '127.0.0.1',
        ca: authority.certificatePem,
        servername: 'x.invalid',
        checkServerIdentity: () => undefined,
      });
      socket.on('secureConnect', () => {
        const shown = socket.getPeerCertificate(true);
        done({ authorized: socket.authorized, error: checkServerIdentity(host, shown), raw: shown.raw });
        socket.destroy();
      });
      socket.on('error', fail);
    });
  } finally {
    server.close();
  }
}

describe('openAuthority', () => {
  it('makes an authority once, its key readable by nobody else, and opens the same one again', () => {
    const folder = join(root, 'a', 'b');
    const first = openAuthority(folder);
    const second = openAuthority(folder);
    expect([first.created, second.created]).toEqual([true, false]);
    expect(second.certificatePem).toBe(first.certificatePem);
    expect(first.path).toBe(join(folder, 'ca.pem'));
    expect(statSync(join(folder, 'ca.key')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(['ca.key', 'ca.pem']);
    const certificate = new X509Certificate(first.certificatePem);
    expect(certificate.ca).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(Buffer.from(first.certificateDer).equals(certificate.raw)).toBe(true);
  });

  it.runIf(hasOpenssl)('hashes its subject as OpenSSL does, and passes OpenSSL as strict authority', () => {
    const authority = openAuthority(join(root, 'openssl'));
    const hash = execFileSync('openssl', ['x509', '-in', authority.path, '-noout', '-subject_hash_old'], {
      encoding: 'utf8',
    });
    expect(authority.subjectHashOld).toBe(hash.trim());
    expect(
      execFileSync('openssl', ['verify', '-x509_strict', '-CAfile', authority.path, authority.path], {
        encoding: 'utf8',
      }),
    ).toContain('OK');
  });

  it.each(['a.example', 'xn--fiqs8s.example', '192.0.2.7', '2001:db8::1', '::1', `${'long.'.repeat(20)}example`])(
    'presents a certificate for %s that its own root verifies',
    async (host) => {
      const authority = openAuthority(join(root, 'leaves'));
      const shown = await handshake(authority, host);
      expect(shown).toMatchObject({ authorized: true, error: undefined });
      const leaf = new X509Certificate(shown.raw);
      expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
      expect(leaf.publicKey.asymmetricKeyType).toBe('ec');
      expect((Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / 86_400_000).toBeLessThan(825);
      expect(authority.secureContextFor(host)).toBe(authority.secureContextFor(host));
    },
  );

  it.each([
    [
      'a key that is none',
      (folder: string) => writeFileSync(join(folder, 'ca.key'), 'nonsense'),
      'ca.key holds no private key',
    ],
    [
      'a certificate that is none',
      (folder: string) => writeFileSync(join(folder, 'ca.pem'), 'nonsense'),
      'ca.pem holds no certificate',
    ],
    ['a lost key', (folder: string) => rmSync(join(folder, 'ca.key')), 'ca.key is missing'],
    [
      "another one's key",
      (folder: string) =>
        writeFileSync(
          join(folder, 'ca.key'),
          readFileSync(openAuthority(`${folder}-other`).path.replace('ca.pem', 'ca.key')),
        ),
      'ca.key does not belong to ca.pem',
    ],
  ])('refuses %s', (name, spoil, message) => {
    const folder = join(root, name);
    openAuthority(folder);
    spoil(folder);
    expect(() => openAuthority(folder)).toThrow(
      expect.objectContaining({ code: 'ca-invalid', message: expect.stringContaining(message) }),
    );
  });

  it('makes a new certificate for a key whose certificate was not written yet', () => {
    const folder = join(root, 'half');
    openAuthority(folder);
    rmSync(join(folder, 'ca.pem'));
    expect(openAuthority(folder).created).toBe(false);
  });

  it('gives the same authority to first runs that start together', { timeout: 120_000 }, async () => {
    const folder = join(root, 'together');
    const built = join(builtSource(), 'intercept', 'authority.js');
    const program = `
      const { openAuthority } = await import(process.argv[1]);
      process.stdout.write(openAuthority(process.argv[2]).certificatePem);`;
    const runs = [1, 2, 3, 4].map(
      () =>
        new Promise<string>((done, fail) => {
          const child = spawn(process.execPath, ['--input-type=module', '-e', program, built, folder], {
            stdio: ['ignore', 'pipe', 'inherit'],
          });
          let text = '';
          child.stdout.on('data', (chunk) => {
            text += chunk;
          });
          child.on('close', (code) => (code === 0 ? done(text) : fail(new Error(`exit ${code}`))));
        }),
    );
    const certificates = await Promise.all(runs);
    expect(new Set(certificates).size).toBe(1);
    expect(certificates[0]).toBe(openAuthority(folder).certificatePem);
  });
});
