import { expect, it } from 'vitest';
import { maskValue } from '../../src/model/finding.ts';

it.each([
  ['867532051234567', '8675…567'],
  ['13912345678', '139…78'],
  ['abcd', 'a…d'],
  ['abc', '…'],
  ['', '…'],
  ['张三李四王五', '张…五'],
])('masks %s as %s', (value, masked) => {
  expect(maskValue(value)).toBe(masked);
});

it('never shows more than half of a value', () => {
  for (let length = 0; length <= 100; length += 1) {
    const shown = maskValue('x'.repeat(length)).replace('…', '').length;
    expect(shown, `length ${length}`).toBeLessThanOrEqual(length / 2);
  }
});
