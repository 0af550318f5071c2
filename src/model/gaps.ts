/**
 * Every kind of gap, with the sentence the report prints for it.
 * Kinds are stored in evidence files: add new ones, never rename or reuse an old one.
 */
export const GAP_KINDS = {
  'tls-rejected':
    'The app refused our certificate (pinning, or the CA is not trusted): its traffic to this host was not seen.',
  'tls-failed': 'The TLS handshake with the phone failed before any request.',
  'tls-passthrough':
    'TLS that went through unread, because the host is on the passthrough list, the ALPN names no version of HTTP, or the app refused our certificate before.',
  tunnel: 'A connection that speaks neither TLS nor HTTP, or inside TLS no HTTP, went through byte for byte.',
  'quic-offered':
    'The server offered HTTP/3; the offer was taken out so that the app stays on a protocol that can be read.',
  'quic-not-taken-out':
    'An answer of DNS over HTTPS offered HTTP/3 for this host, or may have, in a form that could not be changed or read: what the app then sent over HTTP/3 was not seen.',
  'websocket-opaque': 'WebSocket messages that could not be unpacked.',
  'upstream-failed': 'The server could not be reached or its certificate did not verify.',
  'request-refused': 'A request that is not well-formed HTTP, or that the proxy may not relay, was refused.',
  'body-cut': 'The body ended early; everything that arrived was read.',
  'body-not-kept': 'The body was read but not kept, as the operator asked.',
  'decode-failed': 'The coding did not hold what it promised; what could be unpacked was read.',
  'limit-body-bytes': 'The body is larger than what is kept and decoded; its beginning was read.',
  'limit-decoded-bytes': 'The body unpacks to more than the decoding limit; its beginning was read.',
  'limit-depth': 'Codings are nested deeper than the decoding limit; the inner ones were not opened.',
  'limit-time': 'Decoding took longer than its limit; the rest was not opened.',
  'limit-fields': 'The body holds more fields than the limit; the rest was searched as bytes only.',
  'limit-layers': 'The body holds more nested codings than the limit; the rest was not opened.',
  'limit-findings': 'The body repeats known values more often than the limit; the rest was not recorded.',
  'limit-messages': 'The conversation holds more messages than the limit; the rest was not kept.',
  'coding-unknown': 'The content coding is not one that telltale opens.',
  'opaque-body': 'The body is encrypted or in an unknown form: what it carries is unresolved.',
  'not-stored':
    'The evidence file could not take what was seen (full, or not writable): the traffic went through unrecorded.',
  'audit-failed': 'A defect of telltale kept it from judging this exchange; the traffic itself went through.',
  'import-cut': 'The imported file broke off or was malformed; everything before the break was read.',
  'body-missing': 'The imported file does not hold the body.',
  'nothing-captured': 'The capture holds no exchange at all: nothing was looked at, so nothing follows from it.',
  'policy-part-unread':
    'A part of the policy was not read: what is called undeclared may be declared there. `policy extract` says where.',
} as const satisfies Record<string, string>;

export type GapKind = keyof typeof GAP_KINDS;

/**
 * A place where telltale could not look, and why.
 *
 * A gap is a result, not an error. "No advertising ID left the phone" is true only outside the
 * gaps listed beside it, so every stage that gives up on bytes must emit one.
 */
export interface Gap {
  readonly kind: GapKind;
  /** Where in the exchange, from the outside in: `['request', 'body', 'gzip']`. Empty for a whole connection. */
  readonly at: readonly string[];
  /** Bytes left unread; `null` when nobody can know (a tunnel, a cut stream). */
  readonly bytesUnread: number | null;
  /** What was known when it happened (alert name, limit, entropy), for people; never an identifier's value. */
  readonly detail: string | null;
}
