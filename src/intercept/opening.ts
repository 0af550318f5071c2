import type { Duplex } from 'node:stream';
import { type ClientHello, parseClientHello } from './client-hello.ts';
import { isHostName, plainHost } from './origin.ts';
import type { Relay } from './relay.ts';

/** The first bytes of a connection: reading them without taking them, and what they begin. */

const TLS_HANDSHAKE = 22;

/** What the first bytes of a connection begin. */
export type Opening =
  | { readonly kind: 'tls'; readonly hello: ClientHello }
  | { readonly kind: 'http' | 'http2' | 'other' | 'incomplete' };

/** How HTTP/2 begins where both ends know of it beforehand: RFC 9113 §3.4. */
const HTTP2_PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** Methods are upper-case words by use; empty lines before a request are none of it (RFC 9112 §2.2). */
const METHOD_START = /^[\r\n]{0,8}(?:[A-Z][A-Z-]{0,31}(?: |$)|$)/;

/** Bytes within which a request's first line ends, if it is looked at: those of other protocols are short. */
const LINE_BYTES_MAX = 1024;

/** @param isAll no more bytes will come in time. */
export function openingOf(bytes: Buffer, isAll = false): Opening {
  if (bytes.length === 0) return { kind: 'incomplete' };
  if (bytes[0] === TLS_HANDSHAKE) {
    const hello = parseClientHello(bytes);
    if (typeof hello === 'string') return { kind: hello === 'incomplete' ? 'incomplete' : 'other' };
    return { kind: 'tls', hello: sound(hello) };
  }
  const start = bytes.toString('latin1', 0, 40);
  if (start.startsWith(HTTP2_PREFACE)) return { kind: 'http2' };
  if (HTTP2_PREFACE.startsWith(start)) return { kind: 'incomplete' };
  if (!METHOD_START.test(start)) return { kind: 'other' };
  if (!start.includes(' ')) return { kind: 'incomplete' };
  // Commands of IRC, SMTP and others look like methods; their lines name no version of HTTP.
  const line = bytes.toString('latin1', 0, LINE_BYTES_MAX).trimStart();
  const end = line.indexOf('\n');
  if (end !== -1) return { kind: line.lastIndexOf('HTTP/', end) === -1 ? 'other' : 'http' };
  return { kind: isAll || bytes.length > LINE_BYTES_MAX ? 'http' : 'incomplete' };
}

/** An SNI that is no host name is nothing to make a certificate for; one with a dot at its end is against RFC 6066 §3, and plain enough. */
function sound(hello: ClientHello): ClientHello {
  if (hello.serverName === null) return hello;
  const serverName = plainHost(hello.serverName);
  return { ...hello, serverName: isHostName(serverName) ? serverName : null };
}

/** Whether more bytes may make TLS or HTTP/2 of these. */
export function mayBecomeOther(bytes: Buffer): boolean {
  return bytes[0] === TLS_HANDSHAKE || HTTP2_PREFACE.startsWith(bytes.toString('latin1', 0, 40));
}

interface Peek {
  /** Whether these first bytes say what the connection is. */
  decided(bytes: Buffer): boolean;
  /** @param isAll no more came in time. */
  go(bytes: Buffer, isAll: boolean): void;
  /** Nothing came for the time given. */
  silent(): void;
  /** The phone closed its half, undecided; without this the connection is closed then. */
  ended?(bytes: Buffer): void;
  readonly waitMs: number;
}

/**
 * Reads the first bytes of a connection until they say what it is, or are too many to be a ClientHello; the socket is paused then and nobody listens to it.
 * @returns stops it early.
 */
export function peek(relay: Relay, socket: Duplex, what: Peek): () => void {
  let gathered: Buffer = Buffer.alloc(0);
  const watch = {
    deadlineAt: relay.deadlines.now + what.waitMs,
    deadlinePassed: () => {
      stop();
      if (gathered.length === 0) what.silent();
      else what.go(gathered, true);
    },
  };
  const stop = () => {
    relay.deadlines.forget(watch);
    socket.removeListener('data', onData);
    socket.removeListener('end', onEnd);
    socket.removeListener('close', stop);
    socket.pause();
  };
  const onEnd = () => {
    stop();
    if (what.ended === undefined) socket.destroy();
    else what.ended(gathered);
  };
  const onData = (bytes: Buffer) => {
    if (gathered.length === 0) watch.deadlineAt = relay.deadlines.now + relay.limits.handshakeMsMax;
    gathered = gathered.length === 0 ? bytes : Buffer.concat([gathered, bytes]);
    if (!what.decided(gathered) && gathered.length <= relay.limits.clientHelloBytesMax) return;
    stop();
    what.go(gathered, false);
  };
  relay.deadlines.watch(watch);
  socket.on('data', onData);
  socket.on('end', onEnd);
  socket.on('close', stop);
  socket.resume();
  return stop;
}
