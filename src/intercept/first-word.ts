import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Opening, openingOf, peek } from './opening.ts';
import type { Authority } from './origin.ts';
import type { PhoneConnection, Relay } from './relay.ts';
import type { Origin, RawSide } from './sides.ts';
import { joinUnread, type TunnelFacts } from './tunnel.ts';

const NOTHING: Buffer = Buffer.alloc(0);

/** Ports where the server speaks first: FTP, SSH, SMTP, POP3, NNTP, IMAP, MySQL and ManageSieve; and inside TLS from the start. */
const SERVER_SPEAKS_FIRST = {
  plain: new Set([21, 22, 25, 110, 119, 143, 587, 2525, 3306, 4190]),
  tls: new Set([465, 563, 990, 993, 995]),
} as const;

/** Why a connection is not read, for people. */
const REASONS = {
  listed: 'The host is on the passthrough list.',
  'refused-before': 'The app refused our certificate before.',
  'no-http': 'The ALPN names no version of HTTP.',
  'neither TLS nor HTTP': 'What was said is neither TLS nor HTTP.',
  'no HTTP inside TLS': 'What was said inside TLS is no HTTP; it went on over TLS of our own.',
} as const;

/** A connection of which the target is known. */
export interface Passage {
  readonly target: Authority;
  /** Where its bytes go when they are not for us to read. */
  readonly origin: Origin;
  readonly kind: TunnelFacts['kind'];
  readonly reason: keyof typeof REASONS;
  /** What the ledger says of it besides. */
  readonly facts: Readonly<Record<string, string>>;
}

/** Takes what begins so. @returns false when it is not to be read. */
type Read = (opening: Opening, bytes: Buffer) => boolean;

/**
 * Hears what a connection begins with, and reads it or lets it pass unread. A phone that says nothing may wait for its server: then that
 * is reached, and the first who speaks decides. What begins as HTTP is read however late it comes.
 */
export function hearFirstWord(
  relay: Relay,
  connection: PhoneConnection,
  socket: Duplex,
  passage: Passage,
  read: Read,
): void {
  const { secure, port } = passage.origin;
  const serverSpeaksFirst = SERVER_SPEAKS_FIRST[secure ? 'tls' : 'plain'].has(port);
  peek(relay, socket, {
    decided: (bytes) => openingOf(bytes).kind !== 'incomplete',
    go: (bytes, isAll) => {
      if (!read(openingOf(bytes, isAll), bytes)) passUnread(relay, connection, socket, passage, bytes);
    },
    silent: () => hearBoth(relay, connection, socket, passage, read),
    // Spare connections are dropped without a word; where the server speaks first, a word of the phone's may not be needed.
    ended: (bytes) => {
      if (bytes.length > 0 || serverSpeaksFirst) passUnread(relay, connection, socket, passage, bytes);
      else socket.destroy();
    },
    waitMs: serverSpeaksFirst ? 0 : relay.limits.silentTunnelMsMax,
  });
}

/** Reaches the server while the phone is still silent. */
function hearBoth(relay: Relay, connection: PhoneConnection, socket: Duplex, passage: Passage, read: Read): void {
  let server: Socket | null = null;
  /** The phone's word that its server is to hear. */
  let word: Buffer | null = null;
  let settled = false;
  const settle = () => {
    settled = true;
    stopPeeking();
    socket.removeListener('close', leave);
    for (const event of ['data', 'end', 'close']) server?.removeAllListeners(event);
    server?.pause();
  };
  const leave = () => {
    settle();
    socket.destroy();
    server?.destroy();
  };
  const pass = (up: Buffer, down: Buffer) => {
    settle();
    word = up;
    if (server !== null) join(relay, connection, { socket, early: up }, { socket: server, early: down }, passage);
  };
  const stopPeeking = peek(relay, socket, {
    decided: (bytes) => openingOf(bytes).kind !== 'incomplete',
    go: (bytes, isAll) => {
      if (!read(openingOf(bytes, isAll), bytes)) return pass(bytes, NOTHING);
      settle();
      server?.destroy();
    },
    silent: leave,
    ended: (bytes) => pass(bytes, NOTHING),
    waitMs: relay.limits.tunnelIdleMsMax,
  });
  socket.once('close', leave);
  reach(relay, connection, passage, (reached) => {
    if (reached === null) {
      if (!settled || word !== null) leave();
      return;
    }
    if (socket.destroyed || (settled && word === null)) {
      reached.destroy();
      return;
    }
    server = reached;
    if (word !== null) return pass(word, NOTHING);
    server.once('data', (bytes: Buffer) => pass(NOTHING, bytes));
    for (const event of ['end', 'close']) server.once(event, leave);
  });
}

/** Lets a connection pass byte for byte, and notes that. */
export function passUnread(
  relay: Relay,
  connection: PhoneConnection,
  socket: Duplex,
  passage: Passage,
  early: Buffer,
): void {
  reach(relay, connection, passage, (server) => {
    if (server === null) socket.destroy();
    else if (socket.destroyed) server.destroy();
    else join(relay, connection, { socket, early }, { socket: server, early: NOTHING }, passage);
  });
}

function join(
  relay: Relay,
  connection: PhoneConnection,
  phone: RawSide,
  server: RawSide,
  { target, kind, reason, facts }: Passage,
): void {
  const host = facts['sni'] || target.host;
  const { id, address } = connection;
  joinUnread(relay, phone, server, {
    kind,
    connection: id,
    client: address,
    host,
    port: target.port,
    detail: REASONS[reason],
    facts: { reason, ...facts },
    exchange: null,
  });
}

/** @param done hears null when there is no way to the server, which stands in the ledger then. */
function reach(
  relay: Relay,
  connection: PhoneConnection,
  passage: Passage,
  done: (server: Socket | null) => void,
): void {
  relay.dialler.dial(
    passage.origin,
    [],
    (result) => {
      if (!('failure' in result)) {
        result.socket.on('error', () => {});
        done(result.socket);
        return;
      }
      connection.gap('upstream-failed', passage.target, result.failure.sentence, null);
      done(null);
    },
    true,
  );
}
