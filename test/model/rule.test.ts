import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRules } from '../../src/compare/parse-rules.ts';
import { basisText } from '../../src/model/rule.ts';
import { packagedFolder } from '../../src/signatures/folder.ts';

const document = { zh: '《某法》', en: 'Some Law' };

describe('basisText', () => {
  it.each([
    ['三·1', true, '《某法》 三·1', 'Some Law 3·1'],
    ['第十三条、第二十一条', true, '《某法》 第十三条、第二十一条', 'Some Law Art. 13, Art. 21'],
    ['第五十条', false, '《某法》 第五十条（条款待核对）', 'Some Law Art. 50 (to be checked)'],
    ['一（一）1', true, '《某法》 一（一）1', 'Some Law 1(1)1'],
    ['6.2、附录A', true, '《某法》 6.2、附录A', 'Some Law 6.2, Annex A'],
    ['', true, '《某法》', 'Some Law'],
  ])('says %s', (item, checked, zh, en) => {
    const basis = { document, item, checked };
    expect([basisText(basis, 'zh'), basisText(basis, 'en')]).toEqual([zh, en]);
  });

  it('leaves no Chinese in English, for any basis of the rules', () => {
    const file: unknown = JSON.parse(readFileSync(join(packagedFolder(), 'rules.json'), 'utf8'));
    const all = (['cn', 'gdpr'] as const).flatMap((profile) =>
      parseRules(file, profile).rules.flatMap(({ basis }) => basis),
    );
    expect(all.map((basis) => basisText(basis, 'en')).filter((text) => /[\u3000-\u9fff]/.test(text))).toEqual([]);
  });
});
