import type { Socket } from 'node:net';
import type { GapKind } from '../model/gaps.ts';
import type { PhoneConnection, Relay } from './relay.ts';
import type { RawSide } from './sides.ts';

export interface TunnelFacts {
  readonly kind: Extract<GapKind, 'tunnel' | 'tls-passthrough' | 'websocket-opaque'>;
  readonly host: string;
  readonly port: number;
  readonly detail: string | null;
  readonly facts: Readonly<Record<string, string | number>>;
  /** The exchange it grew out of; null: none. */
  readonly exchange: number | null;
}

/**
 * Joins two connections byte for byte, each half closed when the other end's half is, and writes what passed unread into the
 * ledger when both are done.
 */
export function joinUnread(
  relay: Relay,
  connection: PhoneConnection,
  phone: RawSide,
  server: RawSide,
  about: TunnelFacts,
  done: (error: string | null) => void = () => {},
): void {
  const startedAt = relay.tap.now();
  let bytesUp = phone.early.length;
  let bytesDown = server.early.length;
  let error: string | null = null;
  let open = 2;
  const watch = {
    deadlineAt: Number.POSITIVE_INFINITY,
    deadlinePassed: () => {
      error = 'The tunnel lay idle too long';
      phone.socket.destroy();
      server.socket.destroy();
    },
  };
  const moved = () => {
    watch.deadlineAt = relay.deadlines.now + relay.limits.tunnelIdleMsMax;
  };
  const finish = () => {
    if (--open > 0) return;
    relay.deadlines.forget(watch);
    relay.tap.emit({
      type: 'gap',
      at: startedAt,
      connection: connection.id,
      exchange: about.exchange,
      host: about.host,
      port: about.port,
      gap: { kind: about.kind, at: [], bytesUnread: bytesUp + bytesDown, detail: about.detail },
      facts: {
        ...about.facts,
        client: connection.address,
        bytes_up: bytesUp,
        bytes_down: bytesDown,
        ms: relay.tap.now() - startedAt,
      },
    });
    done(error);
  };
  moved();
  relay.deadlines.watch(watch);
  join(phone.socket, server.socket, (count) => {
    bytesUp += count;
    moved();
  });
  join(server.socket, phone.socket, (count) => {
    bytesDown += count;
    moved();
  });
  for (const [socket, other] of [
    [phone.socket, server.socket],
    [server.socket, phone.socket],
  ] as const) {
    socket.on('error', (cause: NodeJS.ErrnoException) => {
      error ??= cause.code ?? cause.message;
      other.destroy();
    });
    socket.on('close', () => {
      // A clean end was already passed on by its half; a torn connection tears the other.
      if (!socket.readableEnded) other.destroy();
      finish();
    });
  }
  if (phone.early.length > 0) server.socket.write(phone.early);
  if (server.early.length > 0) phone.socket.write(server.early);
}

function join(from: Socket, to: Socket, moved: (count: number) => void): void {
  from.on('data', (bytes: Buffer) => {
    moved(bytes.length);
    if (!to.write(bytes)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => to.end());
  from.resume();
}
