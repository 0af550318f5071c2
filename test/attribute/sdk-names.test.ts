import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildSdkNames } from '../../src/attribute/sdk-names.ts';
import { loadSignatureData } from '../../src/signatures/load.ts';

const names = buildSdkNames(loadSignatureData({ extraFolder: null }).signatures);

describe('buildSdkNames', () => {
  it.each([
    // As five real policies write them.
    ['阿里聚安全安全组件', 'alibaba-security-guard'],
    ['微信分享', 'wechat-opensdk'],
    ['腾讯MTA', 'tencent-mta'],
    ['OPPO推送', 'oppo-push'],
    ['高德地图', 'amap'],
    ['友盟', 'umeng'],
    ['Facebook(Stetho)', 'facebook-stetho'],
    ['华为消息服务', 'huawei-hms-push'],
    ['Share', 'mob-sharesdk'],
    ['支付宝', 'alipay'],
    ['小米推送', 'xiaomi-push'],
    ['腾讯SDK Bugly', 'tencent-bugly'],
    ['友盟统计SDK(com.umeng)', 'umeng'],
    ['igexin SDK', 'getui'],
    ['Tencent SDK Bugly', 'tencent-bugly'],
    ['Youmeng SDK (com. umeng)', 'umeng'],
    ['小鱼音视频sdk', 'xylink'],
    ['X5 SDK', 'tencent-x5-tbs'],
    ['友盟 SDK', 'umeng'],
    ['HMS PUSH SDK', 'huawei-hms-push'],
    ['华为会议SDK', 'huawei-cloud-meeting'],
    ['数科OFD SDK', 'suwell-ofd'],
    ['Zxing SDK', 'zxing'],
    ['TBS SDK', 'tencent-x5-tbs'],
    ['Matisse SDK', 'matisse'],
    ['PLDroid SDK', 'pldroid-player'],
    ['PAFace SDK', 'pingan-paface-paspeech'],
    ['iAppPDF SDK', 'kinggrid-iapppdf'],
    ['PASpeech SDK', 'pingan-paface-paspeech'],
    ['极光推送SDK', 'jpush'],
    ['VIVO推送SDK', 'vivo-push'],
    ['腾讯X5浏览器', 'tencent-x5-tbs'],
    ['QQ分享SDK', 'qq-connect'],
    ['钉钉分享SDK', 'dingtalk-share'],
    // Other ways to write them.
    ['友盟+ U-Push', 'umeng'],
    ['ＵＭＥＮＧ　ＳＤＫ', 'umeng'],
    ['友盟统计分析SDK', 'umeng'],
    ['高德开放平台定位SDK', 'amap'],
    ['OPPO PUSH客户端 SDK', 'oppo-push'],
    ['字节跳动穿山甲SDK', 'pangle-csj'],
    ['com.tencent.bugly.crashreport', 'tencent-bugly'],
    ['个推一键登录SDK(com.geetest.onelogin)', 'geetest'],
    ['极光推送（JPush）', 'jpush'],
    ['华为 HMS SDK', 'huawei-hms-push'],
    ['HMS Analytics Kit', 'huawei-hianalytics'],
    ['Firebase Crashlytics', 'firebase'],
    ['Adjust SDK', 'adjust'],
    ['小米推送SDK、MiPush', 'xiaomi-push'],
    ['七牛播放器', 'pldroid-player'],
    ['七牛云播放器SDK', 'pldroid-player'],
    ['七牛云存储SDK', 'qiniu-storage'],
    ['腾讯信鸽推送', 'tencent-tpns'],
    ['Unity Ads', 'unity-ads'],
    ['Gaode Map SDK', 'amap'],
    ['Huawei HMS SDK', 'huawei-hms-push'],
    ['华为移动服务(HMS)', 'huawei-hms-push'],
    ['WeChat Pay SDK', 'wechat-opensdk'],
    ['Tencent QQ', 'qq-connect'],
    ['Baidu Maps SDK', 'baidu-map-location'],
    ['Tencent X5', 'tencent-x5-tbs'],
    ['Aurora Push SDK', 'jpush'],
    ['移动安全联盟 MSA SDK', 'msa-oaid'],
    ['阿里云号码认证服务SDK', 'carrier-number-auth'],
    ['每日互动', 'getui'],
    ['小米登录SDK', 'xiaomi-account'],
    // Too little or too much to be certain.
    ['腾讯SDK', null],
    ['腾讯 SDK', null],
    ['华为 SDK', null],
    ['百度SDK', null],
    ['阿里SDK', null],
    ['小米SDK', null],
    ['HMS Core Scan Kit', null],
    ['企业微信SDK', null],
    ['企业微信', null],
    ['银联商务', null],
    ['Unity', null],
    ['crash', null],
    ['Tencent SDK', null],
    ['Huawei SDK', null],
    ['小米', null],
    ['百度', null],
    ['支付宝人脸识别', null],
    ['Glide', 'glide'],
    ['个验', null],
    ['QQ音乐SDK', null],
    ['快手SDK', null],
    ['一键登录', null],
    ['推送', null],
    ['分享', null],
    ['OFD', null],
    ['友盟、极光', null],
    ['友盟/个推SDK', null],
    ['MMA SDK', null],
    ['Readjusted SDK', null],
    ['debuglyzer', null],
    ['com.umengx.foo', null],
    ['监测SDK（cn.com.mma.mobile.tracking）', null],
    ['com.umeng.analytics、com.igexin.sdk', null],
    ['SDK', null],
    ['', null],
  ])('%s → %s', (wording, id) => {
    expect(names.match(wording, null)?.id ?? null).toBe(id);
  });

  const wordings = readFileSync(resolve(import.meta.dirname, '../fixtures/sdk-wordings.tsv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split('\t') as [string, string, string]);

  it('is held against more than 300 ways to write a name, each with a reason', () => {
    expect(new Set(wordings.map(([wording]) => wording)).size).toBe(wordings.length);
    expect(wordings.length).toBeGreaterThan(300);
    expect(wordings.filter((row) => row.length !== 3 || row.includes(''))).toEqual([]);
  });

  it.each(wordings)('%s → %s: %s', (wording, id) => {
    expect(names.match(wording, null)?.id ?? '-').toBe(id);
  });

  it.each([
    ['推送服务供应商', '浙江每日互动网络科技股份有限公司', 'getui'],
    ['消息推送', '华为技术有限公司', 'huawei-hms-push'],
    ['推送服务', '北京小米科技有限责任公司', 'xiaomi-push'],
    ['统计分析', '北京百度网讯科技有限公司', 'baidu-mtj'],
    // Sisters and former names of the company that the signature names.
    ['移动推送', '北京锐讯灵通科技有限公司', 'umeng'],
    ['信息流广告', '湖北今日头条科技有限公司', 'pangle-csj'],
    ['消息推送组件', '广东天宸网络科技有限公司', 'vivo-push'],
    // Another company, whose name holds the SDK's.
    ['银联支付', '银联商务股份有限公司', null],
    ['银联支付', '中国银联股份有限公司', 'unionpay'],
    ['SDK', '每日互动股份有限公司', null],
    ['推送与地图', '每日互动股份有限公司', null],
    ['地图', '腾讯', 'tencent-location'],
    ['分析', '深圳市腾讯计算机系统有限公司', null],
    ['推送', '', null],
    // A common word beside a company that makes something else.
    ['Share', '深圳市腾讯计算机系统有限公司', null],
    ['Share', '某某有限公司', 'mob-sharesdk'],
    ['TBS SDK', '腾讯计算机系统有限公司', 'tencent-x5-tbs'],
  ])('%s of %s → %s', (wording, vendor, id) => {
    expect(names.match(wording, vendor)?.id ?? null).toBe(id);
  });

  it.each([
    ['Youmeng SDK (com. umeng)', 'package com.umeng'],
    ['友盟 SDK', '“友盟 SDK” is the name “友盟”'],
    ['腾讯X5浏览器', 'the wording contains the name “腾讯X5”'],
  ])('says why %s matches', (wording, reason) => {
    expect(names.match(wording, null)?.reason).toBe(reason);
  });

  const gold = resolve(import.meta.dirname, '../../../shared/gold');
  it.skipIf(!existsSync(gold))('knows every SDK that careful readers found in five policies', () => {
    const files = [
      '000_e9c8b314b540c2e0',
      '001_0f880ed16c1b50fc',
      '002_390a5ae482b139f0',
      '003_86218ad00212d305',
      '004_9799170af68ae5f2',
    ];
    const unknown = files
      .flatMap((file) => (JSON.parse(readFileSync(resolve(gold, `${file}.json`), 'utf8')) as { sdks: Entry[] }).sdks)
      .filter(({ name, vendor }) => names.match(name, vendor) === null);
    expect(unknown).toEqual([]);
  });
});

interface Entry {
  readonly name: string;
  readonly vendor: string | null;
}
