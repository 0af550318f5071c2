/** Why a handshake with a phone came to nothing. */
export type HandshakeFailure =
  | 'unknown-ca'
  | 'bad-certificate'
  | 'closed-without-alert'
  | 'closed-after-handshake'
  | 'reset'
  | 'timeout'
  | 'no-shared-cipher'
  | 'protocol-version'
  | 'other';

/** Failures in which the phone saw our certificate and turned away; the others say nothing about it. */
const REFUSALS: ReadonlySet<HandshakeFailure> = new Set([
  'unknown-ca',
  'bad-certificate',
  'closed-without-alert',
  'closed-after-handshake',
  'reset',
]);

export function isRefusal(failure: HandshakeFailure): boolean {
  return REFUSALS.has(failure);
}

/** Refusals without an alert: what a pinning app does, and so does any client with a connection it no longer needs. */
export function isSilent(failure: HandshakeFailure): boolean {
  return failure === 'closed-without-alert' || failure === 'closed-after-handshake' || failure === 'reset';
}

/** For people: what the phone did. */
export const FAILURE_SENTENCES: Readonly<Record<HandshakeFailure, string>> = {
  'unknown-ca': 'The phone does not know our certificate authority (alert unknown_ca).',
  'bad-certificate': 'The phone rejected our certificate with an alert.',
  'closed-without-alert': 'The phone closed the connection when it saw our certificate.',
  'closed-after-handshake':
    'The phone closed the connection right after the handshake, without a request, as pinning apps do.',
  reset: 'The phone reset the connection when it saw our certificate.',
  timeout: 'The phone did not finish the handshake in time.',
  'no-shared-cipher': 'The phone offered no cipher that we speak.',
  'protocol-version': 'The phone offered no TLS version that we speak.',
  other: 'The handshake failed.',
};

/** OpenSSL's reasons, in the order in which they are tried. */
const BY_CODE: readonly (readonly [RegExp, HandshakeFailure])[] = [
  [/ALERT_UNKNOWN_CA/, 'unknown-ca'],
  [
    /ALERT_(?:BAD_CERTIFICATE|CERTIFICATE_|UNSUPPORTED_CERTIFICATE|NO_CERTIFICATE|ACCESS_DENIED|DECRYPT_ERROR)/,
    'bad-certificate',
  ],
  [/NO_SHARED_CIPHER|NO_SUITABLE_SIGNATURE|ALERT_HANDSHAKE_FAILURE|NO_SHARED_GROUP/, 'no-shared-cipher'],
  [/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|WRONG_VERSION_NUMBER|VERSION_TOO_LOW/, 'protocol-version'],
  [/^(?:ECONNRESET|EPIPE|ECONNABORTED)$/, 'reset'],
];

/** @param code an error's code; null: the connection ended without one. */
export function failureOfHandshake(code: string | null): HandshakeFailure {
  if (code === null) return 'closed-without-alert';
  return BY_CODE.find(([pattern]) => pattern.test(code))?.[1] ?? 'other';
}
