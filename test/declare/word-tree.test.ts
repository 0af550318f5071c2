import { expect, it } from 'vitest';
import { WordTree } from '../../src/declare/word-tree.ts';

function walk(tree: WordTree, word: string): number {
  let place = 0;
  for (const letter of word) {
    place = tree.next(place, letter.charCodeAt(0));
    if (place === 0) return 0;
  }
  return place;
}

function add(tree: WordTree, word: string): number {
  return [...word].reduce((place, letter) => tree.add(place, letter.charCodeAt(0)), 0);
}

it('leads each word to a place of its own, and nowhere from words that nobody added', () => {
  const words = ['imei', 'imsi', 'im', '设备', '设备型号', '设置', '\uffff'];
  const tree = new WordTree(words.join('').length);
  const ends = words.map((word) => add(tree, word));
  expect(words.map((word) => walk(tree, word))).toEqual(ends);
  expect(new Set(ends).size).toBe(words.length);
  expect(words.map((word) => add(tree, word))).toEqual(ends);
  for (const unknown of ['imex', 'imeii', 'm', '备', '设备号', '置']) expect(walk(tree, unknown)).toBe(0);
});
