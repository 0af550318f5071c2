import { APP, SentIdentifiers, type Simulator, sealed } from './simulator.ts';

/** SDKs whose endpoint is public and whose body is not: what goes in here is our guess, and the audit must say that it cannot look. */
function unknownForm(sdk: string, url: string, opaque: string): Simulator {
  return (profile) => {
    const sent = new SentIdentifiers(profile);
    const device = JSON.stringify({ app: APP.id, android_id: sent.plain('android_id'), oaid: sent.plain('oaid') });
    const headers = { 'Content-Type': 'application/octet-stream' };
    return [
      {
        sdk,
        url,
        method: 'POST',
        headers,
        body: sealed(sdk, device),
        identifiersSent: sent.list(),
        codec: null,
        opaque,
      },
    ];
  };
}

/** @see github:F11st/damai_decompiled@f419651f:sources/com/taobao/dp/OnlineHost.java */
export const alibabaSecurityGuard = unknownForm(
  'alibaba-security-guard',
  'https://ynuf.aliapp.org/savewb.json',
  'The body is made in native code (libsgmain) in a form that is not public.',
);

/** @see github:nondanee/Jike-Patcher@8fdb7eb7:smali/com/huawei/updatesdk/sdk/service/c/a/c.smali */
export const huaweiHmsPush = unknownForm(
  'huawei-hms-push',
  'https://store.hispace.hicloud.com/hwmarket/api/tlsApis',
  'The push channel itself belongs to the system’s HMS Core; what the SDK in the app sends is not public.',
);

/** The host is the `logServer` of the vendor's own demo. */
export const xylink = unknownForm(
  'xylink',
  'https://log.xylink.com/',
  'The form of what the Android SDK sends is not public.',
);
