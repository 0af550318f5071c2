/**
 * The origin where nginx is not there, and for what nginx does not do: node own-origin.js CERTIFICATE KEY.
 * `GET /down?bytes=N` sends N bytes, everything else is read to its end and answered with a kilobyte of JSON.
 * Prints `port NUMBER` when it listens.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ANSWER } from './payloads.ts';

const [certificate = '', key = ''] = process.argv.slice(2);
/** As dense as pictures and films are. */
const block = randomBytes(1024 * 1024);

const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
  request.resume();
  const bytes = /^\/down\?bytes=(\d+)/.exec(request.url ?? '')?.[1];
  if (bytes !== undefined) send(response, Number(bytes));
  else
    request.on('end', () => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': ANSWER.length });
      response.end(ANSWER);
    });
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', 4_096, () => {
  process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`);
});

function send(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': bytes });
  let left = bytes;
  const go = () => {
    while (left > 0) {
      const part = left < block.length ? block.subarray(0, left) : block;
      left -= part.length;
      if (!response.write(part)) {
        response.once('drain', go);
        return;
      }
    }
    response.end();
  };
  go();
}
