import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { telltale } from './telltale.ts';

let folder: string;
let certs: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-ca-'));
  certs = join(folder, 'certs');
  const made = telltale(['ca', 'init'], { cwd: folder });
  expect(made.status, made.stderr).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('telltale ca init', () => {
  it('makes the authority in certs/ and prints the path of its certificate; the key is for its owner only', () => {
    expect(new X509Certificate(readFileSync(join(certs, 'ca.pem'))).ca).toBe(true);
    expect(statSync(join(certs, 'ca.key')).mode & 0o777).toBe(0o600);
  });

  it('leaves an authority that is there alone', () => {
    const before = readFileSync(join(certs, 'ca.pem'), 'utf8');
    const again = telltale(['ca', 'init', '--ca-dir', certs]);
    expect(again).toMatchObject({ status: 0, stdout: `${join(certs, 'ca.pem')}\n` });
    expect(again.stderr).toContain('was there already');
    expect(again.stderr).toContain(new X509Certificate(before).fingerprint256);
    expect(readFileSync(join(certs, 'ca.pem'), 'utf8')).toBe(before);
  });
});

describe('telltale ca export', () => {
  it.each(['pem', 'der', 'android'])('prints the certificate as %s, and nothing else, to stdout', (format) => {
    const { status, bytes, stderr } = telltale(['ca', 'export', '--format', format, '--ca-dir', certs]);
    expect([status, stderr]).toEqual([0, '']);
    expect(new X509Certificate(bytes).fingerprint256).toBe(
      new X509Certificate(readFileSync(join(certs, 'ca.pem'))).fingerprint256,
    );
  });

  it('prints a profile for iPhones, the same each time', () => {
    const { stdout } = telltale(['ca', 'export', '--format', 'mobileconfig', '--ca-dir', certs]);
    expect(stdout).toMatch(/^<\?xml [\s\S]*com\.apple\.security\.root[\s\S]*<\/plist>\n$/);
    expect(telltale(['ca', 'export', '--format', 'mobileconfig', '--ca-dir', certs]).stdout).toBe(stdout);
  });

  it('never makes an authority', () => {
    const elsewhere = join(folder, 'elsewhere');
    const { status, stdout, stderr } = telltale(['ca', 'export', '--ca-dir', elsewhere]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `telltale: No certificate authority in ${elsewhere}. Make one with: telltale ca init --ca-dir ${elsewhere}\n`,
    );
  });

  it.each([
    ['ca', 'init', '--ca-dir'],
    ['demo', '--out'],
  ])('says where no folder can be made: %s %s', (...command) => {
    for (const place of existsSync('/proc') ? ['/proc/x/y', '/dev/null/x'] : ['/dev/null/x']) {
      const { status, stderr } = telltale([...command, place]);
      expect(stderr).toMatch(
        /^telltale: Cannot (?:write|read) \/\S+: (?:its folder does not exist|a part of its path is no folder)\. [^\n]+\n$/,
      );
      expect(status).toBe(2);
    }
  });

  it('says what is wrong with a file that is none', () => {
    const broken = join(folder, 'broken');
    telltale(['ca', 'init', '--ca-dir', broken]);
    writeFileSync(join(broken, 'ca.pem'), 'not a certificate');
    const { status, stderr } = telltale(['ca', 'export', '--ca-dir', broken]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^telltale: The certificate authority in .*broken is not usable: .*\n$/);
  });

  it('refuses a form it does not know', () => {
    const { status, stderr } = telltale(['ca', 'export', '--format', 'p12', '--ca-dir', certs]);
    expect(status).toBe(2);
    expect(stderr).toContain('Allowed choices are pem, der, android, mobileconfig');
  });
});
