import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const pages = [...readdirSync(root), ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

it('every page links only to files that are there', () => {
  const broken = pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8');
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => (match[1] as string).split('#')[0] as string);
    return targets
      .filter(
        (target) => target !== '' && !/^[a-z]+:/.test(target) && !existsSync(resolve(root, dirname(page), target)),
      )
      .map((target) => `${page} → ${target}`);
  });
  expect(broken).toEqual([]);
});

it('README leads to every page of docs/', () => {
  const readme =
    readFileSync(join(root, 'README.md'), 'utf8') + readFileSync(join(root, 'docs', 'README.zh-CN.md'), 'utf8');
  const forgotten = pages.filter(
    (page) => page.startsWith('docs/') && !readme.includes(page) && !page.endsWith('README.zh-CN.md'),
  );
  expect(forgotten).toEqual([]);
});
