import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { answering, cleanup, RawClient, startProxy, startServer } from '../harness.ts';

/** Answers as bytes, from a server that may be hostile or old: RFC 9112 §4, §5, §6, RFC 9110 §15.2. */

async function ask(
  answer: string,
  request = 'GET',
  end = true,
): Promise<{ text: string; proxy: Awaited<ReturnType<typeof startProxy>> }> {
  const port = await startServer((socket) =>
    socket.once('data', () => {
      socket.write(Buffer.from(answer, 'latin1'));
      if (end) socket.end();
    }),
  );
  const proxy = await startProxy();
  const phone = await RawClient.open(proxy.port);
  phone.send(`${request} http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
  const text = await phone.untilEnd();
  await proxy.event('exchange-ended');
  return { text, proxy };
}

describe('an answer with', () => {
  it.each([
    ['early hints', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na'],
    [
      'several interim answers',
      'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n',
    ],
    ['no reason', 'HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\na'],
    ['a reason of its own', 'HTTP/1.1 299 Sch\xf6n\r\nContent-Length: 1\r\n\r\na'],
    ['a body that ends with the connection', 'HTTP/1.1 200 OK\r\nX: 1\r\n\r\nall of it'],
    [
      'repeated fields',
      'HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nset-cookie: b\r\nSET-COOKIE: a\r\nContent-Length: 0\r\n\r\n',
    ],
    [
      'the protocols that the server wants instead',
      'HTTP/1.1 426 Upgrade Required\r\nUpgrade: TLS/1.2\r\nConnection: Upgrade, close\r\nContent-Length: 0\r\n\r\n',
    ],
    ['304 and a length', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n'],
  ])('%s is passed byte for byte', async (_, answer) => {
    const { text, proxy } = await ask(answer);
    expect(text).toBe(answer);
    expect(proxy.all('exchange-ended')[0]?.error).toBeNull();
  });

  it('a length but no body, to HEAD, is passed', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n';
    expect((await ask(answer, 'HEAD')).text).toBe(answer);
  });

  it('chunks is passed in chunks, with its trailers', async () => {
    const { text, proxy } = await ask(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n',
    );
    expect(text).toBe(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n',
    );
    expect(proxy.all('response-ended')[0]?.trailers).toEqual([['X-T', '1']]);
  });

  it.each([
    [
      'both a coding and a length',
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    ],
    [
      'a folded line',
      'HTTP/1.1 200 OK\r\nX-A: 1\r\n  2\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nX-A: 1 2\r\nContent-Length: 0\r\n\r\n',
    ],
    [
      'a space before a colon',
      'HTTP/1.1 200 OK\r\nX-A : 1\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 0\r\n\r\n',
    ],
  ])('%s is put right', async (_, answer, seen) => {
    expect((await ask(answer)).text).toBe(seen);
  });

  it.each([
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\nabcd'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['a header without colon', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n'],
    ['a NUL', 'HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n'],
    ['headers without end', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(300_000)}`],
    ['nothing', ''],
  ])('%s becomes 502', async (_, answer) => {
    const { text, proxy } = await ask(answer);
    expect(text).toMatch(/^HTTP\/1\.1 502 Bad Gateway.*\.\n$/s);
    expect(proxy.gaps()).toEqual(['upstream-failed']);
  });

  it.each([
    ['a body shorter than its length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', 'abc'],
    ['a last chunk that never comes', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', 'abc'],
    ['a chunk size that is none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n', 'abc'],
  ])('%s is cut: the phone can tell, and the audit has what came', async (_, answer, body) => {
    const { text, proxy } = await ask(answer);
    expect(text.endsWith('0\r\n\r\n')).toBe(false);
    expect(text).toContain(body);
    const ended = proxy.all('response-ended')[0];
    expect(ended?.cut).toEqual(expect.any(String));
    expect(proxy.body(1, 'response').toString()).toBe(body);
  });

  it('something behind it does not answer the next request', async () => {
    const port = await startServer(
      answering(() => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'),
    );
    const proxy = await startProxy();
    for (let turn = 0; turn < 3; turn++) {
      const phone = await RawClient.open(proxy.port);
      phone.send(`GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: h\r\n\r\n`);
      expect(await phone.until('ok')).not.toContain('evil');
    }
  });

  it('both a coding and a length ends its connection: what follows may be framed another way', async () => {
    let connections = 0;
    const port = await startServer((socket) => {
      connections++;
      socket.on('data', () =>
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'),
      );
    });
    const proxy = await startProxy();
    for (let turn = 1; turn <= 2; turn++) {
      const phone = await RawClient.open(proxy.port);
      phone.send(`GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: h\r\n\r\n`);
      await phone.until('ok');
      await phone.untilEnd();
      expect(connections).toBe(turn);
    }
  });

  it('the coding `identity`, which is none, ends where its length says', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok';
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    const port = await startServer(answering(() => answer));
    for (let turn = 0; turn < 2; turn++) {
      phone.send(`GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: h\r\n\r\n`);
      await phone.until(answer);
      phone.take();
    }
    expect(proxy.all('exchange-ended').map(({ error }) => error)).toEqual([null, null]);
  });

  const packed = gzipSync('packed').toString('latin1');
  it.each([
    ['gzip, chunked', `${packed.length.toString(16)}\r\n${packed}\r\n0\r\n\r\n`],
    ['gzip', packed],
  ])('Transfer-Encoding: %s goes on to a phone that may have asked for it, and to no other', async (coding, body) => {
    const answer = `HTTP/1.1 200 OK\r\nTransfer-Encoding: ${coding}\r\n\r\n${body}`;
    const { text, proxy } = await ask(answer);
    expect(text).toBe(answer);
    expect(proxy.body(1, 'response').toString('latin1')).toBe(packed);
    expect(proxy.gaps()).toEqual([]);

    const port = await startServer((socket) => socket.once('data', () => socket.end(Buffer.from(answer, 'latin1'))));
    const old = await RawClient.open(proxy.port);
    old.send(`GET http://127.0.0.1:${port}/ HTTP/1.0\r\n\r\n`);
    const sentence = 'The server packed its answer in a Transfer-Encoding that nobody asked for.';
    expect(await old.untilEnd()).toMatch(new RegExp(`^HTTP/1.1 502 .*\r\n\r\n${sentence}\n$`, 's'));
    const session = connectHttp2(`http://127.0.0.1:${proxy.port}`);
    cleanup(() => session.destroy());
    const stream = session.request({ ':authority': `127.0.0.1:${port}`, ':path': '/' });
    const [head] = await once(stream, 'response');
    expect([head[':status'], (await stream.setEncoding('latin1').toArray()).join('')]).toEqual([502, `${sentence}\n`]);
    expect(proxy.gaps()).toEqual(['upstream-failed', 'upstream-failed']);
  });

  it('chunks to a phone that speaks HTTP/1.0 loses them', async () => {
    const port = await startServer(
      answering(() => 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: 1\r\n\r\n3\r\nabc\r\n0\r\n\r\n'),
    );
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    phone.send(`GET http://127.0.0.1:${port}/ HTTP/1.0\r\n\r\n`);
    expect(await phone.untilEnd()).toBe('HTTP/1.1 200 OK\r\nX: 1\r\n\r\nabc');
  });
});

describe('a server that', () => {
  it('closed a kept connection in the meantime is asked again, with the body', async () => {
    let connections = 0;
    const bodies: string[] = [];
    const port = await startServer((socket) => {
      const first = connections++ === 0;
      let requests = 0;
      let text = '';
      socket.on('data', (bytes) => {
        text += bytes;
        if (!text.endsWith('body')) return;
        bodies.push(text.slice(-4));
        text = '';
        if (first && requests++ > 0) socket.destroy();
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      });
    });
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    for (let turn = 0; turn < 2; turn++) {
      phone.send(`POST http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody`);
      await phone.until('ok');
      phone.take();
    }
    expect([connections, bodies]).toEqual([2, ['body', 'body', 'body']]);
    expect(proxy.all('exchange-ended').map(({ error }) => error)).toEqual([null, null]);
    expect(proxy.body(2, 'request').toString()).toBe('body');
  });

  it('does not answer in time gets the phone a 502', async () => {
    const port = await startServer((socket) => socket.resume());
    const proxy = await startProxy({ limits: { answerMsMax: 300 } });
    const phone = await RawClient.open(proxy.port);
    phone.send(`GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: h\r\n\r\n`);
    expect(await phone.until(/\.\n$/)).toMatch(/^HTTP\/1\.1 502 .*did not answer in time/s);
  });

  it('answers before the request is whole is heard, and the rest of the request still reaches it', async () => {
    let whole = () => {};
    const heard = new Promise<void>((done) => {
      whole = done;
    });
    let text = '';
    const port = await startServer((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno'));
      socket.on('data', (bytes) => {
        text += bytes;
        if (text.endsWith('halfrest')) whole();
      });
    });
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    phone.send(`POST http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\nhalf`);
    await phone.until('\r\n\r\nno');
    phone.send('rest');
    expect((await proxy.event('exchange-ended')).error).toBeNull();
    await heard;
  });
});
