import { expect, it } from 'vitest';
import { Attributes } from '../../../src/decode/syntaxes/attributes.ts';

/** Name and value of each attribute, and where the tag goes on. */
function read(text: string) {
  const bytes = Buffer.from(text, 'latin1');
  const attributes = new Attributes(bytes, 0);
  const found: [string, string][] = [];
  const between = (start: number, end: number) => bytes.toString('latin1', start, end);
  while (attributes.next()) {
    const { nameStart, nameEnd, valueStart, valueEnd } = attributes;
    found.push([between(nameStart, nameEnd), between(valueStart, valueEnd)]);
  }
  return { found, at: attributes.at };
}

/** The same, slowly. */
function expected(text: string) {
  const attribute = /[\s/]*([^\s=<>/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s<>"']+)))?/y;
  const found: [string, string][] = [];
  let at = 0;
  for (;;) {
    attribute.lastIndex = at;
    const one = attribute.exec(text);
    if (one === null) return { found, at };
    at = attribute.lastIndex;
    found.push([one[1] as string, one[2] ?? one[3] ?? one[4] ?? '']);
  }
}

it.each([
  [
    ' id="a" name=\'b c\' size=3>',
    [
      ['id', 'a'],
      ['name', 'b c'],
      ['size', '3'],
    ],
  ],
  [
    ' checked disabled/>',
    [
      ['checked', ''],
      ['disabled', ''],
    ],
  ],
  [
    ' a = "1"b=\n2 c= >',
    [
      ['a', '1'],
      ['b', '2'],
      ['c', ''],
    ],
  ],
  [' href=/a/b?c=d&e />', [['href', '/a/b?c=d&e']]],
  [' a="never closed', [['a', '']]],
  ['', []],
])('reads %j', (text, found) => {
  expect(read(text).found).toEqual(found);
});

it('reads what a regular expression does, in whatever is written', () => {
  const pieces = ['a', 'id', ' ', '\n', '\u00a0', '/', '=', '"', "'", '<', '>', 'é', '1', '" b="', '&amp;'];
  let seed = 7;
  const next = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let times = 0; times < 5_000; times++) {
    const text = Array.from({ length: next(14) }, () => pieces[next(pieces.length)]).join('');
    expect(read(text), JSON.stringify(text)).toEqual(expected(text));
  }
});
