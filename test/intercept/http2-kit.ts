import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Server } from 'node:net';
import { cleanup, listen, openTlsSocket, type RunningProxy, serverAuthority } from './harness.ts';

/** A server of HTTP/2 under the servers' authority, on a free port of loopback. @param onOldRequest hears requests of HTTP/1.1. */
export async function startHttp2Server(
  onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: string[]) => void,
  options: SecureServerOptions = {},
  onOldRequest: ((request: Http2ServerRequest, response: Http2ServerResponse) => void) | null = null,
): Promise<number> {
  const server = createSecureServer({
    SNICallback: (_, done) => done(null, serverAuthority().secureContextFor('a.example')),
    ...options,
  });
  server.on('stream', (stream, headers, _flags, raw?: string[]) => {
    stream.on('error', () => {});
    onStream(stream, headers, raw ?? []);
  });
  // Listening to requests makes Node answer streams in its own way too.
  if (onOldRequest !== null) {
    server.on('request', (request, response) => {
      if (request.httpVersion !== '2.0') onOldRequest(request, response);
    });
  }
  server.on('sessionError', () => {});
  return listen(server as unknown as Server);
}

/** A phone that speaks HTTP/2 inside a tunnel of the proxy. */
export async function openHttp2(proxy: RunningProxy, authority = 'a.example:443'): Promise<ClientHttp2Session> {
  const socket = await openTlsSocket(proxy, authority, { ALPNProtocols: ['h2'] });
  const session = connect(`https://${authority.replace(':443', '')}`, { createConnection: () => socket });
  session.on('error', () => {});
  cleanup(() => session.destroy());
  return session;
}

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  trailers: IncomingHttpHeaders;
  informational: number[];
}

/** The whole answer; rejects when it was cut. */
export function reply(stream: ClientHttp2Stream): Promise<Reply> {
  return new Promise((done, fail) => {
    const result: Reply = { status: 0, headers: {}, body: '', trailers: {}, informational: [] };
    stream.on('headers', (headers) => result.informational.push(Number(headers[':status'])));
    stream.on('response', (headers) => {
      result.headers = headers;
      result.status = Number(headers[':status']);
    });
    stream.on('data', (bytes: Buffer) => {
      result.body += bytes.toString('latin1');
    });
    stream.on('trailers', (trailers) => {
      result.trailers = trailers;
    });
    stream.on('error', fail);
    stream.on('end', () => (stream.rstCode ? fail(new Error(`reset ${stream.rstCode}`)) : done(result)));
    stream.on('close', () => fail(new Error(`closed ${stream.rstCode}`)));
  });
}
