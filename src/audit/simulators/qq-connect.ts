import { APP, form, SentIdentifiers, type Simulator, utf8 } from './simulator.ts';

/** The form's boundary is a constant of the SDK. */
const BOUNDARY = '3i2ndDfv2rTHiSisAbouNdArYfORhtTPEefj3q2f';

/**
 * QQ 互联: the question for the login policy, and the batch of usage reports of version 3.3.0.lite. What that version calls
 * `imsi` is the serial number of the SIM card; later ones send these four fields empty.
 * @see github:F11st/damai_decompiled@f419651f:sources/com/tencent/open/utils/i.java
 * @see github:imwls/android_hupu_noad@d7ea45e8:smali_classes4/com/tencent/open/b/g$2.smali
 * @see github:imwls/android_hupu_noad@d7ea45e8:smali_classes4/com/tencent/open/b/c.smali
 * @see github:imwls/android_hupu_noad@d7ea45e8:smali_classes4/com/tencent/open/b/g$5.smali
 */
export const qqConnect: Simulator = (profile) => {
  const sent = new SentIdentifiers(profile);
  const report = {
    uin: '1000',
    imei: sent.plain('imei') ?? '',
    imsi: sent.plain('iccid') ?? '',
    android_id: sent.plain('android_id') ?? '',
    mac: sent.plain('mac_address') ?? '',
    platform: '1',
    os_ver: '8.0.0',
    position: '',
    network: 'wifi',
    language: 'zh',
    resolution: '1080x2400',
    apn: 'wifi',
    model_name: 'Redmi K40',
    timezone: 'Asia/Shanghai',
    sdk_ver: '3.3.0.lite',
    packagename: APP.id,
    app_ver: APP.version,
  };
  const policy = { appid: '1100000000', status_os: '8.0.0', appid_for_getting_config: '1100000000' };
  const request = { sdk: 'qq-connect', codec: null, opaque: null };
  return [
    {
      ...request,
      url: `https://cgi.connect.qq.com/qqconnectopen/openapi/policy_conf?${form(policy)}`,
      method: 'GET',
      headers: {},
      body: null,
      identifiersSent: [],
    },
    {
      ...request,
      url: 'https://appsupport.qq.com/cgi-bin/appstage/mstats_batch_report',
      method: 'POST',
      headers: { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` },
      body: multipart({ data: JSON.stringify({ data: [report] }), method: 'POST' }),
      identifiersSent: sent.list(),
    },
  ];
};

/** As the SDK writes it: each part with its name alone, and no closing boundary. */
function multipart(fields: Readonly<Record<string, string>>): Uint8Array {
  const parts = Object.entries(fields).map(
    ([name, value]) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`,
  );
  return utf8(`--${BOUNDARY}\r\n${parts.join(`\r\n--${BOUNDARY}\r\n`)}`);
}
