import { APP, form, SentIdentifiers, type Simulator, sealed, utf8 } from './simulator.ts';

/**
 * 百度地图: the check of the app key, which carries the CUID, and a position request, which falls back to the IMEI when there is
 * no CUID and whose position is encoded in native code.
 * @see github:adolfmc/liantong@788c8174:sources/com/baidu/lbsapi/auth/LBSAuthManager.java
 * @see github:adolfmc/liantong@788c8174:sources/com/baidu/location/p137b/C2634e.java
 */
export const baiduMapLocation: Simulator = (profile) => {
  const inCheck = new SentIdentifiers(profile);
  const check = form({
    ak: APP.key,
    from: 'lbs_yunsdk',
    cuid: inCheck.plain('baidu_cuid'),
    pcn: APP.id,
    mcode: `AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01;${APP.id}`,
    macaddr: '',
    sv: '7.5.4',
    os: 'android',
  });
  const inPosition = new SentIdentifiers(profile);
  const position = `&${form({ im: inPosition.plain('imei'), sdk: '9.21', prod: `${APP.id}:${APP.name}`, coor: 'gcj02', mb: 'M2012K11AC', os: 'A31' })}`;
  const encoded = Buffer.from(sealed('baidu-map-location', 'cell and wifi list')).toString('base64url').slice(0, 64);
  return [
    {
      sdk: 'baidu-map-location',
      url: 'https://api.map.baidu.com/sdkcs/verify',
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: utf8(check),
      identifiersSent: inCheck.list(),
      codec: null,
      opaque: null,
    },
    {
      sdk: 'baidu-map-location',
      url: 'https://loc.map.baidu.com/sdk.php',
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: utf8(`bloc=${encoded}${position}`),
      identifiersSent: inPosition.list(),
      codec: null,
      opaque: null,
    },
  ];
};
