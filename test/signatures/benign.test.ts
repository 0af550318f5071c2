import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadUrlMatcher } from '../../src/audit/signature-data.ts';

const urls = readFileSync(resolve(import.meta.dirname, '../fixtures/benign.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

describe('the benign corpus', () => {
  it('is large and varied', () => {
    expect(urls.length).toBeGreaterThan(3_000);
    expect(new Set(urls).size).toBe(urls.length);
    expect(new Set(urls.map((url) => new URL(url).hostname)).size).toBeGreaterThan(1_900);
  });

  it('is attributed to no SDK', () => {
    const match = loadUrlMatcher({ extraFolder: null });
    expect(urls.map(match).filter(({ id }) => id !== null)).toEqual([]);
  });
});
