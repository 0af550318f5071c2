import { describe, expect, it } from 'vitest';
import { commonPlatform, soughtTypes } from '../../src/audit/sought-types.ts';
import type { DeviceProfile } from '../../src/model/device-profile.ts';

const profile: DeviceProfile = {
  name: 'test-phone',
  platform: 'android',
  identifiers: { oaid: ['2e66865617a9bf39'], imei: ['867532051234569'], idfa: [] },
  perApp: { 'com.example.lamp': { android_id: ['9f8e7d6c5b4a3921'] } },
  location: null,
  salts: [],
};

describe('soughtTypes', () => {
  it.each([
    ['the types with values', profile, null, 'imei,oaid'],
    ['those of the app under test too', profile, 'com.example.lamp', 'android_id,imei,oaid'],
    ['not those of another app', profile, 'com.example.other', 'imei,oaid'],
    [
      'the place',
      { ...profile, location: { latitude: 22.5, longitude: 114 } },
      null,
      'gnss_info,imei,location_coarse,location_precise,oaid',
    ],
    ['nothing', { ...profile, identifiers: {} }, null, ''],
  ])('names %s', (_, of, app, expected) => {
    expect(soughtTypes(of, [], app)).toBe(expected);
  });

  const other = { ...profile, name: 'other', identifiers: { imei: ['356938035643809'], idfa: ['x'] } };
  it.each([
    ['only what every phone of the capture has', profile, [other], 'imei'],
    [
      'what a phone on a port of its own has, when there is no other',
      { ...profile, name: '', identifiers: {} },
      [other],
      'idfa,imei',
    ],
  ])('names %s', (_, own, others, expected) => {
    expect(soughtTypes(own, others, null)).toBe(expected);
  });
});

describe('commonPlatform', () => {
  const phone = (name: string, platform: DeviceProfile['platform']) => ({ ...profile, name, platform });
  const nobody = { ...profile, name: '', platform: 'other' as const, identifiers: {} };
  it.each([
    ['of one phone', phone('a', 'android'), [], 'android'],
    ['of phones of one system', phone('a', 'ios'), [phone('b', 'ios')], 'ios'],
    ['of phones of two systems: none', phone('a', 'android'), [phone('b', 'ios')], null],
    ['of a phone beside one of an unknown system: none', phone('a', 'android'), [phone('b', 'other')], null],
    ['of a phone on a port of its own, when there is no other', nobody, [phone('b', 'harmonyos')], 'harmonyos'],
    ['of nobody: none', nobody, [], null],
  ] as const)('is that %s', (_, own, others, expected) => {
    expect(commonPlatform(own, others)).toBe(expected);
  });
});
