import type { DeviceProfile } from '../../src/model/device-profile.ts';
import { random } from '../scan-corpus.ts';

/** A phone that does not exist, different for each seed. */
export function inventedPhone(seed: number): DeviceProfile {
  const below = random(seed);
  const digits = (size: number) => Array.from({ length: size }, () => below(10)).join('');
  const hex = (size: number) => Array.from({ length: size }, () => below(16).toString(16)).join('');
  const mac = (first: string) => [first, ...Array.from({ length: 5 }, () => hex(2))].join(':');
  const uuid = () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
  const body = `86${digits(12)}`;
  return {
    name: `invented ${seed}`,
    platform: 'android',
    identifiers: {
      imei: [body + luhn(body)],
      meid: [`A1${hex(12)}`.toUpperCase()],
      android_id: [`0${hex(15)}`],
      mac_address: [mac('a4')],
      bluetooth_mac: [mac('5c')],
      bssid: [mac('14')],
      oaid: [uuid()],
      vaid: [hex(16)],
      gaid: [uuid()],
      idfa: [uuid().toUpperCase()],
      serial_number: [`R5${digits(2)}M${hex(6).toUpperCase()}Z`],
      imsi: [`46001${digits(10)}`],
      iccid: [`898601${digits(14)}`],
      phone_number: [`139${digits(8)}`],
      email: [`lina.${hex(6)}@example.com`],
      ssid: [`Lab-${hex(5)}-5G`],
      real_name: ['欧阳明月'],
      drm_id: [hex(64)],
      push_token: [`${hex(22)}:APA91b${hex(40)}`],
      user_id: [`u_${digits(4)}${hex(8)}`],
    },
    perApp: {},
    location: { latitude: 22.5 + below(4000) / 10_000, longitude: 113.9 + below(4000) / 10_000 },
    salts: ['s3cret-salt'],
  };
}

export function luhn(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const doubled = i % 2 === 0 ? Number(digit) * 2 : Number(digit);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}
