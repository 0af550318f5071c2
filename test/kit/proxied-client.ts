import { readFileSync } from 'node:fs';
import { request as httpRequest, type RequestOptions } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';

/** One TLS connection through the proxy's CONNECT, trusting only the proxy's own certificate authority. */
export async function tlsThroughProxy(proxyPort: number, host: string, caFile: string): Promise<Socket> {
  const raw = await new Promise<Socket>((settle, fail) => {
    const connect = httpRequest({
      host: '127.0.0.1',
      port: proxyPort,
      method: 'CONNECT',
      path: `${host}:443`,
      headers: { host: `${host}:443` },
    });
    connect.on('connect', (response, socket) =>
      response.statusCode === 200 ? settle(socket) : fail(new Error(`CONNECT: ${response.statusCode}`)),
    );
    connect.on('error', fail);
    connect.end();
  });
  const secure = tlsConnect({ socket: raw, servername: host, ca: readFileSync(caFile) });
  await new Promise<void>((settle, fail) => {
    secure.once('secureConnect', settle);
    secure.once('error', fail);
  });
  return secure;
}

/** An agent whose requests all share one connection through the proxy. */
export async function agentThroughProxy(proxyPort: number, host: string, caFile: string): Promise<Agent> {
  const socket = await tlsThroughProxy(proxyPort, host, caFile);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  (agent as unknown as { createConnection: () => Socket }).createConnection = () => socket;
  return agent;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** Sends a request over an agent of {@link agentThroughProxy} and reads the whole answer. */
export function send(agent: Agent, options: RequestOptions, body: Uint8Array | null): Promise<Answer> {
  return new Promise((settle, fail) => {
    const request = httpsRequest({ ...options, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => settle({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
      response.on('error', fail);
    });
    request.on('error', fail);
    request.end(body ?? undefined);
  });
}
