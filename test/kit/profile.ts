import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An invented phone. Its IMEI passes Luhn but belongs to nobody we know. */
export const PROFILE = {
  name: 'test-phone',
  platform: 'android',
  identifiers: {
    imei: ['867532051234569'],
    android_id: ['9f8e7d6c5b4a3921'],
    mac_address: ['a4:50:46:1b:2c:3d'],
    oaid: ['2e66865617a9bf39'],
    serial_number: ['R58M45ABCDE'],
    imsi: ['460012345678901'],
    iccid: ['89860012345678901234'],
    phone_number: ['13912345678'],
  },
  location: { latitude: 22.5431, longitude: 114.0579 },
} as const;

export function writeProfile(folder: string): string {
  const path = join(folder, 'device.json');
  writeFileSync(path, JSON.stringify(PROFILE));
  return path;
}
