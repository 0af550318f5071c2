import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type CERTIFICATE_FORMATS, certificateFile } from '../../src/device/certificate-files.ts';
import * as certificate from './certificate.ts';

function textOf(format: (typeof CERTIFICATE_FORMATS)[number]): string {
  return Buffer.from(certificateFile(certificate, format).bytes).toString('utf8');
}

describe('The certificate', () => {
  it.each(['pem', 'der', 'android'] as const)('is whole as %s', (format) => {
    const { fingerprint256 } = new X509Certificate(certificateFile(certificate, format).bytes);
    expect(fingerprint256).toBe(certificate.sha256Fingerprint);
  });

  it.each([
    ['pem', 'telltale-ca.pem', 'application/x-pem-file'],
    ['der', 'telltale-ca.crt', 'application/x-x509-ca-cert'],
    ['android', '20fe38ca.0', 'application/octet-stream'],
    ['mobileconfig', 'telltale.mobileconfig', 'application/x-apple-aspen-config'],
  ] as const)('as %s is named and typed as the phone expects', (format, name, mediaType) => {
    expect(certificateFile(certificate, format)).toMatchObject({ name, mediaType });
  });

  it('stands whole in the profile, under the payload type of a root certificate', () => {
    const profile = textOf('mobileconfig');
    const data = /<data>([^<]+)<\/data>/.exec(profile)?.[1] ?? '';
    expect(new X509Certificate(Buffer.from(data.replace(/\s/g, ''), 'base64')).fingerprint256).toBe(
      certificate.sha256Fingerprint,
    );
    expect(profile).toContain('<key>PayloadType</key>\n\t\t\t<string>com.apple.security.root</string>');
  });

  it('makes a profile with two valid identifiers that depend on nothing but itself', () => {
    const uuids = [...textOf('mobileconfig').matchAll(/PayloadUUID<\/key>\s*<string>([^<]+)/g)].map(
      (match) => match[1],
    );
    expect(new Set(uuids).size).toBe(2);
    for (const uuid of uuids)
      expect(uuid).toMatch(/^[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/);
    expect(textOf('mobileconfig')).toBe(textOf('mobileconfig'));
    const other = certificateFile({ ...certificate, certificateDer: Buffer.from('another') }, 'mobileconfig');
    for (const uuid of uuids) expect(Buffer.from(other.bytes).toString()).not.toContain(uuid);
  });
});
