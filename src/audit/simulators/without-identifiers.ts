import { APP, form, type Simulator, utf8 } from './simulator.ts';

/** What the SDKs below send carries no identifier of the device, as far as public code says: only where it goes is evidence. */
function plain(
  sdk: string,
  request: { url: string; method?: string; headers?: Record<string, string>; body?: string },
): Simulator {
  return () => [
    {
      sdk,
      url: request.url,
      method: request.method ?? 'GET',
      headers: request.headers ?? {},
      body: request.body === undefined ? null : utf8(request.body),
      identifiersSent: [],
      codec: null,
      opaque: null,
    },
  ];
}

/**
 * 微信: the ticket of a login by QR code; sharing and paying go to the WeChat app on the phone.
 * @see github:DesistDaydream/jhs@bdbaed9e:sources/com/tencent/mm/opensdk/diffdev/a/b.java
 */
export const wechatOpensdk = plain('wechat-opensdk', {
  url: `https://open.weixin.qq.com/connect/sdk/qrconnect?${form({ appid: 'wx0123456789abcdef', noncestr: '7f3a', timestamp: '1795291200', scope: 'snsapi_userinfo', signature: '0123456789abcdef0123456789abcdef01234567' })}`,
});

/**
 * 钉钉: the start of a login in the browser; sharing goes to the DingTalk app on the phone.
 * @see github:arptra/tech.skadi.test@bcff05d6:sources/com/android/dingtalk/openauth/utils/DDAuthConstant.java
 */
export const dingtalkShare = plain('dingtalk-share', {
  url: `https://login.dingtalk.com/oauth2/auth?${form({ client_id: 'dingoa0123456789', response_type: 'code', scope: 'openid', state: 'a' })}`,
});

/**
 * 华为会议: the choice of a region, as the vendor's API notes give it.
 */
export const huaweiCloudMeeting = plain('huawei-cloud-meeting', {
  url: 'https://meeting.huaweicloud.com/v1/mmc/management/conferences/region/random',
  headers: { 'X-Access-Token': 'cnr0123456789' },
});

/** 七牛播放器: a line of playback quality, in the clear. */
export const pldroidPlayer = plain('pldroid-player', {
  url: 'http://misc-pili-qos-report.qiniuapi.com/raw/log/misc-v5',
  method: 'POST',
  headers: { 'Content-Type': 'application/octet-stream' },
  body: `play.v5\t1795291200000\t${APP.id}\t${APP.version}\tAndroid\t12\twifi\n`,
});
