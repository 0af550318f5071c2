import { describe, expect, it } from 'vitest';
import { answering, RawClient, startProxy, startServer } from '../harness.ts';

/** Requests as bytes, from a phone that may be hostile: RFC 9112 §2, §3, §5, §6, §7, §11. */

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const START = 'POST http://ORIGIN/x HTTP/1.1\r\nHost: ORIGIN\r\n';

/** Status of the answer when a request is refused; what the server must not have seen then is anything at all. */
const REFUSED: readonly (readonly [name: string, request: string, status: number])[] = [
  ['two lengths that differ', `${START}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`, 400],
  ['two lengths that agree', `${START}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`, 400],
  ['a list of lengths', `${START}Content-Length: 3, 3\r\n\r\nabc`, 400],
  ['a length with a sign', `${START}Content-Length: +3\r\n\r\nabc`, 400],
  ['a negative length', `${START}Content-Length: -3\r\n\r\nabc`, 400],
  ['a length in hexadecimal', `${START}Content-Length: 0x3\r\n\r\nabc`, 400],
  ['an empty length', `${START}Content-Length: \r\n\r\nabc`, 400],
  ['a length beyond exact numbers', `${START}Content-Length: 99999999999999999999\r\n\r\n`, 400],
  ['both length and coding', `${START}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ['coding then length', `${START}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`, 400],
  ['a coding that is not known', `${START}Transfer-Encoding: gzip\r\n\r\n`, 501],
  ['chunked that is not last', `${START}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`, 501],
  ['chunked twice', `${START}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 501],
  ['chunked with a trick', `${START}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 501],
  ['chunked with a vertical tab', `${START}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`, 400],
  [
    'a coding in HTTP/1.0',
    'POST http://ORIGIN/x HTTP/1.0\r\nHost: ORIGIN\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['a space before the colon', `${START}Content-Length : 3\r\n\r\nabc`, 400],
  ['a tab before the colon', `${START}Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n`, 400],
  ['a folded line', `${START}X-A: 1\r\n folded\r\n\r\n`, 400],
  ['a folded first line', 'GET http://ORIGIN/x HTTP/1.1\r\n Host: ORIGIN\r\n\r\n', 400],
  ['a bare line feed after a line', 'GET http://ORIGIN/x HTTP/1.1\nHost: ORIGIN\r\n\r\n', 400],
  ['a bare line feed in the headers', `${START}X-A: 1\nX-B: 2\r\n\r\n`, 400],
  ['bare line feeds only', 'GET http://ORIGIN/x HTTP/1.1\nHost: ORIGIN\n\n', 400],
  ['a bare carriage return in a value', `${START}X-A: 1\rX-B: 2\r\n\r\n`, 400],
  ['a NUL in a value', `${START}X-A: 1\x002\r\n\r\n`, 400],
  ['a name with a space', `${START}X A: 1\r\n\r\n`, 400],
  ['a name that is empty', `${START}: 1\r\n\r\n`, 400],
  ['a line without colon', `${START}nonsense\r\n\r\n`, 400],
  ['no Host', 'GET http://ORIGIN/x HTTP/1.1\r\n\r\n', 400],
  ['two Hosts', `${START}Host: other\r\n\r\n`, 400],
  ['a space in the target', 'GET http://ORIGIN/a b HTTP/1.1\r\nHost: ORIGIN\r\n\r\n', 400],
  ['two spaces in the first line', 'GET  http://ORIGIN/ HTTP/1.1\r\nHost: ORIGIN\r\n\r\n', 400],
  ['a version of another protocol', 'GET http://ORIGIN/ HTTP/3.0\r\nHost: ORIGIN\r\n\r\n', 505],
  ['HTTP/0.9', 'GET http://ORIGIN/\r\n\r\n', 400],
  ['an expectation that is not known', `${START}Expect: 200-ok\r\n\r\n`, 417],
];

/** Bodies whose framing breaks after a head that was fine: the server may have the head, never the smuggled rest. */
const BROKEN_BODIES: readonly (readonly [name: string, body: string])[] = [
  ['a size that is no number', 'zz\r\nabc\r\n0\r\n\r\n'],
  ['a size with a prefix', '0x3\r\nabc\r\n0\r\n\r\n'],
  ['a size with a sign', '+3\r\nabc\r\n0\r\n\r\n'],
  ['a negative size', '-1\r\nabc\r\n0\r\n\r\n'],
  ['an empty size', '\r\nabc\r\n0\r\n\r\n'],
  ['a size beyond exact numbers', 'fffffffffffffffff\r\nabc\r\n0\r\n\r\n'],
  ['a size with a bare line feed', '3\nabc\r\n0\r\n\r\n'],
  ['a chunk longer than its size', '3\r\nabcd\r\n0\r\n\r\n'],
  ['a chunk without its end', '3\r\nabc0\r\n\r\n'],
  ['an extension with a bare line feed', '3;a=b\nGET /smuggled HTTP/1.1\r\nabc\r\n0\r\n\r\n'],
  ['an extension without end', `3;${'a'.repeat(10_000)}\r\nabc\r\n0\r\n\r\n`],
  ['trailers that are no headers', '3\r\nabc\r\n0\r\nnonsense\r\n\r\n'],
  ['trailers with a bare line feed', '3\r\nabc\r\n0\r\nX: 1\nY: 2\r\n\r\n'],
  ['trailers without end', `3\r\nabc\r\n0\r\nX: ${'a'.repeat(100_000)}`],
];

describe('a request with', () => {
  it.each(REFUSED)('%s is refused, and never reaches the server', async (_, request, status) => {
    let reached = 0;
    const port = await startServer((socket) => socket.on('data', () => reached++));
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    phone.send(
      `${request.replaceAll('ORIGIN', `127.0.0.1:${port}`)}GET http://127.0.0.1:${port}/smuggled HTTP/1.1\r\nHost: h\r\n\r\n`,
    );
    expect(await phone.untilEnd()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^\\r]*\\r\\n.*\\.\\n$`, 's'));
    expect(phone.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(reached).toBe(0);
    expect(proxy.gaps()).toEqual(['request-refused']);
  });

  it.each([
    ['in the same bytes', 'GET', 'BAD\r\n\r\n', 400],
    ['after HEAD', 'HEAD', 'GET / HTTP/2.7\r\n\r\n', 505],
    ['and stops in its head', 'GET', 'GET http://h/ HTTP/1.1\r\nHost:', 408],
  ])('nothing wrong with it is answered, and a bad one behind it too: %s', async (_, method, bad, status) => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
    const port = await startServer(answering(() => answer));
    const proxy = await startProxy({ limits: { headMsMax: 100 } });
    const phone = await RawClient.open(proxy.port);
    phone.send(`${method} http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: h\r\n\r\n${bad}`);
    expect(await phone.untilEnd()).toMatch(new RegExp(`^${answer}HTTP/1\\.1 ${status} [^\\r]*\\r\\n.*\\.\\n$`, 's'));
    expect(proxy.gaps()).toEqual(['request-refused']);
  });

  it.each(BROKEN_BODIES)('a chunked body that has %s is cut, and nothing behind it is a request', async (_, body) => {
    let text = '';
    const port = await startServer((socket) =>
      socket.on('data', (bytes) => {
        text += bytes.toString('latin1');
      }),
    );
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    phone.send(`POST http://127.0.0.1:${port}/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n`);
    phone.send(body);
    expect(await phone.untilEnd()).toMatch(/^HTTP\/1\.1 4\d\d /);
    const ended = await proxy.event('exchange-ended');
    expect(ended.error).not.toBeNull();
    expect(proxy.all('request-ended')).toMatchObject([{ cut: expect.any(String) }]);
    expect(text).not.toContain('smuggled');
    expect(text).not.toMatch(/0\r\n\r\n$/);
    expect(proxy.all('exchange-ended')).toHaveLength(1);
  });

  it.each([
    [
      'an empty line before it',
      '\r\nGET http://ORIGIN/x HTTP/1.1\r\nHost: h\r\n\r\n',
      'GET /x HTTP/1.1\r\nHost: h\r\n\r\n',
    ],
    [
      'bytes beyond ASCII',
      'GET http://ORIGIN/\xe9\xff HTTP/1.1\r\nHost: h\r\nX: \xa0\xe9\xa0\r\n\r\n',
      'GET /\xe9\xff HTTP/1.1\r\nHost: h\r\nX: \xa0\xe9\xa0\r\n\r\n',
    ],
    [
      'dots and escapes in its path',
      'GET http://ORIGIN/a/../%2e%2E//b?c#d HTTP/1.1\r\nHost: h\r\n\r\n',
      'GET /a/../%2e%2E//b?c#d HTTP/1.1\r\nHost: h\r\n\r\n',
    ],
    ['no path', 'GET http://ORIGIN HTTP/1.1\r\nHost: h\r\n\r\n', 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'],
    ['a query only', 'GET http://ORIGIN?q HTTP/1.1\r\nHost: h\r\n\r\n', 'GET /?q HTTP/1.1\r\nHost: h\r\n\r\n'],
    ['a port left empty', 'GET http://h.example:/ HTTP/1.1\r\nHost: h\r\n\r\n', 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'],
    // RFC 9112 §3.2.4
    [
      'OPTIONS of the server',
      'OPTIONS http://ORIGIN HTTP/1.1\r\nHost: h\r\n\r\n',
      'OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n',
    ],
    [
      'OPTIONS of a path',
      'OPTIONS http://ORIGIN/ HTTP/1.1\r\nHost: h\r\n\r\n',
      'OPTIONS / HTTP/1.1\r\nHost: h\r\n\r\n',
    ],
    // The path alone would not tell the server whose it is.
    [
      'no Host in HTTP/1.0',
      'GET http://ORIGIN/x HTTP/1.0\r\nA: b\r\n\r\n',
      'GET /x HTTP/1.0\r\nHost: ORIGIN\r\nA: b\r\n\r\n',
    ],
    [
      'a method of its own',
      'FROB-x http://ORIGIN/ HTTP/1.1\r\nHost: h\r\n\r\n',
      'FROB-x / HTTP/1.1\r\nHost: h\r\n\r\n',
    ],
    [
      'an upgrade to h2c',
      'GET http://ORIGIN/ HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nB: 1\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: h\r\nB: 1\r\n\r\n',
    ],
    [
      'Connection naming Host and Content-Length',
      'POST http://ORIGIN/ HTTP/1.1\r\nHost: h\r\nConnection: host, content-length, X-Hop\r\nX-Hop: 1\r\nContent-Length: 0\r\n\r\n',
      'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n',
    ],
    [
      'trailers announced by TE',
      'GET http://ORIGIN/ HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nConnection: TE\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nConnection: TE\r\n\r\n',
    ],
  ])('%s is passed', async (_, request, seen) => {
    let text = '';
    const port = await startServer(
      answering((head) => {
        text = head;
        return OK;
      }),
    );
    const proxy = await startProxy({ resolve: new Map([['h.example', { host: '127.0.0.1', port }]]) });
    const phone = await RawClient.open(proxy.port);
    phone.send(request.replaceAll('ORIGIN', `127.0.0.1:${port}`));
    await phone.until('ok');
    expect(text).toBe(seen.replaceAll('ORIGIN', `127.0.0.1:${port}`));
  });

  it('chunks, extensions and trailers is passed with its bytes and trailers, wherever it is cut', async () => {
    let text = '';
    const port = await startServer((socket) => {
      socket.on('data', (bytes) => {
        text += bytes.toString('latin1');
        if (text.endsWith('X-Sum: 1\r\n\r\n')) socket.write(OK);
      });
    });
    const proxy = await startProxy();
    const request = `POST http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;ext="a;b"\r\nabc\r\n0A \r\n0123456789\r\n000\r\nX-Sum: 1\r\n\r\n`;
    for (let step = 1; step < request.length; step += 7) {
      text = '';
      const phone = await RawClient.open(proxy.port);
      phone.send(request.slice(0, step));
      await new Promise((go) => setImmediate(go));
      phone.send(request.slice(step));
      await phone.until('ok');
      const [, body = ''] = text.split('\r\n\r\n', 2);
      expect(body.replace(/[0-9a-f]+\r\n/, ''), `cut at ${step}`).toContain('a');
      phone.socket.destroy();
    }
    const ends = proxy.all('request-ended');
    expect(ends.every(({ trailers, cut }) => cut === null && trailers[0]?.[1] === '1')).toBe(true);
    for (const { exchange } of ends) expect(proxy.body(exchange, 'request').toString()).toBe('abc0123456789');
  });

  it('100 KB of headers is passed', async () => {
    let length = 0;
    const port = await startServer(
      answering((head) => {
        length = head.length;
        return OK;
      }),
    );
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    const lines = Array.from({ length: 1_000 }, (_, index) => `X-${index}: ${'v'.repeat(90)}\r\n`).join('');
    phone.send(`GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: h\r\n${lines}\r\n`);
    await phone.until('ok');
    expect(length).toBeGreaterThan(97_000);
  });
});

describe('a phone that', () => {
  it('sends a byte now and then is given up on, with 408', async () => {
    const proxy = await startProxy({ limits: { headMsMax: 600 } });
    const phone = await RawClient.open(proxy.port);
    const drip = setInterval(() => phone.socket.writable && phone.send('X'), 50);
    phone.send('GET / HTTP/1.1\r\nX-Slow: ');
    const text = await phone.untilEnd();
    clearInterval(drip);
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('closes its half after the request still gets its answer', async () => {
    const port = await startServer((socket) => socket.once('data', () => setTimeout(() => socket.write(OK), 100)));
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    phone.socket.end(`GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: h\r\n\r\n`);
    expect(await phone.untilEnd()).toBe(OK);
    expect((await proxy.event('exchange-ended')).error).toBeNull();
  });

  it('leaves in the middle of its body ends the exchange, cut, and the server hears no end', async () => {
    let closed = () => {};
    const gone = new Promise<void>((done) => {
      closed = done;
    });
    const port = await startServer((socket) => {
      socket.resume();
      socket.on('close', closed);
      socket.on('end', () => socket.end());
    });
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    phone.send(`POST http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf`);
    await proxy.event('request-bytes');
    phone.socket.destroy();
    expect((await proxy.event('request-ended')).cut).toContain('phone');
    await gone;
    expect(proxy.all('exchange-ended')).toHaveLength(1);
  });

  it('waits for 100-continue gets it from the server', async () => {
    const port = await startServer((socket) => {
      let text = '';
      socket.on('data', (bytes) => {
        text += bytes;
        if (text.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
        if (text.endsWith('body')) socket.write(OK);
      });
    });
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    phone.send(
      `POST http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`,
    );
    await phone.until('100 Continue\r\n\r\n');
    phone.send('body');
    await phone.until('ok');
    expect((await proxy.event('exchange-ended')).error).toBeNull();
  });
});
