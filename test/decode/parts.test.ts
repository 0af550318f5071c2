import { expect, it } from 'vitest';
import { nextPart, type Part } from '../../src/decode/parts.ts';
import { decode } from './decoding.ts';

/** What a part is, in one pattern; it takes stack for each character, so that long texts are beyond it. */
const ORACLE =
  /eyJ[\w-]{8,}\.[\w-]{2,}\.[\w-]*|(?:[A-Za-z0-9+/]{60,76}\r?\n)+[A-Za-z0-9+/]{1,76}={0,2}|[A-Za-z0-9+/_-]{20,}={0,2}/g;

const PIECES = [
  ...['eyJhbGciOi', 'eyJ', '.', 'abc', '=', '==', '-', '_', '+/', ' ', 'é', '\n', '\r\n', '\r'],
  ...['A'.repeat(59), 'B'.repeat(60), 'C'.repeat(76), 'D'.repeat(77), 'x'.repeat(19), 'y'.repeat(20)],
];

function partsOf(text: string): string[] {
  const bytes = Buffer.from(text, 'latin1');
  const parts: string[] = [];
  for (let part: Part | null = nextPart(text, bytes, 0); part !== null; part = nextPart(text, bytes, part.end))
    parts.push(text.slice(part.start, part.end));
  return parts;
}

it('finds the parts that the pattern finds, in random texts', () => {
  let state = 1;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  for (let turn = 0; turn < 20_000; turn++) {
    const text = Array.from({ length: 1 + random(14) }, () => PIECES[random(PIECES.length)]).join('');
    expect(partsOf(text), JSON.stringify(text)).toEqual(text.match(ORACLE) ?? []);
  }
});

const LONG = 8_000_000;
it.each([
  ['one run', 'x'.repeat(LONG)],
  ['one JWT', `eyJhbGciOiJIUzI1NiJ9.${'x'.repeat(LONG)}.x`],
  ['lines', `${'x'.repeat(76)}\n`.repeat(LONG / 77)],
  ['what only begins like JWTs', 'eyJ'.repeat(LONG / 3)],
])('reads %s of eight million characters', (_, text) => {
  const value = Buffer.from('{"imei":"867532051234567"}').toString('base64');
  const { layers, gaps } = decode(Buffer.from(`v: ${text} ${value}`), { contentType: 'text/plain' });
  expect(layers.map(({ chain }) => chain.join(' '))).toContain('part:1 base64');
  expect(gaps).toEqual([]);
});
