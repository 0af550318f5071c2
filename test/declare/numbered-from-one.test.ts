import { expect, it } from 'vitest';
import { readPolicy } from '../../src/declare/read-policy.ts';
import { loadTaxonomy } from '../../src/signatures/data-types.ts';

const taxonomy = loadTaxonomy({ extraFolder: null });

function collected(text: string): string[] {
  return readPolicy(Buffer.from(text), { name: 'policy', taxonomy }).first_party.map((one) => one.data_type);
}

it('reads items numbered from one as parts of the title above them that has no number', () => {
  const text =
    '山雀隐私政策\n我们如何收集和使用个人信息\n1、开户\n我们会收集您的手机号码。\n2、安全管理\n我们会收集您的IMEI。\n';
  expect(collected(text)).toEqual(expect.arrayContaining(['phone_number', 'imei']));
});

it('reads what a list of Android permissions says that each is for, whatever words the permission is called by', () => {
  const text =
    '山雀隐私政策\n一、应用权限\n（1）android.permission.WRITE_EXTERNAL_STORAGE\n权限说明：读取SD卡\n（2）android.permission.CAMERA\n权限说明：使用相机\n我们尊重您的个人信息。\n';
  expect(collected(text)).toEqual(expect.arrayContaining(['storage', 'camera']));
});
