import { describe, expect, it } from 'vitest';
import { languageFor } from '../../src/model/language.ts';

describe('languageFor', () => {
  it.each([
    ['', 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['en-US,en;q=0.9,zh-CN;q=0.8', 'en'],
    ['zh-Hant-TW', 'zh'],
    ['fr-FR,fr;q=0.9,zh;q=0.2', 'zh'],
    ['fr, de;q=0.5', 'en'],
    ['en;q=0.1, ZH;q=0.2', 'zh'],
    ['en;q=0.5,zh;q=0.5', 'en'],
    ['zh;q=0', 'en'],
    ['zh;q=nonsense,en;q=0.1', 'en'],
    [`${'x,'.repeat(1_000_000)}zh`, 'en'],
  ])('%.40s → %s', (header, language) => {
    expect(languageFor(header)).toBe(language);
  });
});
