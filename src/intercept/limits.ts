/**
 * Every limit of the relay, with its unit in its name. The audit's own limits are in `model/limits.ts`.
 * A limit that bites answers the phone with one clear sentence, closes, or slows down; where traffic stays unread it makes
 * the gap named beside it.
 */
export interface RelayLimits {
  /** Bytes of a request's or response's head: first line and headers together. → `request-refused`, `upstream-failed` */
  readonly headBytesMax: number;
  /** Bytes of the trailers of a chunked body. → `body-cut` */
  readonly trailerBytesMax: number;
  /** Bytes of a chunk's size line with its extensions. → `body-cut` */
  readonly chunkLineBytesMax: number;
  /** Bytes of a request's body that are held while the server is not connected yet; then the phone is not read. */
  readonly waitingBodyBytesMax: number;
  /** Bytes of a request's body that are kept so that a request can be sent again over a fresh connection. */
  readonly retryBodyBytesMax: number;
  /** Bytes of a pipelined request that are held until the one before it is answered; then the phone is not read. */
  readonly pipelinedBytesMax: number;
  /** Bytes of a TLS ClientHello. → `tls-failed` */
  readonly clientHelloBytesMax: number;
  /** Bytes of a request's body to one of the proxy's own pages. */
  readonly localBodyBytesMax: number;
  /** Bytes of one WebSocket or gRPC message that are gathered for the audit. → `websocket-opaque` */
  readonly messageBytesMax: number;
  /** Milliseconds a phone may take for its first byte and for a whole head. → `request-refused` */
  readonly headMsMax: number;
  /** Milliseconds a phone may take to name its user when it was asked; people may have to type. → `request-refused` */
  readonly credentialsMsMax: number;
  /** Milliseconds a TLS handshake may take, on either side. → `tls-rejected`, `upstream-failed` */
  readonly handshakeMsMax: number;
  /** Milliseconds to wait for a phone that opened a tunnel and says nothing: the server may be the one that speaks first. */
  readonly silentTunnelMsMax: number;
  /** Milliseconds for a connection to a server to open. → `upstream-failed` */
  readonly connectMsMax: number;
  /** Milliseconds one address of a name may take to answer before the next is tried (RFC 8305 §5); the last one has `connectMsMax`. */
  readonly addressMsMax: number;
  /** Milliseconds a request's body may stand still that is not being answered, or a phone may leave an answer unread. → `body-cut` */
  readonly bodyIdleMsMax: number;
  /** Milliseconds an answer may stand still, or a request that is being answered: event streams and gRPC calls do. → `body-cut` */
  readonly answerIdleMsMax: number;
  /** Milliseconds a server may take to begin its answer; mail clients wait most of an hour for news. → `upstream-failed` */
  readonly answerMsMax: number;
  /** Milliseconds a server of HTTP/2 may be silent while it owes answers before it is looked at whether the connection still stands. */
  readonly serverSilentMsMax: number;
  /** Milliseconds a phone's connection may lie idle between requests. */
  readonly phoneIdleMsMax: number;
  /** Milliseconds a connection to a server may lie idle in the pool; a server's own Keep-Alive hint shortens it. */
  readonly serverIdleMsMax: number;
  /** Milliseconds an HTTP/2 connection to a server may lie without streams. */
  readonly serverSessionIdleMsMax: number;
  /** Milliseconds a WebSocket or tunnel may lie idle. */
  readonly tunnelIdleMsMax: number;
  /** Milliseconds for running exchanges to end when the proxy shuts down. */
  readonly shutdownMsMax: number;
  /** Milliseconds for which what a phone still sends is read and thrown away after it was refused, so that it can read why. */
  readonly lingerMsMax: number;
  /** Milliseconds after a handshake within which a close without a request counts as refusing our certificate. → `tls-rejected` */
  readonly refusalCloseMsMax: number;
  /** Connections of phones at a time. → `request-refused` */
  readonly phoneConnectionsMax: number;
  /** Connections to one origin at a time; further requests wait for one. */
  readonly serverConnectionsMax: number;
  /** Idle connections kept for all origins together. */
  readonly idleServerConnectionsMax: number;
  /** Leaf certificates kept in memory. */
  readonly certificatesMax: number;
  /** Streams of one HTTP/2 connection at a time. */
  readonly streamsMax: number;
}

export const RELAY_LIMITS: RelayLimits = {
  headBytesMax: 256 * 1024,
  trailerBytesMax: 64 * 1024,
  chunkLineBytesMax: 4 * 1024,
  waitingBodyBytesMax: 128 * 1024,
  retryBodyBytesMax: 64 * 1024,
  pipelinedBytesMax: 256 * 1024,
  clientHelloBytesMax: 64 * 1024,
  localBodyBytesMax: 1024 * 1024,
  messageBytesMax: 16 * 1024 * 1024,
  headMsMax: 30_000,
  credentialsMsMax: 60_000,
  handshakeMsMax: 15_000,
  silentTunnelMsMax: 3_000,
  connectMsMax: 15_000,
  addressMsMax: 500,
  bodyIdleMsMax: 300_000,
  answerIdleMsMax: 3_600_000,
  answerMsMax: 3_600_000,
  serverSilentMsMax: 1_000,
  phoneIdleMsMax: 600_000,
  serverIdleMsMax: 4_000,
  serverSessionIdleMsMax: 30_000,
  tunnelIdleMsMax: 3_600_000,
  shutdownMsMax: 3_000,
  lingerMsMax: 2_000,
  refusalCloseMsMax: 2_000,
  phoneConnectionsMax: 8_192,
  serverConnectionsMax: 256,
  idleServerConnectionsMax: 512,
  certificatesMax: 2_000,
  streamsMax: 128,
};
