import { describe, expect, it } from 'vitest';
import { RawClient, startProxy, startServer } from './harness.ts';
import { openHttp2, reply, startHttp2Server } from './http2-kit.ts';

const toOrigin = (port: number) => ({ resolve: new Map([['a.example', { host: '127.0.0.1', port }]]) });
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Asks twice over connections that are kept; the server says what becomes of the second. */
describe('a request on a connection that served others', () => {
  it.each([
    ['answered with what is not HTTP', 'bogus\r\n\r\n', /cannot be read: .*HTTP\/1/],
    ['answered with a broken head', 'HTTP/1.1 200 OK\r\nno colon\r\n\r\n', /cannot be read: .*no colon/],
    ['not answered in time', '', /did not answer in time/],
  ])('is asked once only when it is %s', async (_, second, sentence) => {
    const heard: string[] = [];
    const port = await startServer((socket) =>
      socket.on('data', (bytes) => {
        heard.push(String(bytes).split(' ')[1] as string);
        socket.write(heard.length === 1 ? OK : second);
      }),
    );
    const proxy = await startProxy({ limits: { answerMsMax: 300 } });
    const phone = await RawClient.open(proxy.port);
    phone.send(`POST http://127.0.0.1:${port}/1 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n`);
    await phone.until('ok');
    phone.take();
    phone.send(`POST http://127.0.0.1:${port}/2 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n`);
    expect(await phone.until(/\.\n$/)).toMatch(sentence);
    expect(heard).toEqual(['/1', '/2']);
  });

  it.each([
    ['INTERNAL_ERROR', 2, 502, ['/1', '/2']],
    ['CANCEL', 8, 502, ['/1', '/2']],
    ['NO_ERROR', 0, 502, ['/1', '/2']],
    // Not looked at, says RFC 9113 §8.7.
    ['REFUSED_STREAM', 7, 200, ['/1', '/2', '/2']],
  ])('of HTTP/2 that is reset with %s', async (_, code, status, wanted) => {
    const heard: string[] = [];
    const port = await startHttp2Server((stream, headers) => {
      heard.push(headers[':path'] as string);
      if (heard.length === 2) stream.close(code);
      else {
        stream.respond({ ':status': 200 });
        stream.end();
      }
    });
    const phone = await openHttp2(await startProxy(toOrigin(port)));
    await reply(phone.request({ ':path': '/1' }));
    const second = phone.request({ ':path': '/2', ':method': 'POST' });
    second.end();
    expect(await reply(second)).toMatchObject({ status });
    expect(heard).toEqual(wanted);
  });

  it('of HTTP/2 whose connection ended in the meantime is asked again, with its body', async () => {
    const heard: string[] = [];
    const port = await startHttp2Server((stream, headers) => {
      heard.push(headers[':path'] as string);
      if (heard.length === 2) stream.session?.destroy();
      else {
        stream.respond({ ':status': 200 });
        stream.pipe(stream);
      }
    });
    const phone = await openHttp2(await startProxy(toOrigin(port)));
    await reply(phone.request({ ':path': '/1' }));
    const again = phone.request({ ':path': '/2', ':method': 'POST' });
    again.end('body');
    expect(await reply(again)).toMatchObject({ status: 200, body: 'body' });
    expect(heard).toEqual(['/1', '/2', '/2']);
  });
});

describe('a server that wants HTTP/1.1', () => {
  it('and resets the stream to say so is asked again in it, and from then on', async () => {
    const heard: string[] = [];
    const port = await startHttp2Server(
      (stream, headers) => {
        heard.push(`2 ${headers[':path']}`);
        stream.close(13);
      },
      { allowHTTP1: true },
      (request, response) => {
        heard.push(`1.1 ${request.url}`);
        response.end('in 1.1');
      },
    );
    const phone = await openHttp2(await startProxy(toOrigin(port)));
    expect(await reply(phone.request({ ':path': '/1' }))).toMatchObject({ status: 200, body: 'in 1.1' });
    expect(await reply(phone.request({ ':path': '/2' }))).toMatchObject({ status: 200, body: 'in 1.1' });
    expect(heard).toEqual(['2 /1', '1.1 /1', '1.1 /2']);
  });
});
