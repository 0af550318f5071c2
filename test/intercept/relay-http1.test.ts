import { describe, expect, it } from 'vitest';
import { answering, openTls, RawClient, serverAuthority, startProxy, startServer, startTlsServer } from './harness.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('the relay over HTTP/1.1', () => {
  it('passes a request inside TLS on as it was sent, and the answer back as it came', async () => {
    const heads: string[] = [];
    const answer =
      'HTTP/1.1 201 Made Up\r\nX-b: 1\r\nx-A:2\r\nX-B:   3\r\nSet-Cookie: a=\xe9\r\nContent-Length: 3\r\n\r\nabc';
    const port = await startTlsServer(
      'a.example',
      answering((head) => {
        heads.push(head);
        return answer;
      }),
    );
    const proxy = await startProxy({ resolve: new Map([['a.example', { host: '127.0.0.1', port }]]) });
    const phone = await openTls(proxy, 'a.example:443');
    const request =
      'GET /p%2fa/../b?q=\xff%zz#x HTTP/1.1\r\nhOsT: a.example\r\nX-Z: 1\r\nx-z:2\r\nAccept:  */*\r\nCookie: \xe4\r\n\r\n';
    phone.send(request);
    expect(await phone.until('abc')).toBe(answer);
    expect(heads).toEqual([request]);
    const ended = await proxy.event('exchange-ended');
    expect(ended.error).toBeNull();
    const [started] = proxy.all('request-started');
    expect(started?.head).toEqual({
      method: 'GET',
      scheme: 'https',
      host: 'a.example',
      port: 443,
      target: '/p%2fa/../b?q=\xff%zz#x',
      httpVersion: '1.1',
      headers: [
        ['hOsT', 'a.example'],
        ['X-Z', '1'],
        ['x-z', '2'],
        ['Accept', '*/*'],
        ['Cookie', '\xe4'],
      ],
    });
    expect(proxy.all('response-started')[0]).toMatchObject({
      serverAddress: '127.0.0.1',
      head: {
        status: 201,
        reason: 'Made Up',
        httpVersion: '1.1',
        headers: [
          ['X-b', '1'],
          ['x-A', '2'],
          ['X-B', '3'],
          ['Set-Cookie', 'a=\xe9'],
          ['Content-Length', '3'],
        ],
      },
    });
    expect(proxy.events.map(({ type }) => type)).toEqual([
      'connection-opened',
      'request-started',
      'request-ended',
      'response-started',
      'response-bytes',
      'response-ended',
      'exchange-ended',
    ]);
  });

  it('takes out of a plain request only what was meant for proxies', async () => {
    const heads: string[] = [];
    const port = await startServer(
      answering((head) => {
        heads.push(head);
        return OK;
      }),
    );
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    phone.send(
      `GET http://127.0.0.1:${port}/x?y HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nProxy-Connection: keep-alive\r\nX-One: 1\r\nConnection: X-Gone, keep-alive\r\nX-Gone: 1\r\nProxy-Authorization: Basic eDp5\r\nX-Two: 2\r\n\r\n`,
    );
    await phone.until('ok');
    expect(heads).toEqual([
      `GET /x?y HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-One: 1\r\nConnection: keep-alive\r\nX-Two: 2\r\n\r\n`,
    ]);
  });

  it('uses one connection to the server for requests that follow each other', async () => {
    let connections = 0;
    const serve = answering(() => OK);
    const port = await startTlsServer('a.example', (socket) => {
      connections++;
      serve(socket);
    });
    const proxy = await startProxy({ resolve: new Map([['a.example:443', { host: '127.0.0.1', port }]]) });
    for (let round = 0; round < 3; round++) {
      const phone = await openTls(proxy, 'a.example:443');
      for (let turn = 0; turn < 3; turn++) {
        phone.send('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n');
        await phone.until('ok');
        phone.take();
      }
      phone.socket.destroy();
    }
    expect(connections).toBe(1);
    expect(proxy.all('exchange-ended')).toHaveLength(9);
  });

  it('leaves pipelined requests with the phone while one waits for its answer, and serves them all after it', async () => {
    const count = 400;
    const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    let begin = () => {};
    const begun = new Promise<void>((done) => {
      begin = done;
    });
    let answer = () => {};
    let seen = 0;
    const port = await startServer((socket) => {
      let held = 0;
      let open = false;
      const reply = () => socket.write(ok);
      answer = () => {
        open = true;
        for (; held > 0; held--) reply();
      };
      socket.on('data', (bytes) => {
        // Each request comes in many pieces; its end is the only place with two line ends.
        for (const _ of bytes.toString('latin1').matchAll(/x\r\n\r\n/g)) {
          seen++;
          if (open) reply();
          else held++;
        }
        begin();
      });
    });
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    const request = `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: h\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`;
    for (let sent = 0; sent < count; sent++) phone.send(request);
    await begun;
    for (let last = -1; last !== phone.socket.writableLength; ) {
      last = phone.socket.writableLength;
      await new Promise((go) => setTimeout(go, 200));
    }
    // The system's buffers hold some megabytes, the proxy a quarter of one.
    expect(phone.socket.writableLength).toBeGreaterThan(20_000_000);
    answer();
    while (phone.received.length < ok.length * count) await new Promise((go) => setImmediate(go));
    expect(seen).toBe(count);
  });

  it('serves pipelined requests in order', async () => {
    const port = await startServer(answering((head) => `HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${head[5]}`));
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    const get = (path: string) => `GET http://127.0.0.1:${port}/${path} HTTP/1.1\r\nHost: h\r\n\r\n`;
    phone.send(get('a') + get('b') + get('c'));
    await phone.until(/c$/);
    expect(phone.text.replace(/HTTP.*?\r\n\r\n/gs, '')).toBe('abc');
  });

  it('answers 502 with one sentence when the server cannot be reached, having heard the whole request', async () => {
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    phone.send('POST http://127.0.0.1:9/ HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbo');
    phone.send('dy');
    const text = await phone.until(/\n\n?$/);
    await phone.until('reached');
    expect(phone.text).toContain('HTTP/1.1 502 Bad Gateway');
    expect(phone.text).toContain('127.0.0.1:9 could not be reached (ECONNREFUSED).');
    expect(text).toBeTruthy();
    const ended = await proxy.event('exchange-ended');
    expect(ended.error).toContain('ECONNREFUSED');
    expect(proxy.body(ended.exchange, 'request').toString()).toBe('body');
    expect(proxy.all('request-ended')[0]?.cut).toBeNull();
    expect(proxy.all('response-started')).toEqual([]);
    expect(proxy.gaps()).toEqual(['upstream-failed']);
  });

  it('verifies servers, and says which certificate did not hold', async () => {
    const port = await startTlsServer(
      'other.example',
      answering(() => OK),
    );
    const resolve = new Map([['a.example', { host: '127.0.0.1', port }]]);
    for (const [upstreamCa, why] of [
      [[], 'its issuer is not trusted, see --upstream-ca ('],
      [[serverAuthority().certificatePem], 'it is for another name (ERR_TLS_CERT_ALTNAME_INVALID).'],
    ] as const) {
      const proxy = await startProxy({ resolve, upstreamCa });
      const phone = await openTls(proxy, 'a.example:443');
      phone.send('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n');
      const text = await phone.until(/verify.*\n/);
      expect(text).toContain('502 Bad Gateway');
      expect(text).toContain(`The certificate of a.example:443 does not verify: ${why}`);
      expect(proxy.gaps()).toEqual(['upstream-failed']);
    }
    const careless = await startProxy({ resolve, insecureUpstream: true });
    const phone = await openTls(careless, 'a.example:443');
    phone.send('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n');
    await phone.until('ok');
  });

  it('keeps what a server sent before it reset, and cuts the phone off', async () => {
    const port = await startServer(
      answering((_, socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nstart', () =>
          setTimeout(() => socket.resetAndDestroy(), 50),
        );
        return null;
      }),
    );
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    phone.send(`GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: h\r\n\r\n`);
    await phone.untilEnd();
    expect(phone.text).toContain('start');
    const ended = await proxy.event('exchange-ended');
    expect(proxy.body(ended.exchange, 'response').toString()).toBe('start');
    expect(proxy.all('response-ended')[0]?.cut).toContain('ECONNRESET');
    expect(ended.error).toContain('ECONNRESET');
  });

  it.each([
    ['CONNECT ../../etc/passwd:443 HTTP/1.1\r\nHost: x\r\n\r\n', '400'],
    ['CONNECT a.example HTTP/1.1\r\nHost: x\r\n\r\n', '400'],
    ['CONNECT 0x7f.1:443 HTTP/1.1\r\nHost: x\r\n\r\n', '400'],
    [`GET /${'a'.repeat(1024 * 1024)} HTTP/1.1\r\nHost: x\r\n\r\n`, '414'],
    [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(1024 * 1024)}\r\n\r\n`, '431'],
    ['GET http://user@a.example/ HTTP/1.1\r\nHost: x\r\n\r\n', '400'],
    ['GET ftp://a.example/ HTTP/1.1\r\nHost: x\r\n\r\n', '400'],
    ['nonsense\r\n\r\n', '400'],
    ['\x16\x03\x01\x00\x05hello', '400'],
  ])('refuses case %# with a sentence, a gap, and goes on serving', async (text, status) => {
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    phone.send(text);
    expect(await phone.untilEnd()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*\\.\n$`, 's'));
    expect(proxy.gaps()).toEqual(['request-refused']);
    const next = await RawClient.open(proxy.port);
    next.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await next.until('throughProxy');
  });
});

describe('the proxy’s own pages', () => {
  it.each([
    ['GET /a?b HTTP/1.1\r\nHost: whatever\r\n\r\n', { target: '/a?b', throughProxy: false, overTls: false }],
    [
      'GET http://telltale.test/c HTTP/1.1\r\nHost: telltale.test\r\n\r\n',
      { target: '/c', throughProxy: true, overTls: false },
    ],
    [
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc',
      { method: 'POST', body: 'abc', phoneAddress: '127.0.0.1' },
    ],
  ])('answer %j', async (text, wanted) => {
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    phone.send(text);
    const reply = await phone.until(/\r\n\r\n\{.*\}$/s);
    expect(JSON.parse(reply.split('\r\n\r\n')[1] as string)).toMatchObject(wanted);
    expect(proxy.all('request-started')).toEqual([]);
  });

  it('answer over TLS under our own certificate, and on the proxy’s own address', async () => {
    const proxy = await startProxy();
    const phone = await openTls(proxy, 'telltale.test:443');
    phone.send('GET /check HTTP/1.1\r\nHost: telltale.test\r\n\r\n');
    const reply = await phone.until(/\}$/);
    expect(JSON.parse(reply.split('\r\n\r\n')[1] as string)).toMatchObject({
      target: '/check',
      throughProxy: true,
      overTls: true,
    });
    const plain = await RawClient.open(proxy.port);
    plain.send(`GET http://127.0.0.1:${proxy.port}/own HTTP/1.1\r\nHost: x\r\n\r\n`);
    await plain.until('"/own"');
  });
});
