import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CertificateFormat, certificateFile } from '../device/certificate-files.ts';
import { openAuthority } from '../intercept/authority.ts';
import { operatorError } from '../model/errors.ts';

/** What the operator is told of a certificate authority. */
export interface AuthoritySummary {
  /** True when this run made it. */
  readonly created: boolean;
  /** Path of the certificate. */
  readonly path: string;
  /** SHA-256 of the certificate, upper hex with colons, as phones show it. */
  readonly fingerprint: string;
}

/** Makes the authority of a folder, or opens the one that is there. Throws as {@link openAuthority}. */
export function initAuthority(folder: string): AuthoritySummary {
  const { created, path, certificateDer } = openAuthority(folder);
  const digest = createHash('sha256').update(certificateDer).digest('hex').toUpperCase();
  return { created, path, fingerprint: digest.replace(/(..)(?=.)/g, '$1:') };
}

/**
 * The certificate in the form that a system wants.
 * @throws TelltaleError `ca-missing`: an export never makes an authority, or a typing error in the folder would go unnoticed.
 */
export function exportCertificate(folder: string, format: CertificateFormat): Uint8Array {
  if (!existsSync(join(folder, 'ca.pem'))) throw operatorError('ca-missing', { path: folder });
  return certificateFile(openAuthority(folder), format).bytes;
}
