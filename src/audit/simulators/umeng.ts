import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { APP, SentIdentifiers, type Simulator, utf8 } from './simulator.ts';
import { compactStruct } from './thrift.ts';

/**
 * 友盟+: one analytics envelope and one question of U-Push for messages to show.
 *
 * The envelope is the Thrift struct UMEnvelope in the compact protocol; its seventh field is zlib over JSON (codex 0).
 * @see github:Ujhhgtg/wauxv_deobf@8a1fb362:sources/com/umeng/commonsdk/statistics/idtracking/Envelope.java
 * @see github:gwyntel/ks_fit_apk@e57e16b3:sources/com/umeng/message/proguard/ai.java
 */
export const umeng: Simulator = (profile) => {
  const inEnvelope = new SentIdentifiers(profile);
  const entity = JSON.stringify({
    header: {
      appkey: APP.key,
      package_name: APP.id,
      sdk_version: '9.6.5',
      idmd5: inEnvelope.hashed('imei', 'md5'),
      mc: inEnvelope.plain('mac_address'),
      id_tracking: {
        imei: inEnvelope.plain('imei'),
        oaid: inEnvelope.plain('oaid'),
        android_id: inEnvelope.plain('android_id'),
        serial: inEnvelope.plain('serial_number'),
        utdid: inEnvelope.plain('utdid'),
      },
    },
    analytics: { sessions: [{ id: '0001', start_time: '2026-11-21 20:00:00', duration: 61_000 }] },
  });
  const signature = createHash('md5').update(APP.key).digest('hex').repeat(2);
  const guid = createHash('md5').update(entity).digest('hex').repeat(2);
  const envelope = compactStruct([
    [1, '1.0'],
    [2, APP.key],
    [3, signature],
    [4, 1],
    [5, 1_795_291_200],
    [6, Buffer.byteLength(entity)],
    [7, deflateSync(entity)],
    [8, guid],
    [
      9,
      createHash('md5')
        .update(signature + guid)
        .digest('hex'),
    ],
    [10, 0],
  ]);

  const inPush = new SentIdentifiers(profile);
  const question = JSON.stringify({
    header: {
      appkey: APP.key,
      package_name: APP.id,
      sdk_version: '6.7.2',
      serial_number: inPush.plain('serial_number'),
      android_id: inPush.plain('android_id'),
      utdid: inPush.plain('utdid'),
    },
  });
  return [
    {
      sdk: 'umeng',
      url: 'https://ulogs.umeng.com/unify_logs',
      method: 'POST',
      headers: {
        'X-Umeng-UTC': '1795291200000',
        'X-Umeng-Sdk': 'Android/9.6.5 %E5%B1%B1%E9%9B%80%E7%AC%94%E8%AE%B0/3.2.1 M2012K11AC/12 0011223344556677',
        'X-Umeng-Pro-Ver': '1.0.0',
        'Msg-Type': 'envelope/json',
        'Content-Type': 'envelope/json',
      },
      body: envelope,
      identifiersSent: inEnvelope.list(),
      codec: null,
      opaque: null,
    },
    {
      sdk: 'umeng',
      url: 'https://msg.umengcloud.com/admsg/v3/launch',
      method: 'POST',
      headers: { 'Content-Type': 'application/json', appkey: APP.key },
      body: utf8(question),
      identifiersSent: inPush.list(),
      codec: null,
      opaque: null,
    },
  ];
};
