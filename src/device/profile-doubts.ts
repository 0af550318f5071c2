import type { DeviceProfile } from '../model/device-profile.ts';

/** What a well-formed value of a type looks like, for the types whose form is certain. */
const FORMS: Readonly<Record<string, { readonly form: RegExp; readonly looks: string }>> = {
  imei: { form: /^\d{15}$/, looks: '15 digits' },
  meid: { form: /^[0-9a-f]{14}$/i, looks: '14 hexadecimal digits' },
  imsi: { form: /^\d{14,15}$/, looks: '15 digits' },
  iccid: { form: /^\d{18,19}[0-9a-f]?$/i, looks: '19 or 20 digits' },
  android_id: { form: /^[0-9a-f]{15,16}$/i, looks: '16 hexadecimal digits' },
  mac_address: { form: /^([0-9a-f]{2}[:-]?){5}[0-9a-f]{2}$/i, looks: 'six bytes such as a4:50:46:1b:2c:3d' },
  bluetooth_mac: { form: /^([0-9a-f]{2}[:-]?){5}[0-9a-f]{2}$/i, looks: 'six bytes such as a4:50:46:1b:2c:3d' },
  bssid: { form: /^([0-9a-f]{2}[:-]?){5}[0-9a-f]{2}$/i, looks: 'six bytes such as a4:50:46:1b:2c:3d' },
  idfa: { form: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, looks: 'a UUID' },
  idfv: { form: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, looks: 'a UUID' },
};

/** Values that systems hand out to everybody: they say nothing of this device. */
const STAND_INS = new Set(['020000000000', '9774d56d682e549c', '012345678912345', '004999010640000', 'unknown']);

/**
 * What may be wrong with the values of a profile, one sentence each. Doubts, not errors: a test may need odd values. No value is
 * repeated; the sentence names its place.
 */
export function profileDoubts(profile: DeviceProfile): string[] {
  const lists = [
    ...Object.entries(profile.identifiers).map(([type, values]) => ({ place: `identifiers.${type}`, type, values })),
    ...Object.entries(profile.perApp).flatMap(([app, identifiers]) =>
      Object.entries(identifiers).map(([type, values]) => ({ place: `per_app.${app}.${type}`, type, values })),
    ),
  ];
  return lists.flatMap(({ place, type, values }) =>
    values.flatMap((value, index) => {
      const doubt = doubtAbout(type, value);
      return doubt === null ? [] : [`${place}.${index}: ${doubt}.`];
    }),
  );
}

function doubtAbout(type: string, value: string): string | null {
  const bare = value.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  if (STAND_INS.has(bare) || /^(.)\1*$/u.test(bare)) return 'a stand-in that many devices share, not this one’s own';
  if ([...bare].length < 5) return 'so short that it will be found by chance';
  const known = FORMS[type];
  if (known !== undefined && !known.form.test(value)) return `does not look like one (${known.looks})`;
  if (type === 'imei' && !passesLuhn(value)) return 'its check digit is wrong (Luhn)';
  return null;
}

/** @see ISO/IEC 7812-1, annex B: every second digit from the right doubled, the digits' sum divisible by ten. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (const [index, digit] of [...digits].reverse().entries()) {
    const weighed = Number(digit) * (index % 2 === 1 ? 2 : 1);
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}
