import { describe, expect, it } from 'vitest';
import { cut, join, passageAt, quote, split, trim } from '../../src/declare/passage.ts';
import { readHtml } from '../../src/declare/read-html.ts';
import { readText } from '../../src/declare/read-text.ts';

describe('quote', () => {
  it.each([
    ['<p>收集<b>IMEI</b>、OAID</p>', '、OAID'],
    ['<p>收集 IMEI &amp; OAID</p>', '收集 IMEI'],
    ['<p>收集IMEI和OAID</p>', '收集IMEI和OAID'],
  ])('is the longest piece of %s that stands in the source', (source, wanted) => {
    const block = readHtml(source).blocks[0];
    if (block?.kind !== 'line') throw new Error('a line expected');
    expect(quote(source, block.passage, false)).toBe(wanted);
  });

  it('covers the word it is asked to cover', () => {
    const source = '<p>收集设备信息<b>IMEI</b>等</p>';
    const block = readHtml(source).blocks[0];
    if (block?.kind !== 'line') throw new Error('a line expected');
    expect(quote(source, block.passage, false, block.passage.text.indexOf('IMEI'))).toBe('IMEI');
  });

  it('keeps the marks of Markdown between', () => {
    const source = '我们收集**IMEI**和[位置](https://a.example)。';
    const block = readText(source).blocks[0];
    if (block?.kind !== 'line') throw new Error('a line expected');
    expect(block.passage.text).toBe('我们收集IMEI和位置。');
    expect(block.passage.links).toEqual(['https://a.example']);
    expect(source).toContain(quote(source, block.passage, true));
    expect(quote(source, block.passage, true)).toContain('**IMEI**');
  });
});

describe('passages', () => {
  const source = '  一、收集\n二、使用  ';
  const whole = passageAt(source, 0, source.length);

  it('keep their places through trimming, cutting, splitting and joining', () => {
    const pieces = split(whole, /\n/g);
    expect(pieces.map((piece) => piece.text)).toEqual(['一、收集', '二、使用']);
    const again = join(pieces, ' ');
    for (const [index, at] of again.at.entries()) if (at >= 0) expect(source[at]).toBe(again.text[index]);
    expect(trim(cut(whole, 2, 6)).at).toEqual([2, 3, 4, 5]);
  });
});
