import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_MESSAGES } from '../../src/model/errors.ts';
import { GAP_KINDS } from '../../src/model/gaps.ts';

describe('The list and its page', () => {
  it.each([
    ['gaps.md', GAP_KINDS],
    ['errors.md', ERROR_MESSAGES],
  ])('docs/%s agrees both ways, in order; `npm test -- -u test/docs` writes the table anew', async (page, list) => {
    const path = resolve(import.meta.dirname, '../../docs', page);
    const rows = Object.entries(list).map(
      ([name, sentence]) => `| \`${name}\` | ${sentence.replaceAll('|', '\\|')} |\n`,
    );
    const text = readFileSync(path, 'utf8');
    const [, table] = /\n\n\| .*\n\| --- \| --- \|\n((?:\|.*\n)*)/.exec(text) as unknown as [string, string];
    await expect(text.replace(table, () => rows.join(''))).toMatchFileSnapshot(path);
  });
});
