import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { openAuthority } from '../../intercept/authority.ts';

/** Local servers that stand for the hosts of the SDKs: one over TLS under a root of its own, one in the clear. */
export interface StandInServers {
  readonly tlsPort: number;
  readonly clearPort: number;
  /** File with the root certificate that the proxy must trust. */
  readonly rootFile: string;
  readonly close: () => void;
}

/** Starts both on free ports of the loopback address; they accept everything. */
export async function startStandInServers(folder: string): Promise<StandInServers> {
  const root = openAuthority(folder);
  const secure = createHttpsServer({ SNICallback: (name, done) => done(null, root.secureContextFor(name)) }, accept);
  const clear = createHttpServer(accept);
  const [tlsPort, clearPort] = await Promise.all([listen(secure), listen(clear)]);
  const close = () => {
    for (const server of [secure, clear]) {
      server.closeAllConnections();
      server.close();
    }
  };
  return { tlsPort, clearPort, rootFile: `${folder}/ca.pem`, close };
}

function accept(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  request.on('end', () => {
    response.setHeader('Content-Type', 'application/json');
    response.end('{"code":0,"message":"ok"}');
  });
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
