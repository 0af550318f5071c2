import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ClientHello } from './client-hello.ts';
import { hearFirstWord, passUnread } from './first-word.ts';
import { type Foreign, foreignOf } from './foreign.ts';
import { Http1Phone } from './http1/phone.ts';
import { Http2Phone } from './http2/phone.ts';
import { mayBecomeOther, openingOf, peek } from './opening.ts';
import { type Authority, originOf, plainAddress } from './origin.ts';
import { LOCAL_HOST, type OpenTunnel, type PhoneConnection, type Relay, type Route } from './relay.ts';
import { Socks5 } from './socks5.ts';
import { endTls } from './tls-door.ts';

const NOTHING = Buffer.alloc(0);
const SOCKS5 = 5;

/**
 * Serves a connection to a proxy port: HTTP with absolute targets and CONNECT, in either version, plain or inside TLS; or SOCKS5.
 * They are told apart by the first bytes.
 */
export function serveProxyPort(relay: Relay, connection: PhoneConnection, socket: Socket): void {
  const openTunnel: OpenTunnel = (target, phone) => serveTarget(relay, connection, phone.socket, target, phone.early);
  peek(relay, socket, {
    // What is neither is for HTTP/1 to refuse in its own words.
    decided: (bytes) => bytes[0] === SOCKS5 || openingOf(bytes).kind !== 'incomplete' || !mayBecomeOther(bytes),
    go: (bytes) => {
      const opening = openingOf(bytes);
      const foreign = foreignOf(bytes);
      if (foreign !== null) {
        connection.announce('http');
        refuseForeign(connection, socket, foreign);
      } else if (bytes[0] === SOCKS5) serveSocks5(relay, connection, socket, bytes);
      else if (opening.kind === 'tls') {
        socket.unshift(bytes);
        const itself = { host: plainAddress(socket.localAddress ?? ''), port: socket.localPort ?? 0, isProxy: true };
        endTls(relay, connection, socket, itself, opening.hello, openTunnel);
      } else if (opening.kind === 'http2') {
        socket.unshift(bytes);
        new Http2Phone(relay, connection, socket, { kind: 'proxy' }, openTunnel);
      } else {
        new Http1Phone(relay, connection, socket, { kind: 'proxy' }, false, openTunnel).feed(bytes);
        socket.resume();
      }
    },
    // Browsers open connections ahead of need; nothing was said, nothing is missed.
    silent: () => socket.destroy(),
    waitMs: relay.limits.phoneIdleMsMax,
  });
}

/** Serves a connection that a gateway redirected: SNI or Host says where it was going. */
export function serveTransparent(relay: Relay, connection: PhoneConnection, socket: Socket): void {
  connection.announce('transparent');
  peek(relay, socket, {
    decided: (bytes) => openingOf(bytes).kind !== 'incomplete',
    go: (bytes, isAll) => {
      const opening = openingOf(bytes, isAll);
      const foreign = foreignOf(bytes);
      if (foreign !== null) refuseForeign(connection, socket, foreign);
      else if (opening.kind === 'tls' && opening.hello.serverName !== null) {
        serveTls(relay, connection, socket, { host: opening.hello.serverName, port: 443 }, opening.hello, bytes);
      } else if (opening.kind === 'http') {
        new Http1Phone(relay, connection, socket, { kind: 'by-host', port: 80 }, false, null).feed(bytes);
        socket.resume();
      } else {
        const why = opening.kind === 'tls' ? 'The ClientHello does not name its server.' : 'Neither TLS nor HTTP.';
        const kind = opening.kind === 'tls' ? 'tls-failed' : 'tunnel';
        connection.gap(kind, null, `${why} Its target is not known.`, bytes.length);
        socket.destroy();
      }
    },
    silent: () => socket.destroy(),
    waitMs: relay.limits.headMsMax,
  });
}

function refuseForeign(connection: PhoneConnection, socket: Socket, { sentence, target, reply }: Foreign): void {
  connection.gap('request-refused', target, sentence, null);
  socket.end(reply, () => socket.destroy());
}

/** Serves a connection whose target is known: ends TLS, reads HTTP, or lets the rest pass unread. */
export function serveTarget(
  relay: Relay,
  connection: PhoneConnection,
  socket: Duplex,
  target: Authority,
  early: Buffer,
): void {
  if (early.length > 0) socket.unshift(early);
  const origin = originOf(false, target.host, target.port);
  const passage = { target, origin, kind: 'tunnel', reason: 'neither TLS nor HTTP', facts: {} } as const;
  hearFirstWord(relay, connection, socket, passage, (opening, bytes) => {
    if (opening.kind === 'tls') serveTls(relay, connection, socket, target, opening.hello, bytes);
    else if (opening.kind === 'http') {
      new Http1Phone(relay, connection, socket, plainRoute(target), false, null).feed(bytes);
      socket.resume();
    } else if (opening.kind === 'http2') {
      socket.unshift(bytes);
      new Http2Phone(relay, connection, socket, plainRoute(target), noTunnels);
    } else return false;
    return true;
  });
}

function plainRoute({ host, port }: Authority): Extract<Route, { kind: 'fixed' }> {
  return { kind: 'fixed', secure: false, host, port, serverName: null, onServed: null };
}

/** Inside a tunnel, CONNECT is for the server. */
const noTunnels: OpenTunnel = (_, { socket }) => socket.destroy();

function serveTls(
  relay: Relay,
  connection: PhoneConnection,
  socket: Duplex,
  target: Authority,
  hello: ClientHello,
  bytes: Buffer,
): void {
  const host = hello.serverName ?? target.host;
  const reason =
    host === LOCAL_HOST
      ? null
      : (relay.refusals.passes(connection.address, host) ?? (mayBeHttp(hello.alpn) ? null : 'no-http'));
  if (reason !== null) {
    const facts = { sni: hello.serverName ?? '', alpn: hello.alpn.join(','), ja4: hello.ja4 };
    const origin = originOf(false, target.host, target.port);
    passUnread(relay, connection, socket, { target, origin, kind: 'tls-passthrough', reason, facts }, bytes);
    return;
  }
  socket.unshift(bytes);
  endTls(relay, connection, socket, { ...target, isProxy: false }, hello, noTunnels);
}

/** Apps that speak MQTT or DNS inside TLS say so; nobody reads it here, and with HTTP alone on offer they would not get through. */
function mayBeHttp(alpn: readonly string[]): boolean {
  return alpn.length === 0 || alpn.some((name) => name === 'h2' || name.startsWith('http/1.'));
}

function serveSocks5(relay: Relay, connection: PhoneConnection, socket: Socket, first: Buffer): void {
  const machine = new Socks5(relay.users, (target) =>
    relay.targets.isOwnListener(target.host, target.port)
      ? null
      : relay.targets.refusal(target.host, target.port, 'names'),
  );
  const patience = setTimeout(() => socket.destroy(), relay.limits.headMsMax);
  patience.unref();
  const stop = () => {
    clearTimeout(patience);
    socket.removeListener('data', onData);
    socket.removeListener('end', onEnd);
    socket.removeListener('close', stop);
  };
  const onEnd = () => socket.destroy();
  const onData = (bytes: Buffer) => {
    let command = machine.feed(bytes);
    while (command.type === 'send') {
      socket.write(command.bytes);
      command = machine.feed(NOTHING);
    }
    if (command.type === 'wait') {
      if (machine.overfull) socket.destroy();
      return;
    }
    stop();
    connection.announceAs(relay.users, command.type === 'open' ? command.user : null, 'socks5');
    if (command.type === 'refuse') {
      connection.gap('request-refused', null, command.reason, null);
      socket.end(command.reply, () => socket.destroy());
      return;
    }
    socket.write(command.reply);
    socket.pause();
    serveTarget(relay, connection, socket, command.target, command.early);
  };
  socket.on('data', onData);
  socket.on('end', onEnd);
  socket.on('close', stop);
  onData(first);
  if (!socket.destroyed && socket.listeners('data').includes(onData)) socket.resume();
}
