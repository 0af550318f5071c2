import type { Socket } from 'node:net';
import { type ClientHello, parseClientHello } from './client-hello.ts';
import { Http1Phone } from './http1/phone.ts';
import { isHostName } from './origin.ts';
import type { PhoneConnection, Relay } from './relay.ts';
import { endTls, reportHandshake } from './tls-door.ts';

/** What the first bytes of a connection begin. */
export type Opening =
  | { readonly kind: 'tls'; readonly hello: ClientHello }
  | { readonly kind: 'http' }
  | { readonly kind: 'other' }
  | { readonly kind: 'broken-tls' }
  | { readonly kind: 'incomplete' };

/** Methods are upper-case words by use; a space must follow within what has come. */
const METHOD_START = /^[A-Z][A-Z-]{0,31}(?: |$)/;

export function openingOf(bytes: Buffer): Opening {
  if (bytes.length === 0) return { kind: 'incomplete' };
  if (bytes[0] === 22) {
    const hello = parseClientHello(bytes);
    if (hello === 'incomplete') return { kind: 'incomplete' };
    return hello === 'invalid' ? { kind: 'broken-tls' } : { kind: 'tls', hello };
  }
  const start = bytes.toString('latin1', 0, 40);
  if (!METHOD_START.test(start)) return { kind: 'other' };
  return start.includes(' ') ? { kind: 'http' } : { kind: 'incomplete' };
}

/** Where a connection leads once its target is known. */
export interface Ways {
  /** Bytes that are neither TLS nor HTTP, or nothing at all for a while: the server may speak first. */
  unread(early: Buffer): void;
}

/**
 * Serves a connection whose target is known (after CONNECT, SOCKS5, or redirected): waits for its first bytes, then ends TLS,
 * reads HTTP, or lets the rest pass unread.
 */
export function serveTarget(
  relay: Relay,
  connection: PhoneConnection,
  socket: Socket,
  target: { readonly host: string; readonly port: number },
  early: Buffer,
  ways: Ways,
): void {
  let gathered: Buffer = early;
  const silence = setTimeout(() => {
    if (gathered.length > 0) return;
    stop();
    ways.unread(gathered);
  }, relay.limits.silentTunnelMsMax);
  silence.unref();
  const patience = setTimeout(() => {
    stop();
    ways.unread(gathered);
  }, relay.limits.handshakeMsMax);
  patience.unref();
  const stop = () => {
    clearTimeout(silence);
    clearTimeout(patience);
    socket.removeListener('data', onData);
    socket.removeListener('end', onEnd);
    socket.removeListener('close', onEnd);
    socket.pause();
  };
  const onEnd = () => {
    stop();
    socket.destroy();
  };
  const onData = (bytes: Buffer) => {
    gathered = gathered.length === 0 ? bytes : Buffer.concat([gathered, bytes]);
    decide();
  };
  const decide = () => {
    const opening = openingOf(gathered);
    if (opening.kind === 'incomplete' && gathered.length <= relay.limits.clientHelloBytesMax) return;
    stop();
    if (opening.kind === 'tls') {
      const { hello } = opening;
      const sound = hello.serverName === null || isHostName(hello.serverName) ? hello : { ...hello, serverName: null };
      socket.unshift(gathered);
      endTls(relay, connection, socket, target, sound, (failure) =>
        reportHandshake(relay, connection, target, sound, failure),
      );
    } else if (opening.kind === 'http') {
      const phone = new Http1Phone(
        relay,
        connection,
        socket,
        { kind: 'fixed', secure: false, ...target, serverName: null },
        false,
        null,
      );
      phone.feed(gathered);
      socket.resume();
    } else ways.unread(gathered);
  };
  socket.on('data', onData);
  socket.on('end', onEnd);
  socket.on('close', onEnd);
  socket.resume();
  if (early.length > 0) decide();
}
