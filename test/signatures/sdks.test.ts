import { describe, expect, it } from 'vitest';
import { buildRecipientIndex } from '../../src/attribute/recipients.ts';
import { lintSignatureData, loadUrlMatcher } from '../../src/audit/signature-data.ts';
import { loadSignatureData } from '../../src/signatures/load.ts';

const { signatures } = loadSignatureData({ extraFolder: null });
const match = loadUrlMatcher({ extraFolder: null });

describe('the packaged signatures', () => {
  it('hold what lint asks of them', () => {
    expect(lintSignatureData({ extraFolder: null })).toEqual([]);
  });

  it.each(signatures.map((signature) => [signature.id, signature] as const))('%s proves itself', (id, signature) => {
    for (const url of signature.samples.match) expect(`${url} ${match(url).id}`).toBe(`${url} ${id}`);
    for (const url of signature.samples.miss) expect(`${url} ${match(url).id}`).not.toBe(`${url} ${id}`);
  });

  it.each(
    signatures.flatMap(({ id, hosts }) =>
      hosts
        .filter(
          ({ host, ...rule }) => !host.startsWith('*') && rule.paths.length + Object.keys(rule.parameters).length === 0,
        )
        .map(({ host }) => [host, id] as const),
    ),
  )('%s belongs to %s whatever the path, also when only its name is seen', (host, id) => {
    const index = buildRecipientIndex(signatures, { app: null, firstPartyHosts: [] });
    for (const path of ['/', '/v1/report?x=1', '/a/b.json']) expect(match(`https://${host}${path}`).id).toBe(id);
    expect(index.attributeHost(host, 443).signature?.id).toBe(id);
  });

  it.each([
    // Shared hosts, told apart by path or parameter.
    ['https://api.weixin.qq.com/sns/userinfo?access_token=x&openid=y', 'wechat-opensdk'],
    ['https://api.weixin.qq.com/cgi-bin/token', null],
    ['https://open.weixin.qq.com/connect/sdk/qrconnect?appid=x', 'wechat-opensdk'],
    ['https://open.weixin.qq.com/', null],
    ['https://mp.weixin.qq.com/publicpoc/opensdkconf?action=GetShareConf', 'wechat-opensdk'],
    ['https://mp.weixin.qq.com/s/abcdefg', null],
    ['https://graph.qq.com/oauth2.0/me?access_token=x', 'qq-connect'],
    ['https://graph.qq.com/oauth2.0/m_authorize', 'qq-connect'],
    ['https://graph.qq.com/oauth2.0/authorize', null],
    ['https://graph.qq.com/', null],
    ['https://h.trace.qq.com/kv?attaid=0d000062340', 'tencent-bugly'],
    ['https://h.trace.qq.com/kv', null],
    ['https://www.facebook.com/adnw_sync2', 'facebook-sdk'],
    ['https://www.facebook.com/zuck', null],
    ['https://i.snssdk.com/api/ad/union/sdk/stats/', 'pangle-csj'],
    ['https://is.snssdk.com/api/news/feed/v51/', null],
    ['https://log.snssdk.com/service/2/app_log/', 'bytedance-applog'],
    ['https://log.snssdk.com/', null],
    ['https://bugly.qq.com/rqd/async', 'tencent-bugly'],
    ['https://bugly.qq.com/docs/', null],
    ['https://service.weibo.com/share/mobilesdk.php', 'sina-weibo-sdk'],
    ['https://service.weibo.com/share/share.php', null],
    ['https://metrics1.data.hicloud.com:6447/common/hmshioperqrt', 'huawei-hianalytics'],
    ['https://metrics9.elsewhere.hicloud.com/common/hmshioperqrt', 'huawei-hianalytics'],
    ['https://consumer.hicloud.com/', null],
    // Vendors' sites.
    ['https://www.umeng.com/', null],
    ['https://developer.umeng.com/docs/119267', null],
    ['https://developer.huawei.com/consumer/cn/hms/huawei-pushkit', null],
    ['https://lbs.amap.com/api/android-sdk', null],
    ['https://docs.jiguang.cn/jpush/client/Android/android_sdk', null],
    ['https://docs.getui.com/getui/start/accessGuide/', null],
    ['https://open.weixin.qq.com/cgi-bin/showdocument', null],
    ['https://connect.qq.com/', null],
    ['https://map.baidu.com/', null],
    ['https://www.alipay.com/', null],
    ['https://open.dingtalk.com/document', null],
    // Software on customers' servers.
    ['https://collect.shop.example/sa?project=production', 'sensors-data'],
    ['https://collect.shop.example/sa', null],
    ['https://o42.ingest.us.sentry.io/api/7/envelope/', 'sentry'],
    // Not URLs that a phone asks for.
    ['ulogs.umeng.com/unify_logs', null],
    ['ulogs.umeng.com:443', null],
    ['ftp://ulogs.umeng.com/', null],
    ['javascript:alert(1)', null],
    ['https://', null],
    ['', null],
    ['%%%', null],
    // Dressed-up ones.
    ['HTTPS://ULOGS.UMENG.COM/unify_logs', 'umeng'],
    ['https://ulogs.umeng.com./unify_logs', 'umeng'],
    ['https://ulogs.umeng.com:8443/unify_logs', 'umeng'],
    ['https://ulogs.umeng.com@evil.example/', null],
    ['https://evil.example/#ulogs.umeng.com', null],
    ['https://evil.example/?u=https://ulogs.umeng.com/unify_logs', null],
    ['https://xumeng.com/unify_logs', null],
  ])('%s → %s', (url, id) => {
    expect(match(url).id).toBe(id);
  });
});
