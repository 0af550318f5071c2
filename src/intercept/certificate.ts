import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import forge from 'node-forge';

const { asn1 } = forge;

/** What one certificate says. Dates are milliseconds since 1970. */
export interface CertificateFields {
  readonly subject: forge.asn1.Asn1;
  readonly issuer: forge.asn1.Asn1;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: KeyObject;
  readonly extensions: readonly forge.asn1.Asn1[];
}

/** Object identifiers, with the names RFC 5280 gives them. */
const OID = {
  commonName: '2.5.4.3',
  organizationName: '2.5.4.10',
  sha256WithRSAEncryption: '1.2.840.113549.1.1.11',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extKeyUsage: '2.5.29.37',
  subjectKeyIdentifier: '2.5.29.14',
  authorityKeyIdentifier: '2.5.29.35',
  subjectAltName: '2.5.29.17',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

/**
 * Encodes a certificate with node-forge's ASN.1 and signs it with node:crypto, which needs a tenth of the time of forge's own
 * signing and, unlike it, accepts elliptic keys as subject.
 *
 * @param signingKey an RSA key; the signature is sha256WithRSAEncryption, which every Android since 2.3 reads.
 * @returns DER.
 */
export function encodeCertificate(fields: CertificateFields, signingKey: KeyObject): Buffer {
  const algorithm = () => sequence(oid(OID.sha256WithRSAEncryption), universal(asn1.Type.NULL, ''));
  const body = sequence(
    context(0, true, [integer(2)]),
    universal(asn1.Type.INTEGER, serialNumber()),
    algorithm(),
    fields.issuer,
    sequence(time(fields.notBefore), time(fields.notAfter)),
    fields.subject,
    asn1.fromDer(fields.publicKey.export({ type: 'spki', format: 'der' }).toString('latin1')),
    context(3, true, [sequence(...fields.extensions)]),
  );
  const signature = sign('sha256', Buffer.from(asn1.toDer(body).getBytes(), 'latin1'), signingKey);
  const whole = sequence(body, algorithm(), universal(asn1.Type.BITSTRING, `\0${signature.toString('latin1')}`));
  return Buffer.from(asn1.toDer(whole).getBytes(), 'latin1');
}

export function distinguishedName(organization: string, commonName: string | null): forge.asn1.Asn1 {
  const attribute = (type: string, value: string) =>
    universalSet(sequence(oid(type), universal(asn1.Type.UTF8, forge.util.encodeUtf8(value))));
  const parts = [attribute(OID.organizationName, organization)];
  if (commonName !== null) parts.push(attribute(OID.commonName, commonName));
  return sequence(...parts);
}

/** Extensions of a certificate that signs others, and nothing but leaves. */
export function authorityExtensions(publicKey: KeyObject): forge.asn1.Asn1[] {
  const isAuthority = universal(asn1.Type.BOOLEAN, '\xff');
  return [
    extension(OID.basicConstraints, true, sequence(isAuthority, integer(0))),
    // keyCertSign (5) and cRLSign (6): the bit string's first byte counts its unused bits.
    extension(OID.keyUsage, true, universal(asn1.Type.BITSTRING, '\x01\x06')),
    extension(OID.subjectKeyIdentifier, false, universal(asn1.Type.OCTETSTRING, keyIdentifier(publicKey))),
  ];
}

/** Extensions of a server's certificate for one host name or address. */
export function leafExtensions(host: string, publicKey: KeyObject, authorityKey: KeyObject): forge.asn1.Asn1[] {
  return [
    extension(OID.basicConstraints, true, sequence()),
    // digitalSignature (0) only: an elliptic key encrypts nothing.
    extension(OID.keyUsage, true, universal(asn1.Type.BITSTRING, '\x07\x80')),
    extension(OID.extKeyUsage, false, sequence(oid(OID.serverAuth))),
    extension(OID.subjectKeyIdentifier, false, universal(asn1.Type.OCTETSTRING, keyIdentifier(publicKey))),
    extension(OID.authorityKeyIdentifier, false, sequence(context(0, false, keyIdentifier(authorityKey)))),
    extension(OID.subjectAltName, false, sequence(alternativeName(host))),
  ];
}

function alternativeName(host: string): forge.asn1.Asn1 {
  if (isIP(host) === 0) return context(2, false, host);
  return context(7, false, addressBytes(host).toString('latin1'));
}

/** The 4 or 16 bytes of an address that `isIP` accepted; a zone (`%eth0`) is no part of them. */
export function addressBytes(address: string): Buffer {
  const plain = address.split('%', 1)[0] as string;
  if (isIP(plain) === 4) return Buffer.from(plain.split('.').map(Number));
  // The URL parser writes an embedded IPv4 part as hexadecimal.
  const [head, tail] = new URL(`http://[${plain}]/`).hostname.slice(1, -1).split('::') as [string, string | undefined];
  const groups = (text: string | undefined) => (text ? text.split(':').map((group) => Number.parseInt(group, 16)) : []);
  const left = groups(head);
  const right = groups(tail);
  const all = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]));
}

/** SHA-1 of the key's bits: method 1 of RFC 5280 §4.2.1.2. */
function keyIdentifier(key: KeyObject): string {
  // An RSA key's bits are its PKCS #1 form; a P-256 key's the last 65 bytes of its SubjectPublicKeyInfo.
  const bits =
    key.asymmetricKeyType === 'rsa'
      ? key.export({ type: 'pkcs1', format: 'der' })
      : key.export({ type: 'spki', format: 'der' }).subarray(-65);
  return createHash('sha1').update(bits).digest().toString('latin1');
}

/** 16 random bytes as a positive integer that needs no leading zero. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('latin1');
}

/** UTCTime up to 2049, GeneralizedTime after: RFC 5280 §4.1.2.5. */
function time(at: number): forge.asn1.Asn1 {
  const date = new Date(at);
  return date.getUTCFullYear() < 2050
    ? universal(asn1.Type.UTCTIME, asn1.dateToUtcTime(date) as unknown as string)
    : universal(asn1.Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(date) as unknown as string);
}

function extension(type: string, critical: boolean, value: forge.asn1.Asn1): forge.asn1.Asn1 {
  const wrapped = universal(asn1.Type.OCTETSTRING, asn1.toDer(value).getBytes());
  return critical ? sequence(oid(type), universal(asn1.Type.BOOLEAN, '\xff'), wrapped) : sequence(oid(type), wrapped);
}

function universal(type: forge.asn1.Type, value: string): forge.asn1.Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, type, false, value);
}

function sequence(...items: forge.asn1.Asn1[]): forge.asn1.Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, items);
}

function universalSet(...items: forge.asn1.Asn1[]): forge.asn1.Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SET, true, items);
}

function context(tag: number, constructed: boolean, value: string | forge.asn1.Asn1[]): forge.asn1.Asn1 {
  return asn1.create(asn1.Class.CONTEXT_SPECIFIC, tag as forge.asn1.Type, constructed, value);
}

function oid(dotted: string): forge.asn1.Asn1 {
  return universal(asn1.Type.OID, asn1.oidToDer(dotted).getBytes());
}

function integer(value: number): forge.asn1.Asn1 {
  return universal(asn1.Type.INTEGER, asn1.integerToDer(value).getBytes());
}
