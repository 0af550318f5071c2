import { createHash } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openAuthority } from '../../src/intercept/authority.ts';

/** What the server saw of one request. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly bodySha256: string;
  readonly bodySize: number;
}

export interface Origin {
  readonly port: number;
  /** File with the root certificate that the proxy must be told to trust. */
  readonly caFile: string;
  readonly seen: readonly SeenRequest[];
}

/**
 * A real server on a free port that answers for every host name, over TLS under a root of its own or in the clear.
 * The handler is called when the request's body has been read.
 */
export async function startOrigin(
  folder: string,
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  tls = true,
): Promise<Origin> {
  const authority = openAuthority(join(folder, 'origin-ca'));
  const seen: SeenRequest[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const hash = createHash('sha256');
    let bodySize = 0;
    request.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      bodySize += chunk.length;
    });
    request.on('error', () => undefined);
    request.on('end', () => {
      const { method = '', url = '', rawHeaders } = request;
      seen.push({ method, url, rawHeaders, bodySha256: hash.digest('hex'), bodySize });
      handler(request, response);
    });
  };
  const server = tls
    ? createHttpsServer({ SNICallback: (name, done) => done(null, authority.secureContextFor(name)) }, listener)
    : createHttpServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, caFile: join(folder, 'origin-ca', 'ca.pem'), seen };
}
