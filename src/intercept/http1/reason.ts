import { STATUS_CODES } from 'node:http';

/** The usual words behind a status; HTTP/2 does not send any. */
export function reasonPhrase(status: number): string {
  return STATUS_CODES[status] ?? '';
}
