import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { openClientCertificate } from '../../src/intercept/client-certificate.ts';

/**
 * As phones and older tools write it, RC2-40 for the certificate and 3DES for the key, with the password `old`:
 * `openssl req -x509 -newkey rsa:1024 -nodes -keyout k.pem -out c.pem -days 36500 -subj "/CN=old phone"` and then
 * `openssl pkcs12 -export -legacy -inkey k.pem -in c.pem -passout pass:old`.
 */
const OLD_FILE = Buffer.from(
  `
MIIGAQIBAzCCBccGCSqGSIb3DQEHAaCCBbgEggW0MIIFsDCCAq8GCSqGSIb3DQEHBqCCAqAwggKcAgEAMIIClQYJKoZIhvcNAQcBMBwGCiqGSIb3DQEMAQ
YwDgQIyepkQbmvJwYCAggAgIICaEPDRSON8AImddZFcwjWQOO6+7TrJhu/fMEndRR9SYuVltDg4/lkabzpV82t0q07YrD7xUutRlHMOAwJz4e6cF7JcOKQ
8rNE9URrh0JUCeg7v+MCNAcRpqaLBW9NGu9tUuqfCBv3HhS8paZvEsme2zflDNPr7cOKzJ2OPNiPQyML4AAyPz7GdVATqZz/fhKs2PRD0sQSv++bkJZhVb
RIUrAsZRLWIwqiD1Mwf0B4z93gArYnWa5ZjfgU0AlJKApYoSx1ZzojxMT2DFKQNCzoRigib7FnwAYK5YkazDVBF4eE8AN6LckjC4gQBIrsDXHCK+7XEWJt
wO4HX+aqkLZm6ZgvmH3XiZ+L2PEm394AuqVubCBSS3P6iy7VDeDsZFw58zT/hAzUUqXjsEJw6k17Zz1Yjs3/pBWPjQxbcE95LQNBaz59qgXDlzCeZovYkl
pnbLSV8ibQZR+FNNL8huQXc7SckQi/OVS02cW0qoXbsftx71lSubj6AB+kCE3PZeO4pMnPtOAnDOmtemm2tE18T6bEGrpHhW8DVEE4h9iBFfVPG0wGnTbu
lQZHKMnBYjVZdz3NT2nAtZoMDn09HjVyHsdsUqEZ0xm+NU83PKzGQMhbDW1bCqvK1qjH88fL1DDddKOCrnrgSHHHcwPXPcjMMqAb51sIVu205u8SBC+epB
Caqo1RsEA7AQgg0FC0Q3KxQ1dTWXLEMp/IA0FQ3WZDMFDi5qbk1TOsIyjX+YD6k8nQkfEWGwEZsvGRwnKYmTZLIXM9N35o3RIA3N6ftX26wlI+/Hf9tQf1
iej4wPhTu9zDMZnrvGXqOCYwggL5BgkqhkiG9w0BBwGgggLqBIIC5jCCAuIwggLeBgsqhkiG9w0BDAoBAqCCAqYwggKiMBwGCiqGSIb3DQEMAQMwDgQIuN
avFf1SHboCAggABIICgH1iXjI4lb7sqdwQIQZzqOuKKX/0LVXnwUhWgds6OoTNp+CzMhzycaGqondKN7sMv4jQlhooidHG2hzasPIlKsnzmfqy8GMcB6Kh
MHSRHWYJ7aOXJhT9k4aEkPJ/ditAXLIB8sUBRvMsObC7WhKoeuekp7ftol6bi1xRB+26XdPjS2727HRDG2Z17X3mFge/0HZg1YeDABEu5877LW+dwAV8AT
ytyyRQBc8qQUw08mUTzX5dbDphzEdGElWRTkNO2/xwQk+szE+e6t3p9Xb19jq9AeoAQIgaELlOyFmGwoVjIdIh0nnR2h/kIBsUZ5ia3u4waRSdbpMEkwDb
qPnyPHgCJJ2rlBMlrEim0PIXbTaC6sI8I8eaJMPlacNufscJsrelUIc2JJYqr2YLf649T6FxXQ1sp4o1fo1yfGFvU8wExHOuHzkkXzHbqAEfpY94SeQ09t
BImEFZxAj4hlY16J3m9pkD2h1VMlUTopPsisuoLF/OXUINpo6pB23jLQWJIRCaRL55eGGEa/Xb28CXOR7IjzqdBYSJzEnDwYEhuKjf8JJ3KDox75eFIJUv
N3rZcqUPK9ph5fD3WFSavc7Xc3U7Dzp84yvF0CFX9IBMKbv6z7iB/pOo20+lkIp3NkVfWZ1KKQYAsEO8jyqYwfxQuw6H1aF7C5W3yKIpm78/tVHuTa0n49
/EWVOBXmhwsQqb+EPNjJPam5VBFXiQ/yruSzUQvXXzXIClIMnM+g3Q7jecv4aNsBGYJzE3+w4UY7JCnik6GOsX3G+3rTbBRkU/iWSWaL1csWAI1oevYpS2
0FTxgNjujSHkYM9bMgHTp1GvcSS5y/yCWC2L+YaD848ikuQxJTAjBgkqhkiG9w0BCRUxFgQUT6C9teeGj5nkBr5PJeMvgk6NLMMwMTAhMAkGBSsOAwIaBQ
AEFAVnqGgCOUkoH53OX0bIKG2J2z1SBAgMrjOomFrvHgICCAA=`,
  'base64',
);

describe('a client certificate', () => {
  it('opens from a file whose encryption OpenSSL 3 has given up', () => {
    expect(() => createSecureContext({ pfx: OLD_FILE, passphrase: 'old' })).toThrow();
    const opened = openClientCertificate(OLD_FILE, ['wrong', 'old']) as { key: string; cert: string };
    const certificate = new X509Certificate(opened.cert);
    expect(certificate.subject).toBe('CN=old phone');
    expect(certificate.checkPrivateKey(createPrivateKey(opened.key))).toBe(true);
  });

  it.each([
    ['a wrong password', OLD_FILE, ['wrong']],
    ['no password', OLD_FILE, []],
    ['a file cut short', OLD_FILE.subarray(0, -100), ['old']],
    ['an empty file', Buffer.alloc(0), ['old']],
    ['another file', Buffer.from('-----BEGIN CERTIFICATE-----'), ['old']],
  ])('does not open from %s', (_, file, passwords) => {
    expect(openClientCertificate(file, passwords)).toBeNull();
  });
});
