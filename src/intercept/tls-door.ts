import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { ClientHello } from './client-hello.ts';
import { SOCKET_BUFFER_BYTES } from './dial.ts';
import { hearFirstWord } from './first-word.ts';
import { Http1Phone } from './http1/phone.ts';
import { Http2Phone } from './http2/phone.ts';
import { originOf } from './origin.ts';
import { LOCAL_HOST, type OpenTunnel, type PhoneConnection, type Relay } from './relay.ts';
import { shareReads } from './shared-reads.ts';
import { FAILURE_SENTENCES, failureOfHandshake, type HandshakeFailure, isRefusal, isSilent } from './tls-refusal.ts';

export interface TlsTarget {
  readonly host: string;
  readonly port: number;
  /** The proxy itself is meant: what is inside names its targets. */
  readonly isProxy: boolean;
}

/**
 * Ends a phone's TLS here: shows a certificate for the host it asked for, and serves what it says inside.
 * The ClientHello must still stand in the socket's buffer (`unshift`).
 * @param openTunnel takes the tunnels that a phone asks the proxy for.
 */
export function endTls(
  relay: Relay,
  connection: PhoneConnection,
  socket: Duplex,
  target: TlsTarget,
  hello: ClientHello,
  openTunnel: OpenTunnel,
): void {
  const host = hello.serverName ?? target.host;
  const tls = new TLSSocket(
    socket as Socket,
    {
      isServer: true,
      secureContext: relay.authority.secureContextFor(host),
      ALPNProtocols: ['h2', 'http/1.1', 'http/1.0'],
      requestCert: false,
      highWaterMark: SOCKET_BUFFER_BYTES,
    } as ConstructorParameters<typeof TLSSocket>[1],
  );
  shareReads(tls);
  let shaken = false;
  let settled = false;
  const fail = (failure: HandshakeFailure) => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    tls.destroy();
    if (isRefusal(failure)) relay.refusals.refused(connection.address, host, isSilent(failure), performance.now());
    reportHandshake(relay, connection, target, hello, failure);
  };
  const timer = setTimeout(() => fail('timeout'), relay.limits.handshakeMsMax);
  timer.unref();
  tls.on('error', (error: NodeJS.ErrnoException) => {
    if (!shaken) fail(failureOfHandshake(error.code ?? ''));
  });
  const closed = () => {
    if (!shaken) fail('closed-without-alert');
  };
  // Half-open sockets stay open when the phone ends its half, so the end must be heard as well as the close.
  tls.on('end', closed);
  tls.on('close', closed);
  tls.on('secure', () => {
    shaken = true;
    clearTimeout(timer);
    // A tls.Server sets this when it hands a socket out, and HTTP/2 waits for it; a socket of our own stays at true (Node 20–24).
    (tls as { secureConnecting?: boolean }).secureConnecting = false;
    const shakenAt = performance.now();
    let acceptanceClosed: ((nowMs: number) => void) | null = null;
    const accept = () => {
      acceptanceClosed = relay.refusals.accepted(connection.address, host);
    };
    const isServed = serveInside(relay, connection, tls, target, hello, openTunnel, accept);
    tls.once('close', () => {
      acceptanceClosed?.(performance.now());
      if (!isServed() && performance.now() - shakenAt < relay.limits.refusalCloseMsMax) fail('closed-after-handshake');
    });
  });
}

/**
 * Serves what a phone says inside TLS: HTTP, of the version that ALPN names; without ALPN whatever it turns out to be.
 * @param accept called when the phone shows that it took our certificate.
 * @returns whether the phone has said anything so far.
 */
function serveInside(
  relay: Relay,
  connection: PhoneConnection,
  tls: TLSSocket,
  target: TlsTarget,
  hello: ClientHello,
  openTunnel: OpenTunnel,
  accept: () => void,
): () => boolean {
  const { host, port } = target;
  const { serverName } = hello;
  const route = target.isProxy
    ? ({ kind: 'proxy' } as const)
    : ({ kind: 'fixed', secure: true, host, port, serverName, onServed: accept } as const);
  const http1 = () => new Http1Phone(relay, connection, tls, route, true, target.isProxy ? openTunnel : null);
  const http2 = () => new Http2Phone(relay, connection, tls, route, openTunnel);
  if (tls.alpnProtocol === 'h2') {
    const phone = http2();
    return () => phone.served;
  }
  if (target.isProxy || (serverName ?? host) === LOCAL_HOST || typeof tls.alpnProtocol === 'string') {
    const phone = http1();
    return () => phone.served;
  }
  const facts = { sni: serverName ?? '', alpn: '', ja4: hello.ja4 };
  const passage = {
    target,
    origin: originOf(true, host, port, serverName, serverName ?? host),
    kind: 'tunnel',
    reason: 'no HTTP inside TLS',
    facts,
  } as const;
  hearFirstWord(relay, connection, tls, passage, (opening, bytes) => {
    if (opening.kind === 'http') {
      http1().feed(bytes);
      tls.resume();
    } else if (opening.kind === 'http2') {
      tls.unshift(bytes);
      http2();
    } else {
      accept();
      return false;
    }
    return true;
  });
  return () => tls.bytesRead > 0;
}

/**
 * Writes a handshake that came to nothing into the ledger; not one with our own pages, whose live check asks again and again
 * until the phone trusts the certificate: nothing of the app is hidden there.
 */
function reportHandshake(
  relay: Relay,
  connection: PhoneConnection,
  target: TlsTarget,
  hello: ClientHello,
  failure: HandshakeFailure,
): void {
  if ((hello.serverName ?? target.host) === LOCAL_HOST) return;
  relay.tap.emit({
    type: 'gap',
    at: relay.tap.now(),
    connection: connection.id,
    exchange: null,
    host: hello.serverName ?? target.host,
    port: target.port,
    gap: {
      kind: isRefusal(failure) ? 'tls-rejected' : 'tls-failed',
      at: ['tls'],
      bytesUnread: null,
      detail: FAILURE_SENTENCES[failure],
    },
    facts: {
      cause: failure,
      host: target.host,
      sni: hello.serverName ?? '',
      alpn: hello.alpn.join(','),
      ja4: hello.ja4,
      client: connection.address,
    },
  });
}
