import { bracketed } from './origin.ts';
import type { ServerFailure } from './sides.ts';

/** Where a connection was to go, for sentences about it. */
interface Place {
  readonly host: string;
  readonly port: number;
}

/** OpenSSL's reasons for which only older TLS helps: a version below 1.2, weak keys, no safe renegotiation. */
const OLD_TLS =
  /UNSUPPORTED_PROTOCOL|ALERT_PROTOCOL_VERSION|VERSION_TOO_LOW|UNSAFE_LEGACY_RENEGOTIATION|DH_KEY_TOO_SMALL|EE_KEY_TOO_SMALL|CA_KEY_TOO_SMALL|MD_TOO_WEAK/;

/** How servers of TLS 1.2 end a handshake in which a certificate was asked for and none came. */
const CERTIFICATE_MISSED = /ALERT_(?:HANDSHAKE_FAILURE|BAD_CERTIFICATE|NO_CERTIFICATE|CERTIFICATE_UNKNOWN)/;

/** What was known of a connection when it failed. */
export interface Attempt {
  readonly oldTls: boolean;
  /** The server had agreed on a cipher, and we have no certificate for it: what it still missed was one. */
  readonly agreedWithoutCertificate: boolean;
}

/**
 * What went wrong while a connection was made, in words. Certificate errors have codes of OpenSSL's X509_V_ERR_* names or Node's
 * ERR_TLS_CERT_*.
 */
export function failureToConnect(
  error: NodeJS.ErrnoException,
  { host, port }: Place,
  { oldTls, agreedWithoutCertificate }: Attempt,
): ServerFailure {
  const code = error.code ?? '';
  const at = placeOf(host, port);
  if (code === 'TELLTALE_FORBIDDEN') return { cause: 'forbidden', sentence: `${host} ${error.message}.` };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_FAIL' || code === 'EAI_NODATA') {
    return { cause: 'name-unknown', sentence: `The name ${host} does not resolve (${code}).` };
  }
  if (/CERT|ISSUER|SELF_SIGNED|CRL|UNABLE_TO_VERIFY|HOSTNAME_MISMATCH/.test(code) && !code.startsWith('ERR_SSL')) {
    return { cause: 'certificate', sentence: `The certificate of ${at} does not verify${whyNot(code)} (${code}).` };
  }
  const missed = agreedWithoutCertificate && CERTIFICATE_MISSED.test(code);
  if (missed || asksForCertificate(code))
    return { cause: 'certificate-requested', sentence: `${certificateWanted(at)}.` };
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO') {
    const hint = !oldTls && OLD_TLS.test(code) ? '; it may be too old, see --old-tls' : '';
    return { cause: 'tls-failed', sentence: `The TLS handshake with ${at} failed (${code}${hint}).` };
  }
  if (code === 'EMFILE' || code === 'ENFILE')
    return {
      cause: 'connect-failed',
      sentence: `${at} was not reached: too many open files (${code}), see ulimit -n.`,
    };
  if (code === 'ETIMEDOUT') return { cause: 'connect-timeout', sentence: `${at} did not answer (ETIMEDOUT).` };
  return { cause: 'connect-failed', sentence: `${at} could not be reached (${code || error.message}).` };
}

/** Why a connection that stood has failed, as the beginning of a sentence. TLS 1.3 servers miss a certificate only then. */
export function failureOfConnection(error: NodeJS.ErrnoException, { host, port }: Place): string {
  const code = error.code ?? error.message;
  return asksForCertificate(code)
    ? `${certificateWanted(placeOf(host, port))}: it ended the connection`
    : `The connection to the server failed (${code})`;
}

/** What the commonest codes mean, and which option helps where one does without trusting everybody. */
function whyNot(code: string): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return ': it is for another name';
  if (code === 'CERT_HAS_EXPIRED') return ': it has expired';
  if (code === 'CERT_NOT_YET_VALID') return ': it is not valid yet';
  if (/SELF_SIGNED|ISSUER|UNABLE_TO_VERIFY/.test(code)) return ': its issuer is not trusted, see --upstream-ca';
  return '';
}

function placeOf(host: string, port: number): string {
  return `${bracketed(host)}:${port}`;
}

function asksForCertificate(code: string): boolean {
  return code.includes('CERTIFICATE_REQUIRED');
}

function certificateWanted(at: string): string {
  return `${at} asks for a client certificate (give one with --client-cert)`;
}
