import { describe, expect, it } from 'vitest';
import { isProblem, parseRequest, parseResponse } from '../../../src/intercept/http1/head.ts';
import { HeadMemory } from '../../../src/intercept/http1/head-memory.ts';

/** Bytes as they come: a buffer of their own, with what followed the head. */
function wire(head: string, bodyBytes = 0): Buffer {
  const text = `${head}\r\n\r\n`;
  const bytes = Buffer.from(new ArrayBuffer(text.length + bodyBytes));
  bytes.write(text, 'latin1');
  return bytes.subarray(0, text.length);
}

const POST = 'POST /a HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2';

describe('HeadMemory', () => {
  it.each([
    ['the same bytes', POST, POST, 0, true],
    ['another path', POST, POST.replace('/a', '/b'), 0, false],
    ['another length', POST, POST.replace('h: 2', 'h: 3'), 0, false],
    ['other letters in a name', POST, POST.replace('Host', 'host'), 0, false],
    ['the same bytes with more than 4 KB behind them', POST, POST, 4_096, false],
  ])('of two requests knows again only the same head: %s', (_, first, second, bodyBytes, known) => {
    const heads = new HeadMemory(parseRequest);
    const before = heads.read(wire(first, bodyBytes), '');
    const after = heads.read(wire(second, bodyBytes), '');
    expect(after === before).toBe(known);
    expect(after).toEqual(new HeadMemory(parseRequest).read(wire(second), ''));
  });

  it('reads an answer anew when it answers another method: to HEAD it has no body', () => {
    const heads = new HeadMemory(parseResponse);
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 5';
    const framings = ['HEAD', 'GET', 'GET', 'HEAD'].map((method) => {
      const head = heads.read(wire(answer), method);
      return isProblem(head) ? head : head.framing;
    });
    expect(framings).toEqual(['none', 'length', 'length', 'none']);
  });

  it('does not take what is no head for the one before', () => {
    const heads = new HeadMemory(parseRequest);
    heads.read(wire(POST), '');
    for (let time = 0; time < 2; time++) expect(isProblem(heads.read(wire('nothing'), ''))).toBe(true);
    expect(isProblem(heads.read(wire(POST), ''))).toBe(false);
  });
});
