import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { compileDetector } from '../../../src/detect/detector.ts';
import { isSentinel } from '../../../src/detect/patterns/sentinel.ts';
import { profileNotices } from '../../../src/detect/profile-notices.ts';
import { DEFAULT_LIMITS } from '../../../src/model/limits.ts';
import { body, layer, PHONE } from '../layers.ts';

const SENTINELS: readonly (readonly [dataType: string, value: string])[] = [
  ['imei', '000000000000000'],
  ['imei', '00000000000000'],
  ['imei', '352005048247251'],
  ['imei', '358673013795895'],
  ['imei', '004999010640000'],
  ['imei', '351602000525820'],
  ['android_id', '9774d56d682e549c'],
  ['android_id', '0123456789ABCDEF'],
  ['mac_address', '02:00:00:00:00:00'],
  ['mac_address', '020000000000'],
  ['mac_address', '00-00-00-00-00-00'],
  ['mac_address', 'FF:FF:FF:FF:FF:FF'],
  ['oaid', '00000000-0000-0000-0000-000000000000'],
  ['oaid', '0'.repeat(64)],
  ['serial_number', 'unknown'],
  ['serial_number', '0123456789ABCDEF'],
  ['ssid', '<unknown ssid>'],
  ['oaid', '__OAID__'],
  ['imei', ''],
  ['imei', 'null'],
  ['phone_number', '13800138000'],
];

describe('a sentinel', () => {
  it.each(SENTINELS)('of %s: %j is known, announced, and never looked for, nor its hashes', (dataType, value) => {
    expect(isSentinel(value)).toBe(true);
    const profile = { ...PHONE, identifiers: { [dataType]: [value] }, perApp: {} };
    expect(profileNotices(profile)).toHaveLength(1);
    const detector = compileDetector(profile, { app: null, taxonomy: new Map(), limits: DEFAULT_LIMITS });
    const texts = [value, value.toLowerCase(), value.toUpperCase(), value.replace(/[:-]/g, '')];
    const hashes = texts.flatMap((text) =>
      ['md5', 'sha1', 'sha256'].map((name) => createHash(name).update(text).digest('hex')),
    );
    const content = [...texts, ...hashes].map((text) => ` ${text} `).join('&');
    const about = { direction: 'request', place: 'body', message: null } as const;
    expect(detector.detectBody(body(layer(content)), about).detections).toEqual([]);
  });

  it('is none of the values of a real phone', () => {
    expect(profileNotices(PHONE)).toEqual([]);
    expect(Object.values(PHONE.identifiers).flat().filter(isSentinel)).toEqual([]);
  });
});
