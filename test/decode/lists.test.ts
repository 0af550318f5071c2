import { expect, it } from 'vitest';
import { nextList } from '../../src/decode/lists.ts';
import type { Part } from '../../src/decode/parts.ts';
import { decode } from './decoding.ts';

/** What a list is, in one pattern; of a run longer than the list it looks at each element as often as that is long. */
const ORACLE =
  /(?<![\w.-])(?:-?\d{1,3}(?:,\s?-?\d{1,3}){5,4095}|0x[\da-f]{2}(?:[, :]{1,2}0x[\da-f]{2}){5,4095}|[\da-f]{2}([: -])[\da-f]{2}(?:\1[\da-f]{2}){5,4095})(?![\w:-])/gi;

const PIECES = ['41', '7', '123', '-5', '0x41', 'aF', ',', ', ', ':', '-', ' ', '.', 'x', 'g', ';', '\n'];
const RUNS = ['41:', '1,', '2, ', '0x41,', '0x41:', 'af-', '41 ', '-7,'].map((unit) => unit.repeat(6));

function listsOf(text: string): string[] {
  const lists: string[] = [];
  for (let list: Part | null = nextList(text, 0); list !== null; list = nextList(text, list.end))
    lists.push(text.slice(list.start, list.end));
  return lists;
}

it('finds the lists that the pattern finds, in random texts', () => {
  let state = 1;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const all = [...PIECES, ...RUNS];
  for (let turn = 0; turn < 20_000; turn++) {
    const text = Array.from({ length: 1 + random(12) }, () => all[random(all.length)]).join('');
    expect(listsOf(text), JSON.stringify(text)).toEqual(text.match(ORACLE) ?? []);
  }
});

it.each(['41:', '41-', '41 ', '0x41:', '0x41,', '1,'])('reads a list of %j without end in pieces, in time', (unit) => {
  const text = unit.repeat(2_000_000 / unit.length);
  const before = process.cpuUsage().user;
  const { layers, gaps } = decode(`v: ${text}`, { contentType: 'text/plain' });
  expect((process.cpuUsage().user - before) / 1000).toBeLessThan(5_000);
  expect(layers.length + gaps.length).toBeGreaterThan(1);
});
