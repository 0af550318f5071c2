import type { Duplex } from 'node:stream';

/**
 * Closes what an HTTP/2 session leaves behind. Node ends its own half only, and our sockets stay half open then.
 * @param lingerMsMax how long the other side may take to read the last frames.
 */
export function closeSoon(socket: Duplex, lingerMsMax: number): void {
  if (socket.destroyed) return;
  const close = () => socket.destroy();
  if (socket.writableFinished) close();
  else {
    socket.once('finish', close);
    socket.end();
    const giveUp = setTimeout(close, lingerMsMax);
    giveUp.unref();
    socket.once('close', () => clearTimeout(giveUp));
  }
}
