import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import { chmodSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import forge from 'node-forge';
import { operatorError, unreadableFile, unwritableFile } from '../model/errors.ts';
import { authorityExtensions, distinguishedName, encodeCertificate, leafExtensions } from './certificate.ts';
import { RELAY_LIMITS } from './limits.ts';
import { Lru } from './lru.ts';
import { makeFolder } from './make-folder.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The certificate authority that the phone is told to trust, and the certificates it makes for the hosts the phone asks for. */
export interface Authority {
  /** True when this run made it. */
  readonly created: boolean;
  /** Path of the certificate file. */
  readonly path: string;
  readonly certificatePem: string;
  readonly certificateDer: Uint8Array;
  /** 8 lower hex digits: the file name that Android's system store expects, without `.0`. */
  readonly subjectHashOld: string;
  /**
   * TLS settings that present a certificate for one host name or IP address, made on first use and kept in memory.
   * Costs about a millisecond when new.
   */
  secureContextFor(host: string): SecureContext;
}

/**
 * Opens the authority in a folder: `ca.pem` and `ca.key`, both made when missing, the key with mode 0600.
 *
 * Two first runs at the same moment end with the same authority: each file is written aside and linked into place, which fails
 * for whoever comes second, and a certificate can be made again for a key that has none yet.
 *
 * @throws TelltaleError `ca-invalid` when the files do not hold a usable authority, `file-unwritable` when they cannot be made.
 */
export function openAuthority(folder: string): Authority {
  const certificatePath = join(folder, 'ca.pem');
  const keyPath = join(folder, 'ca.key');
  let created = false;
  if (read(keyPath) === null) {
    if (read(certificatePath) !== null) {
      throw operatorError('ca-invalid', { path: folder, reason: 'ca.key is missing beside ca.pem' });
    }
    created = publish(folder, keyPath, newKeyPem(), 0o600);
  }
  const key = privateKey(folder, read(keyPath) ?? '');
  if (read(certificatePath) === null) publish(folder, certificatePath, newCertificatePem(key), 0o644);
  const certificate = checkedCertificate(folder, read(certificatePath) ?? '', key);
  return new OpenAuthority(certificatePath, created, certificate, key);
}

class OpenAuthority implements Authority {
  readonly created: boolean;
  readonly path: string;
  readonly certificatePem: string;
  readonly certificateDer: Uint8Array;
  readonly subjectHashOld: string;
  readonly #signingKey: KeyObject;
  readonly #issuerKey: KeyObject;
  readonly #issuer: forge.asn1.Asn1;
  readonly #notAfter: number;
  readonly #leafKey: KeyObject;
  readonly #leafKeyPem: string;
  readonly #contexts = new Lru<SecureContext>(RELAY_LIMITS.certificatesMax);

  constructor(path: string, created: boolean, certificate: X509Certificate, signingKey: KeyObject) {
    this.created = created;
    this.path = path;
    this.certificatePem = certificate.toString();
    this.certificateDer = certificate.raw;
    this.#signingKey = signingKey;
    this.#issuerKey = createPublicKey(signingKey);
    this.#issuer = subjectOf(certificate);
    this.#notAfter = Date.parse(certificate.validTo);
    this.subjectHashOld = subjectHashOld(this.#issuer);
    // One key for all leaves (decision 2): making a key pair for each host is what costs, and protects nothing here.
    const leaf = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    this.#leafKey = leaf.publicKey;
    this.#leafKeyPem = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  secureContextFor(host: string): SecureContext {
    const known = this.#contexts.get(host);
    if (known !== undefined) return known;
    const made = createSecureContext({
      key: this.#leafKeyPem,
      cert: this.#leafPem(host),
      // Old phones are to be seen too; what they may speak is their risk on their own test network.
      minVersion: 'TLSv1.2',
    });
    this.#contexts.set(host, made);
    return made;
  }

  #leafPem(host: string): string {
    const now = Date.now();
    const der = encodeCertificate(
      {
        // A common name holds at most 64 characters; the alternative name says it anyway.
        subject: distinguishedName('telltale', host.length <= 64 ? host : null),
        issuer: this.#issuer,
        // Phones' clocks are often behind. Apple accepts 825 days at most from an added authority: support.apple.com/103769.
        notBefore: now - 2 * DAY_MS,
        notAfter: Math.min(now + 365 * DAY_MS, this.#notAfter),
        publicKey: this.#leafKey,
        extensions: leafExtensions(host, this.#leafKey, this.#issuerKey),
      },
      this.#signingKey,
    );
    return pem('CERTIFICATE', der);
  }
}

/** MD5 of the subject's DER, its first four bytes read as a little-endian number: `openssl x509 -subject_hash_old`. */
function subjectHashOld(subject: forge.asn1.Asn1): string {
  const digest = createHash('md5')
    .update(Buffer.from(forge.asn1.toDer(subject).getBytes(), 'latin1'))
    .digest();
  return digest.readUInt32LE(0).toString(16).padStart(8, '0');
}

/** The subject as it stands in the certificate: a name encoded anew might differ in its string types, and no phone would chain it. */
function subjectOf(certificate: X509Certificate): forge.asn1.Asn1 {
  const whole = forge.asn1.fromDer(certificate.raw.toString('latin1'));
  const body = (whole.value as forge.asn1.Asn1[])[0] as forge.asn1.Asn1;
  const fields = body.value as forge.asn1.Asn1[];
  // The version is an optional [0] before the serial number.
  const offset = fields[0]?.tagClass === forge.asn1.Class.CONTEXT_SPECIFIC ? 1 : 0;
  return fields[offset + 4] as forge.asn1.Asn1;
}

function newKeyPem(): string {
  const pair = forge.pki.rsa.generateKeyPair({ bits: 2048 });
  return forge.pki.privateKeyToPem(pair.privateKey).replaceAll('\r\n', '\n');
}

function newCertificatePem(key: KeyObject): string {
  const publicKey = createPublicKey(key);
  // Two authorities on one phone must not have the same name, or the phone may check a leaf against the wrong one.
  const mark = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 8);
  const name = distinguishedName('telltale', `telltale CA ${mark}`);
  const now = Date.now();
  const der = encodeCertificate(
    {
      subject: name,
      issuer: name,
      notBefore: now - 2 * DAY_MS,
      notAfter: now + 10 * 365 * DAY_MS,
      publicKey,
      extensions: authorityExtensions(publicKey),
    },
    key,
  );
  return pem('CERTIFICATE', der);
}

function privateKey(folder: string, text: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch (cause) {
    throw operatorError('ca-invalid', { path: folder, reason: 'ca.key holds no private key' }, { cause });
  }
  if (key.asymmetricKeyType !== 'rsa')
    throw operatorError('ca-invalid', { path: folder, reason: 'ca.key is not an RSA key' });
  return key;
}

function checkedCertificate(folder: string, text: string, key: KeyObject): X509Certificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(text);
  } catch (cause) {
    throw operatorError('ca-invalid', { path: folder, reason: 'ca.pem holds no certificate' }, { cause });
  }
  const reason = !certificate.ca
    ? 'ca.pem is not a certificate authority'
    : !certificate.checkPrivateKey(key)
      ? 'ca.key does not belong to ca.pem'
      : Date.parse(certificate.validTo) < Date.now()
        ? `ca.pem expired on ${certificate.validTo}`
        : null;
  if (reason !== null) throw operatorError('ca-invalid', { path: folder, reason });
  return certificate;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unreadableFile(path, error);
  }
}

/**
 * Puts a whole file in place unless there is one already.
 * @returns whether it was ours that came first.
 */
function publish(folder: string, path: string, text: string, mode: number): boolean {
  const aside = join(folder, `.${process.pid}-${Math.random().toString(36).slice(2)}.tmp`);
  makeFolder(folder);
  try {
    writeFileSync(aside, text, { mode, flag: 'wx' });
    chmodSync(aside, mode);
    linkSync(aside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unwritableFile(path, error);
  } finally {
    rmSync(aside, { force: true });
  }
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
