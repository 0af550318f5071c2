import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { ClientHello } from './client-hello.ts';
import { SOCKET_BUFFER_BYTES } from './dial.ts';
import { Http1Phone } from './http1/phone.ts';
import { Http2Phone } from './http2/phone.ts';
import { LOCAL_HOST, type OpenTunnel, type PhoneConnection, type Relay } from './relay.ts';
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
      ALPNProtocols: ['h2', 'http/1.1'],
      requestCert: false,
      highWaterMark: SOCKET_BUFFER_BYTES,
    } as ConstructorParameters<typeof TLSSocket>[1],
  );
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
    const route = target.isProxy
      ? ({ kind: 'proxy' } as const)
      : ({
          kind: 'fixed',
          secure: true,
          host: target.host,
          port: target.port,
          serverName: hello.serverName,
          onServed: () => {
            acceptanceClosed = relay.refusals.accepted(connection.address, host);
          },
        } as const);
    const phone =
      tls.alpnProtocol === 'h2'
        ? new Http2Phone(relay, connection, tls, route, openTunnel)
        : new Http1Phone(relay, connection, tls, route, true, target.isProxy ? openTunnel : null);
    tls.once('close', () => {
      acceptanceClosed?.(performance.now());
      const silent = !phone.served;
      if (silent && performance.now() - shakenAt < relay.limits.refusalCloseMsMax) fail('closed-after-handshake');
    });
  });
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
