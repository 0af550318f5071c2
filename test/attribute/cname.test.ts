import { describe, expect, it } from 'vitest';
import { findCloaking } from '../../src/attribute/cname.ts';
import { buildRecipientIndex } from '../../src/attribute/recipients.ts';
import { loadSignatureData } from '../../src/signatures/load.ts';

const { signatures } = loadSignatureData({ extraFolder: null });
const index = buildRecipientIndex(signatures, { app: 'com.example.app', firstPartyHosts: [] });

function cloaking(host: string, chain: readonly string[], target = '/x') {
  return findCloaking(index, { scheme: 'https', host, port: 443, method: 'POST', target, headers: [] }, chain);
}

describe('findCloaking', () => {
  it('names the SDK behind a first party’s name, and the alias that gave it away', () => {
    const found = cloaking('metrics.example.com', ['edge.cdn.example', 'ulogs.umeng.com', 'a.b.example']);
    expect(found?.alias).toBe('ulogs.umeng.com');
    expect(found?.attribution.recipient).toMatchObject({ kind: 'sdk', id: 'umeng' });
    expect(found?.attribution.reason).toMatch(/^metrics\.example\.com is an alias of ulogs\.umeng\.com; host ulogs/);
  });

  it.each([
    ['an SDK that hides nothing', 'ulogs.umeng.com', ['stats.jpush.cn']],
    ['no alias', 'metrics.example.com', []],
    ['aliases of no SDK', 'metrics.example.com', ['edge.cdn.example', 'www.umeng.com']],
    ['an alias below the same domain', 'www.umeng.com', ['ulogs.umeng.com']],
    ['a shared host whose path is another', 'metrics.example.com', ['api.weixin.qq.com']],
    ['names that are none', 'metrics.example.com', ['', '.', 'localhost', '203.0.113.9']],
  ])('finds nothing behind %s', (_, host, chain) => {
    expect(cloaking(host, chain)).toBeNull();
  });

  it('reads a shared host’s path', () => {
    expect(cloaking('login.example.com', ['api.weixin.qq.com'], '/sns/userinfo')?.attribution.recipient.id).toBe(
      'wechat-opensdk',
    );
  });

  it('stops at a chain longer than any resolver follows', () => {
    const chain = [...Array.from({ length: 16 }, (_, at) => `a${at}.cdn.example`), 'ulogs.umeng.com'];
    expect(cloaking('metrics.example.com', chain)).toBeNull();
  });
});
