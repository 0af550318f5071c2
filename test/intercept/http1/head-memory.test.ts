import { describe, expect, it } from 'vitest';
import { isProblem, parseRequest, parseResponse } from '../../../src/intercept/http1/head.ts';
import { HeadMemory } from '../../../src/intercept/http1/head-memory.ts';

/** Bytes as they come: a buffer of their own, the head first. */
function wire(head: string, bodyBytes = 0): Buffer {
  const bytes = Buffer.from(new ArrayBuffer(head.length + 4 + bodyBytes));
  bytes.write(`${head}\r\n\r\n`, 'latin1');
  return bytes;
}

/** As the reader of messages asks. */
function next<Head extends { readonly raw: Buffer }>(heads: HeadMemory<Head>, bytes: Buffer) {
  return heads.known(bytes) ?? heads.read(bytes.subarray(0, bytes.indexOf('\r\n\r\n') + 4));
}

const POST = 'POST /a HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2';

describe('HeadMemory', () => {
  it.each([
    ['the same bytes', POST, POST, 0, true],
    ['another path', POST, POST.replace('/a', '/b'), 0, false],
    ['another length', POST, POST.replace('h: 2', 'h: 3'), 0, false],
    ['other letters in a name', POST, POST.replace('Host', 'host'), 0, false],
    ['one with a line more', POST, `${POST}\r\nA: b`, 0, false],
    ['one with a line less', `${POST}\r\nA: b`, POST, 0, false],
    ['the same bytes with a body behind them', POST, POST, 5, true],
    ['the same bytes with more than 4 KB behind them', POST, POST, 4_096, true],
    ['one of more than 4 KB', `${POST}\r\nA: ${'b'.repeat(4_096)}`, `${POST}\r\nA: ${'b'.repeat(4_096)}`, 0, false],
  ])('of two requests knows again only the same head: %s', (_, first, second, bodyBytes, known) => {
    const heads = new HeadMemory(parseRequest);
    const before = next(heads, wire(first, bodyBytes));
    const after = next(heads, wire(second, bodyBytes));
    expect(after === before).toBe(known);
    expect(after).toEqual(next(new HeadMemory(parseRequest), wire(second)));
  });

  it('holds a head without the body that came with it', () => {
    const head = next(new HeadMemory(parseRequest), wire(POST, 60_000));
    expect(isProblem(head) ? head : head.raw.buffer.byteLength).toBe(POST.length + 4);
  });

  it('reads an answer anew when it answers another method: to HEAD it has no body', () => {
    const heads = new HeadMemory(parseResponse);
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 5';
    const framings = ['HEAD', 'GET', 'GET', 'HEAD'].map((method) => {
      heads.method = method;
      const head = next(heads, wire(answer));
      return isProblem(head) ? head : head.framing;
    });
    expect(framings).toEqual(['none', 'length', 'length', 'none']);
  });

  it('does not take what is no head for the one before', () => {
    const heads = new HeadMemory(parseRequest);
    next(heads, wire(POST));
    for (let time = 0; time < 2; time++) expect(isProblem(next(heads, wire('nothing')))).toBe(true);
    expect(isProblem(next(heads, wire(POST)))).toBe(false);
  });
});
