import { existsSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { Server } from 'node:net';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { cleanup, listen, type RunningProxy, serverAuthority, startProxy } from '../harness.ts';

/** A browser that nobody here wrote; where it is missing its tests are skipped with a reason. */

const chromium = '/usr/bin/chromium';
if (!existsSync(chromium)) process.stderr.write(`skipped: ${chromium} is not on this machine\n`);

const HOST = 'client.example';
const BODY = '{"imei":"867532051234567"}';
const TLS = {
  SNICallback: (_: string, done: (error: null, context: never) => void) => done(null, contextOf() as never),
};

function contextOf() {
  return serverAuthority().secureContextFor(HOST);
}

/** Serves a page with a picture and a script, and sends back what is posted. */
const serve: RequestListener = (request, response) => {
  if (request.url === '/') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end('<!doctype html><title>x</title><script src="/a.js"></script><img src="/a.svg" alt="">');
    return;
  }
  if (request.url === '/a.js') response.setHeader('content-type', 'text/javascript');
  if (request.url === '/a.svg') response.setHeader('content-type', 'image/svg+xml');
  if (request.url === '/a.js') response.end('document.title = "script ran"');
  else if (request.url === '/a.svg') response.end('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>');
  else request.pipe(response);
};

/** WebSockets that answer each message, on a server of HTTP. */
function withWebSockets(http: object): Server {
  const server = new WebSocketServer({ server: http as HttpServer, perMessageDeflate: true });
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
  cleanup(() => server.close());
  return http as Server;
}

async function open(proxy: RunningProxy, url: string, scheme: 'http' | 'https' = 'http'): Promise<Page> {
  const { chromium: launcher } = await import('playwright-core');
  const browser = await launcher.launch({
    executablePath: chromium,
    // Chromium trusts no file of ours without a profile store; what is checked here is the protocol, not the trust.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--ignore-certificate-errors',
    ],
    proxy: { server: `${scheme}://127.0.0.1:${proxy.port}`, bypass: '<-loopback>' },
  });
  cleanup(() => browser.close());
  const page = await browser.newPage({ ignoreHTTPSErrors: true });
  await page.goto(url, { waitUntil: 'load' });
  return page;
}

/** Runs in the page: sends a text and some bytes, gives back what comes, and closes with a code of its own. */
const CONVERSE = (url: string) => `new Promise((done, fail) => {
  const heard = [];
  const socket = new WebSocket(${JSON.stringify(url)});
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => { socket.send(${JSON.stringify(BODY.repeat(40))}); socket.send(new Uint8Array([1, 2, 3])); };
  socket.onmessage = ({ data }) => {
    heard.push(typeof data === 'string' ? data : [...new Uint8Array(data)].join());
    if (heard.length === 2) socket.close(4001, 'enough');
  };
  socket.onclose = ({ code, wasClean }) => done([...heard, code, wasClean, socket.extensions]);
  socket.onerror = () => fail(new Error('the WebSocket failed'));
})`;

describe.skipIf(!existsSync(chromium))('Chromium', { timeout: 120_000 }, () => {
  it.each(['http', 'https'] as const)('loads a page with HTTP/2 through an %s proxy, and posts', async (scheme) => {
    const server = createSecureServer({ ...TLS, allowHTTP1: true }, serve as never);
    server.on('sessionError', () => {});
    const port = await listen(server as unknown as Server);
    const proxy = await startProxy({ resolve: new Map([[HOST, { host: '127.0.0.1', port }]]) });
    const page = await open(proxy, `https://${HOST}/`, scheme);
    expect(await page.title()).toBe('script ran');
    const posted = `fetch('/echo', { method: 'POST', body: ${JSON.stringify(BODY)} }).then((r) => r.text())`;
    expect(await page.evaluate(posted)).toBe(BODY);
    const requests = proxy.all('request-started').filter(({ head }) => head.host === HOST);
    expect(requests.map(({ head }) => head.target)).toEqual(expect.arrayContaining(['/', '/a.js', '/a.svg', '/echo']));
    expect(new Set(requests.map(({ head }) => head.httpVersion))).toEqual(new Set(['2']));
    const post = requests.find(({ head }) => head.target === '/echo');
    expect(proxy.body(post?.exchange ?? 0, 'request').toString()).toBe(BODY);
    expect(proxy.all('gap').filter(({ host }) => host === HOST)).toEqual([]);
  });

  it.each(['ws', 'wss'] as const)('has its messages of a WebSocket heard: %s', async (scheme) => {
    const secure = scheme === 'wss';
    // Browsers have no WebSockets over HTTP/2 here, and open HTTP/1.1 for them beside the HTTP/2 of the page.
    const http = secure ? createSecureServer({ ...TLS, allowHTTP1: true }, serve as never) : createHttpServer(serve);
    const port = await listen(withWebSockets(http));
    const proxy = await startProxy({ resolve: new Map([[HOST, { host: '127.0.0.1', port }]]) });
    const page = await open(proxy, `${secure ? 'https' : 'http'}://${HOST}/`);
    expect(await page.evaluate(CONVERSE(`${scheme}://${HOST}/chat`))).toEqual([
      BODY.repeat(40),
      '1,2,3',
      4001,
      true,
      'permessage-deflate',
    ]);
    const chat = proxy.all('request-started').find(({ head }) => head.target === '/chat');
    expect(chat?.head).toMatchObject({ scheme, host: HOST });
    const ended = await proxy.event('exchange-ended', ({ exchange }) => exchange === chat?.exchange);
    expect(ended.error).toBeNull();
    const messages = proxy
      .all('message')
      .filter(({ exchange }) => exchange === chat?.exchange)
      .map(({ direction, kind, bytes }) => `${direction} ${kind} ${Buffer.from(bytes).toString('latin1')}`);
    expect(messages).toEqual(
      expect.arrayContaining([
        `request text ${BODY.repeat(40)}`,
        'request binary \x01\x02\x03',
        `response text ${BODY.repeat(40)}`,
        'response binary \x01\x02\x03',
        'request close \x0f\xa1enough',
      ]),
    );
    expect(proxy.all('gap').filter(({ host }) => host === HOST)).toEqual([]);
  });
});
