import type { Duplex } from 'node:stream';
import type { Headers } from '../../model/exchange.ts';
import { SOCKET_BUFFER_BYTES } from '../dial.ts';

/** Writing HTTP/1 messages to a socket. */

/** Header lines with the empty line that ends a head. Values are latin1. */
export function headerLines(headers: Headers): string {
  let text = '';
  for (const [name, value] of headers) text += `${name}: ${value}\r\n`;
  return `${text}\r\n`;
}

/**
 * Writes a head and holds it back until the end of this turn of the event loop, so that it leaves in one packet (and one TLS
 * record) with the body that usually came with it.
 */
export function writeHead(socket: Duplex, head: Buffer | string): void {
  if (socket.writableCorked === 0) {
    socket.cork();
    process.nextTick(uncork, socket);
  }
  if (typeof head === 'string') socket.write(head, 'latin1');
  else socket.write(head);
}

/** @returns false when the other side is slow; the socket's `drain` tells when it has caught up. */
export function writeBody(socket: Duplex, bytes: Buffer, chunked: boolean): boolean {
  if (chunked) {
    if (bytes.length === 0) return true;
    const corked = socket.writableCorked > 0;
    if (!corked) socket.cork();
    socket.write(`${bytes.length.toString(16)}\r\n`, 'latin1');
    socket.write(bytes);
    socket.write('\r\n', 'latin1');
    if (!corked) socket.uncork();
  } else socket.write(bytes);
  return socket.writableLength < SOCKET_BUFFER_BYTES;
}

export function writeEnd(socket: Duplex, trailers: Headers): void {
  socket.write(trailers.length === 0 ? '0\r\n\r\n' : `0\r\n${headerLines(trailers)}`, 'latin1');
}

function uncork(socket: Duplex): void {
  socket.uncork();
}
