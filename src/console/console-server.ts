import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EvidenceView } from '../audit/evidence-view.ts';
import { operatorError, TelltaleError } from '../model/errors.ts';
import { Access } from './access.ts';
import { type ConsoleResponse, plain, respond } from './respond.ts';
import { answer, type ConsoleFacts } from './routes.ts';

export interface ConsoleOptions {
  readonly db: string;
  readonly secret: ConstructorParameters<typeof EvidenceView>[1];
  /** The operator's own signatures; null: none. */
  readonly signatureFolder: string | null;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly report: ConsoleFacts['report'];
  /** Told of a defect of ours, which the browser sees as status 500. */
  readonly onDefect: (error: unknown) => void;
}

export interface RunningConsole {
  readonly port: number;
  /** Works once. */
  readonly link: string;
  readonly close: () => Promise<void>;
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1']);
const formBytesMax = 16 * 1024;

/**
 * Serves the console of one evidence file, on loopback only: what it shows is what a phone sent.
 * @throws TelltaleError for a file that cannot be read, another address than loopback, or a port in use.
 */
export async function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  if (!LOOPBACK.has(options.host)) {
    throw operatorError('usage', {
      message: `--listen: the console listens on loopback only, not on ${options.host}; from elsewhere use ssh -L`,
    });
  }
  const { db, secret, signatureFolder, report } = options;
  const facts: ConsoleFacts = { view: new EvidenceView(db, secret, signatureFolder), report };
  let access: Access | null = null;
  const server = createServer({ requestTimeout: 30_000, maxHeaderSize: 16 * 1024 }, (request, response) => {
    handle(facts, access as Access, request).then(
      (answered) => send(request, response, answered),
      (error: unknown) => {
        options.onDefect(error);
        send(request, response, plain(500, 'A defect of telltale; the terminal says more.'));
      },
    );
  });
  await listen(server, options.host, options.port);
  const { port } = server.address() as AddressInfo;
  const names = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`);
  access = new Access(names, port);
  const shown = options.host === '::1' ? '[::1]' : options.host;
  return {
    port,
    link: `http://${shown}:${port}/?token=${access.token}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  const option = '--listen HOST:PORT';
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? operatorError('port-taken', { host, port, option }, { cause: error })
          : operatorError(
              'listen-failed',
              { host, port, option, reason: error.code ?? error.message },
              { cause: error },
            ),
      );
    });
    server.listen(port, host, () => resolve());
  });
}

async function handle(facts: ConsoleFacts, access: Access, request: IncomingMessage): Promise<ConsoleResponse> {
  const method = request.method ?? 'GET';
  const [path = '/', queryText = ''] = (request.url ?? '/').split('?', 2);
  const query = new URLSearchParams(queryText);
  const wrongHost = access.refuseHost(request.headers);
  if (wrongHost !== null) return plain(wrongHost.status, wrongHost.reason);
  const token = query.get('token');
  if (path === '/' && method === 'GET' && token !== null) {
    const cookie = access.redeem(token);
    if (cookie !== null) return respond(303, 'text/plain; charset=utf-8', '', { 'Set-Cookie': cookie, Location: '/' });
  }
  const refusal = access.refuse(method, request.headers);
  if (refusal !== null) return plain(refusal.status, refusal.reason);
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') return plain(405, 'Only GET, HEAD and POST.');
  const body = method === 'POST' ? await formOf(request) : '';
  if (body === null) return plain(413, 'The form is too long.');
  try {
    const acceptLanguage = request.headers['accept-language'] ?? '';
    return answer(facts, { method, path, query, form: new URLSearchParams(body), acceptLanguage });
  } catch (error) {
    if (error instanceof TelltaleError) return plain(error.code === 'capture-unknown' ? 404 : 409, error.message);
    throw error;
  }
}

/** Null when it is too long. */
async function formOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > formBytesMax) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: ConsoleResponse): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'Content-Length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
