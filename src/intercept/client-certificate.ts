import { createSecureContext } from 'node:tls';
import forge from 'node-forge';

/** A certificate to show to a server, with its chain and key, as OpenSSL takes them. */
export type ClientCertificate =
  | { readonly pfx: Buffer; readonly passphrase: string }
  | { readonly key: string; readonly cert: string };

/**
 * Opens a PKCS #12 file.
 *
 * Android's and older tools' files are encrypted with RC2-40 or 3DES under SHA-1, which OpenSSL 3 no longer opens by default;
 * node-forge does.
 *
 * @param passwords tried in turn; none given: the empty one.
 * @returns null when no password opens it, or it holds no certificate with its key.
 */
export function openClientCertificate(file: Uint8Array, passwords: readonly string[]): ClientCertificate | null {
  const pfx = Buffer.from(file);
  for (const passphrase of passwords.length === 0 ? [''] : passwords) {
    try {
      createSecureContext({ pfx, passphrase });
      return { pfx, passphrase };
    } catch {
      const opened = openOldFile(pfx, passphrase);
      if (opened !== null) return opened;
    }
  }
  return null;
}

function openOldFile(pfx: Buffer, passphrase: string): ClientCertificate | null {
  try {
    const file = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(pfx.toString('latin1')), false, passphrase);
    const bagsOf = (type: string) => file.getBags({ bagType: type })[type] ?? [];
    const { certBag, keyBag, pkcs8ShroudedKeyBag } = forge.pki.oids as Record<string, string>;
    const [keyed] = [...bagsOf(pkcs8ShroudedKeyBag ?? ''), ...bagsOf(keyBag ?? '')];
    const certificates = bagsOf(certBag ?? '').flatMap(({ cert }) => (cert === undefined ? [] : [cert]));
    const key = keyed?.key;
    if (key === undefined || certificates.length === 0) return null;
    // The key's own certificate first, then its chain.
    const own = (certificate: forge.pki.Certificate) =>
      (certificate.publicKey as forge.pki.rsa.PublicKey).n?.equals((key as forge.pki.rsa.PrivateKey).n) === true;
    const chain = [...certificates.filter(own), ...certificates.filter((certificate) => !own(certificate))];
    const opened = {
      key: forge.pki.privateKeyToPem(key),
      cert: chain.map((certificate) => forge.pki.certificateToPem(certificate)).join(''),
    };
    createSecureContext(opened);
    return opened;
  } catch {
    return null;
  }
}
