import { expect, it } from 'vitest';
import { Lately } from '../../src/audit/lately.ts';

it('holds the half of what it may that was asked for last, and forgets what was not asked for', () => {
  const lately = new Lately<string, number>(10);
  for (let number = 0; number < 10; number++) lately.set(String(number), number);
  expect([5, 6, 7, 8, 9].map((number) => lately.get(String(number)))).toEqual([5, 6, 7, 8, 9]);
  expect(lately.get('0')).toBe(0);
  for (let number = 10; number < 1_000; number++) {
    lately.set(String(number), number);
    expect(lately.get('0')).toBe(0);
    // The last five, whatever was asked for meanwhile.
    for (let back = 0; back < 4; back++) expect(lately.get(String(number - back))).toBe(number - back);
    if (number > 30) expect(lately.get(String(number - 12))).toBeUndefined();
  }
});

it('takes another value for the same key', () => {
  const lately = new Lately<string, number>(4);
  for (let number = 0; number < 20; number++) {
    lately.set('a', number);
    lately.set(String(number), number);
    expect(lately.get('a')).toBe(number);
  }
});
