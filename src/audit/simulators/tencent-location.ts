import { APP, form, SentIdentifiers, type Simulator, utf8 } from './simulator.ts';

/**
 * 腾讯定位: the check of the app key, with the IMEI in the query over plain HTTP, and a position request in JSON.
 * @see github:wongsyrone/dzsb-unpack@802de26d:smali_classes2/com/tencent/map/b/f$b.smali
 * @see github:yaoyaoyao433/test-app@f64a7a19:sources/com/tencent/map/geolocation/a/a/e.java
 */
export const tencentLocation: Simulator = (profile) => {
  const inCheck = new SentIdentifiers(profile);
  const query = form({ key: APP.key, output: 'json', pid: APP.id, imei: inCheck.plain('imei') });
  const inPosition = new SentIdentifiers(profile);
  const position = JSON.stringify({
    version: '7.4.7',
    imei: inPosition.plain('imei'),
    android_id: inPosition.plain('android_id'),
    cells: [],
    wifis: [],
  });
  return [
    {
      sdk: 'tencent-location',
      url: `http://apikey.map.qq.com/mkey/index.php/mkey/check?${query}`,
      method: 'GET',
      headers: {},
      body: null,
      identifiersSent: inCheck.list(),
      codec: null,
      opaque: null,
    },
    {
      sdk: 'tencent-location',
      url: 'https://lbs.map.qq.com/loc?c=1&mars=0',
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: utf8(position),
      identifiersSent: inPosition.list(),
      codec: null,
      opaque: null,
    },
  ];
};
