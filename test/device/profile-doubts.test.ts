import { describe, expect, it } from 'vitest';
import { NO_DEVICE } from '../../src/device/profile.ts';
import { profileDoubts } from '../../src/device/profile-doubts.ts';

describe('profileDoubts', () => {
  it.each([
    ['imei', '867532051234569', null],
    ['imei', '867532051234567', 'its check digit is wrong (Luhn)'],
    ['imei', '86753205123456', 'does not look like one (15 digits)'],
    ['imei', '000000000000000', 'a stand-in that many devices share, not this one’s own'],
    ['mac_address', 'A4-50-46-1B-2C-3D', null],
    ['mac_address', '02:00:00:00:00:00', 'a stand-in that many devices share, not this one’s own'],
    ['mac_address', 'a4:50:46:1b:2c', 'does not look like one (six bytes such as a4:50:46:1b:2c:3d)'],
    ['android_id', '9f8e7d6c5b4a3921', null],
    ['android_id', '9774d56d682e549c', 'a stand-in that many devices share, not this one’s own'],
    ['idfa', '00000000-0000-0000-0000-000000000000', 'a stand-in that many devices share, not this one’s own'],
    ['oaid', 'x1', 'so short that it will be found by chance'],
    ['phone_number', '+86 138 1234 5678', null],
  ])('of %s %s says %s', (type, value, doubt) => {
    const expected = doubt === null ? [] : [`identifiers.${type}.0: ${doubt}.`];
    expect(profileDoubts({ ...NO_DEVICE, identifiers: { [type]: [value] } })).toEqual(expected);
  });

  it('names the app of a value that one app sees', () => {
    const perApp = { 'com.a': { imei: ['867532051234569', '1'] } };
    expect(profileDoubts({ ...NO_DEVICE, perApp })).toEqual([
      'per_app.com.a.imei.1: a stand-in that many devices share, not this one’s own.',
    ]);
  });
});
