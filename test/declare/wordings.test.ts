import { expect, it } from 'vitest';
import { readPolicy } from '../../src/declare/read-policy.ts';
import { loadTaxonomy } from '../../src/signatures/data-types.ts';

const taxonomy = loadTaxonomy({ extraFolder: null });
const read = (text: string) => readPolicy(Buffer.from(text), { name: 'policy', taxonomy });

it('takes further information that users give for collected', () => {
  const { first_party } = read(
    '山雀隐私政策\n一、我们如何收集您的个人信息\n办理年检时，您还可以提供其他额外信息（车牌号、出生日期）。\n',
  );
  expect(first_party.map(({ data_type }) => data_type)).toContain('birthday');
});

it('takes the service that an app uses for one that it uses', () => {
  const { sdks } = read(
    'Privacy Policy\nHow we use personal data\nOur website uses the service Larkline, provided by Larkline Inc., to count visits.\n',
  );
  expect(sdks.map(({ name }) => name)).toEqual(['Larkline']);
});
