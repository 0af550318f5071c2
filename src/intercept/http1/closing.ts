import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Ways to end a phone's connection. */

/** Ends our side, and reads what still comes for a moment: closing at once would reset the phone before it read the answer. */
export function linger(socket: Duplex, msMax: number): void {
  socket.end();
  socket.resume();
  const giveUp = setTimeout(() => socket.destroy(), msMax);
  giveUp.unref();
  socket.once('close', () => clearTimeout(giveUp));
}

/** Ends a connection so that nobody takes what came for the whole. */
export function tear(socket: Duplex): void {
  // Under TLS an end without close_notify says as much; a stream of HTTP/2 is reset by an error.
  if ('resetAndDestroy' in socket && !('encrypted' in socket)) (socket as Socket).resetAndDestroy();
  else socket.destroy('encrypted' in socket ? undefined : new Error('cut'));
}
