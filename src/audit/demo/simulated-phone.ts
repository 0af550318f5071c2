import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { Target } from '../targets.ts';

export interface PhoneRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

/** A phone whose Wi-Fi proxy is telltale and which trusts only telltale's certificate authority: a real client, over real sockets. */
export class SimulatedPhone {
  readonly #proxy: Target;
  readonly #trusted: string;

  constructor(proxy: Target, trusted: string) {
    this.#proxy = proxy;
    this.#trusted = trusted;
  }

  /**
   * Sends one request and waits for the whole answer.
   * @returns the status code.
   */
  async send(request: PhoneRequest): Promise<number> {
    const url = new URL(request.url);
    const { method, headers } = request;
    const body = request.body ?? undefined;
    if (url.protocol === 'http:') {
      const { host, port } = this.#proxy;
      return statusOf(
        (answer) =>
          httpRequest(
            { host, port, method, path: request.url, headers: { host: url.host, ...headers }, agent: false },
            answer,
          ),
        body,
      );
    }
    const socket = await this.#tunnel(url);
    const path = request.url.slice(request.url.indexOf('/', 'https://'.length));
    const options = {
      createConnection: () => socket,
      host: url.hostname,
      path,
      method,
      headers: { ...headers, connection: 'close' },
    };
    return statusOf((answer) => httpsRequest(options, answer), body);
  }

  async #tunnel(url: URL): Promise<Socket> {
    const target = `${url.hostname}:${url.port || 443}`;
    const { host, port } = this.#proxy;
    const socket = await new Promise<Socket>((settle, fail) => {
      const connect = httpRequest({
        host,
        port,
        method: 'CONNECT',
        path: target,
        headers: { host: target },
        agent: false,
      });
      connect.on('connect', (_, opened) => settle(opened));
      connect.on('error', fail);
      connect.end();
    });
    const secure = tlsConnect({ socket, servername: url.hostname, ca: this.#trusted });
    await new Promise<void>((settle, fail) => {
      secure.once('secureConnect', settle);
      secure.once('error', fail);
    });
    return secure;
  }
}

function statusOf(
  open: (answer: (response: IncomingMessage) => void) => ReturnType<typeof httpRequest>,
  body: Uint8Array | undefined,
): Promise<number> {
  return new Promise((settle, fail) => {
    const request = open((response) => {
      response.resume();
      response.on('end', () => settle(response.statusCode ?? 0));
      response.on('error', fail);
    });
    request.on('error', fail);
    request.end(body);
  });
}
