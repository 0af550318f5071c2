import { describe, expect, it } from 'vitest';
import { nearestName } from '../../src/device/nearest-name.ts';

const known = ['imei', 'imsi', 'android_id', 'mac_address', 'serial_number', 'phone_number', 'sim_serial', 'oaid'];

describe('nearestName', () => {
  it.each([
    ['imie', 'imei'],
    ['IMEI', 'imei'],
    ['android-id', 'android_id'],
    ['AndroidId', 'android_id'],
    ['mac', 'mac_address'],
    ['serial', 'serial_number'],
    ['phonenumber', 'phone_number'],
    ['phone_nubmer', 'phone_number'],
    ['shoe_size', null],
    ['', null],
    ['---', null],
    ['x'.repeat(100_000), null],
  ])('of %s is %s', (written, nearest) => {
    expect(nearestName(written, known)).toBe(nearest);
  });
});
