import jsqr from 'jsqr';
import { describe, expect, it } from 'vitest';
import { qrForTerminal, qrSvg } from '../../src/device/qr.ts';

const scan = jsqr as unknown as typeof jsqr.default;
const moduleEdge = 4;

/** What a scanner, written by others, reads from a picture of light and dark modules. */
function read(isDark: (row: number, column: number) => boolean, size: number): string | undefined {
  const edge = size * moduleEdge;
  const pixels = new Uint8ClampedArray(edge * edge * 4).fill(255);
  for (let y = 0; y < edge; y++) {
    for (let x = 0; x < edge; x++) {
      if (isDark(Math.floor(y / moduleEdge), Math.floor(x / moduleEdge)))
        pixels.fill(0, (y * edge + x) * 4, (y * edge + x) * 4 + 3);
    }
  }
  return scan(pixels, edge, edge)?.data;
}

const texts = ['http://192.168.1.5:8080/', 'http://[fd00:1234:5678::5]:8080/', '手机设置'];

describe('A QR code', () => {
  it.each(texts)('on a terminal is read by a scanner: %s', (text) => {
    const lines = qrForTerminal(text).trimEnd().split('\n');
    const width = (lines[0] as string).length;
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([width]));
    const light = (row: number, column: number) => {
      const character = (lines[row >> 1] as string)[column];
      return character === '█' || character === (row % 2 === 0 ? '▀' : '▄');
    };
    expect(read((row, column) => row < width && !light(row, column), width)).toBe(text);
  });

  it.each(texts)('in a page is read by a scanner: %s', (text) => {
    const svg = qrSvg(text);
    const [, origin, size] = /viewBox="(-\d+) -\d+ (\d+) /.exec(svg) as unknown as [string, string, string];
    const dark = new Set<string>();
    const path = svg.slice(svg.lastIndexOf('d="'));
    for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
      for (let step = 0; step < Number(run); step++)
        dark.add(`${Number(y) - Number(origin)},${Number(x) + step - Number(origin)}`);
    }
    expect(read((row, column) => dark.has(`${row},${column}`), Number(size))).toBe(text);
  });

  it('sets both colours when asked, so that light themes show it rightly', () => {
    for (const line of qrForTerminal('x', true).trimEnd().split('\n'))
      expect([line.slice(0, 8), line.slice(-4)]).toEqual(['\u001b[97;40m', '\u001b[0m']);
  });
});
