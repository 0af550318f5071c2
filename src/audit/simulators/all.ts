import { alipay } from './alipay.ts';
import { amap } from './amap.ts';
import { baiduMapLocation } from './baidu-map-location.ts';
import { getui } from './getui.ts';
import { jpush } from './jpush.ts';
import { meizuFlymePush } from './meizu-flyme-push.ts';
import { mobSharesdk } from './mob-sharesdk.ts';
import { alibabaSecurityGuard, huaweiHmsPush, xylink } from './of-unknown-form.ts';
import { qqConnect } from './qq-connect.ts';
import type { Simulator } from './simulator.ts';
import { tencentBugly } from './tencent-bugly.ts';
import { tencentLocation } from './tencent-location.ts';
import { tencentMta } from './tencent-mta.ts';
import { tencentX5Tbs } from './tencent-x5-tbs.ts';
import { umeng } from './umeng.ts';
import { dingtalkShare, huaweiCloudMeeting, pldroidPlayer, wechatOpensdk } from './without-identifiers.ts';
import { xiaomiPush } from './xiaomi-push.ts';

/** Signature id → what that SDK sends. SDKs without traffic of their own have none. */
export const SIMULATORS: Readonly<Record<string, Simulator>> = {
  'alibaba-security-guard': alibabaSecurityGuard,
  alipay,
  amap,
  'baidu-map-location': baiduMapLocation,
  'dingtalk-share': dingtalkShare,
  getui,
  'huawei-cloud-meeting': huaweiCloudMeeting,
  'huawei-hms-push': huaweiHmsPush,
  jpush,
  'meizu-flyme-push': meizuFlymePush,
  'mob-sharesdk': mobSharesdk,
  'pldroid-player': pldroidPlayer,
  'qq-connect': qqConnect,
  'tencent-bugly': tencentBugly,
  'tencent-location': tencentLocation,
  'tencent-mta': tencentMta,
  'tencent-x5-tbs': tencentX5Tbs,
  umeng,
  'wechat-opensdk': wechatOpensdk,
  'xiaomi-push': xiaomiPush,
  xylink,
};
