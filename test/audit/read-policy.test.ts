import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { extractPolicy } from '../../src/audit/read-policy.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-policy-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The signature of the one SDK that a policy lists. */
function signatureOf(name: string, packageName: string): string | null | undefined {
  const path = join(folder, 'policy.txt');
  writeFileSync(path, `隐私政策\n一、第三方SDK\nSDK名称：${name}\n包名：${packageName}\n收集信息：IMEI\n`);
  return extractPolicy(path, { extraFolder: null }).sdks[0]?.signature;
}

describe('readPolicyFile says which SDK an entry is', () => {
  it.each([
    ['by its name', '友盟SDK', 'com.example.stats', 'umeng'],
    ['by its package name where its name is nobody’s', '数据统计SDK', 'com.umeng.commonsdk', 'umeng'],
    ['by its name, whatever package stands beside it', '友盟SDK', 'cn.jpush.android', 'umeng'],
    ['not at all where neither is known', '数据统计SDK', 'com.example.stats', null],
  ])('%s', (_, name, packageName, signature) => {
    expect(signatureOf(name, packageName)).toBe(signature);
  });
});
